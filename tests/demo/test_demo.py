"""The demo community: what its files say is what the town has, and it all keeps the rules of the house."""

import shutil
import sqlite3
import sys
import tomllib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browser import submit
from sqlalchemy import DateTime, func, select

from civicforum.accounts.models import User
from civicforum.agreement.queries import current_agreement, is_newcomer
from civicforum.cli import main
from civicforum.db import db, now
from civicforum.demo import files, loader, looks, people, record
from civicforum.demo.clock import spread
from civicforum.demo.loader import PASSWORD, load_demo, plan_demo
from civicforum.discussions.models import Post, PostVersion, Reaction, Thread
from civicforum.errors import Conflict
from civicforum.jobs import Job
from civicforum.live.models import Channel
from civicforum.mediation.models import Mediation
from civicforum.mediation.policies import can_read_room
from civicforum.moderation.lots import in_order_of_lot, seed_of
from civicforum.moderation.models import Appeal, Case, Flag, LogEntry, Measure, Rating
from civicforum.moderation.queries import all_heads, log_head, missing_head, verify_log
from civicforum.notifications.models import Notification
from civicforum.notifications.queries import unread_counts
from civicforum.partnerships.models import (
    Membership,
    Organization,
    Partner,
    Phase,
    Project,
    Seat,
    Update,
)
from civicforum.townhalls.models import (
    AgendaItem,
    CheckIn,
    Decision,
    Need,
    Rsvp,
    Summary,
    TownHall,
)
from civicforum.townhalls.queries import count_taken, list_who_came
from civicforum.voices.models import Voice
from civicforum.web.models import Site


def database_of(app) -> Path:
    return app.config["DATA_DIR"] / "civicforum.sqlite3"


@pytest.fixture(scope="module")
def loaded(session_app, tmp_path_factory):
    """The plan of a demo that was loaded once, and a file with the database it made."""
    kept = tmp_path_factory.mktemp("demo") / "demo.sqlite3"
    with session_app.app_context():
        db.engine.dispose()
        shutil.copy(session_app.config["DATA_DIR"] / "template.sqlite3", database_of(session_app))
        plan = plan_demo()
        load_demo(plan)
        db.session.remove()
        db.engine.dispose()
        shutil.copy(database_of(session_app), kept)
    return plan, kept


@pytest.fixture
def plan(app, loaded):
    """The town as it was loaded, for one test to walk in."""
    db.session.remove()
    db.engine.dispose()
    shutil.copy(loaded[1], database_of(app))
    return loaded[0]


@pytest.fixture
def browser(sign_in):
    """``browser(key)``: signed in as the person whose e-mail begins with this."""

    def open_as(beginning: str):
        return sign_in(db.session.scalar(select(User).where(User.email.startswith(beginning))))

    return open_as


def read(name: str) -> dict:
    return tomllib.loads((files.FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def count(model, *conditions) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def total(tables, field: str) -> int:
    return sum(len(table.get(field, ())) for table in tables)


def all_remarks(plan):
    return [remark for talk in plan.talks for remark in talk.remarks]


# --- it is all there ---


def test_everybody_and_every_place_of_the_files_is_there(plan):
    projects, organizations = read("projects")["project"], read("organizations")["organization"]
    assert {
        "people": count(User),
        "organizations": count(Organization),
        "seats": count(Seat),
        "projects": count(Project),
        "phases": count(Phase),
        "partners": count(Partner),
        "memberships": count(Membership),
        "updates": count(Update),
    } == {
        "people": len(read("people")["person"]),
        "organizations": len(organizations),
        "seats": total(organizations, "representatives") + total(organizations, "mediators"),
        "projects": len(projects),
        "phases": total(projects, "phase"),
        "partners": total(projects, "partner"),
        "memberships": sum(total(projects, role) for role in ("organizers", "stewards", "members")),
        "updates": total(projects, "update"),
    }


def test_every_word_of_the_files_is_there(plan):
    threads, meetings = read("threads")["thread"], read("townhalls")["townhall"]
    posts = [post for thread in threads for post in thread["post"]]
    questions = [question for meeting in meetings for question in meeting.get("question", ())]
    assert {
        "threads": count(Thread),
        "posts": count(Post),
        "voices": count(Voice),
        "channels": count(Channel),
        "support": count(Reaction, Reaction.kind == "support"),
        "flags": count(Flag),
        "hidden": count(Post, Post.state == "hidden"),
        "withdrawn": count(Post, Post.state == "withdrawn"),
    } == {
        # Each meeting has a discussion of its own, which begins with one comment.
        "threads": len(threads) + len(meetings),
        "posts": len(threads) + len(posts) + len(meetings) + len(questions),
        "voices": len(threads) + len(posts) + len(meetings) + len(questions),
        "channels": len(threads) + 2 * len(meetings) + 2,  # the room of a mediation; the moderators' queue
        "support": total([*threads, *posts, *questions], "support"),
        "flags": total(posts, "flagged_by") + len(looks.LEFT),
        "hidden": sum("hidden_by" in post and "restored_by" not in post for post in posts),
        "withdrawn": sum(post.get("withdrawn", False) for post in posts),
    }


def test_every_meeting_of_the_files_is_there_with_who_came_and_what_was_decided(plan):
    meetings = read("townhalls")["townhall"]
    answers = [answer for meeting in meetings for answer in meeting["rsvps"]]
    assert {
        "meetings": count(TownHall),
        "agenda": count(AgendaItem),
        "answers": count(Rsvp),
        "needs": count(Need),
        "check-ins": count(CheckIn),
        "summaries": count(Summary),
        "decisions": count(Decision),
        "cancelled": count(TownHall, TownHall.status == "cancelled"),
    } == {
        "meetings": len(meetings),
        "agenda": total(meetings, "agenda"),
        "answers": len(answers),
        "needs": total(answers, "needs"),
        "check-ins": total(meetings, "check_ins"),
        "summaries": sum("minutes_published" in meeting for meeting in meetings),
        "decisions": total(meetings, "decision"),
        "cancelled": sum(meeting["status"] == "cancelled" for meeting in meetings),
    }


def test_the_site_has_the_town_s_name_and_has_been_set_up(plan):
    town, site = read("town"), db.session.get_one(Site, 1)
    assert (site.name, site.timezone, site.locale, site.contact_phone) == (
        town["name"],
        town["time_zone"],
        "en",
        town["contact_phone"],
    )
    assert site.set_up_at is not None
    assert site.independent_name == "Harriet Lowell"
    assert len(current_agreement().rules) == 6


def test_who_speaks_for_an_organization_has_a_seat_in_it(plan):
    seats = {(seat.user.handle, seat.organization.slug) for seat in db.session.scalars(select(Seat))}
    handles = {table["key"]: table["handle"] for table in read("people")["person"]}
    spoken = {
        (handles[remark.author], remark.facts["as_organization"])
        for remark in all_remarks(plan)
        if "as_organization" in remark.facts
    }
    assert len(spoken) > 5
    assert spoken - seats == set()


# --- times ---


def written_texts(app) -> list[str]:
    db.session.remove()
    found = []
    with sqlite3.connect(database_of(app)) as connection:
        for table in db.metadata.sorted_tables:
            for row in connection.execute(f"SELECT * FROM {table.name}"):  # noqa: S608 - our own names
                found += [value for value in row if isinstance(value, str)]
    return found


def test_no_day_is_left_to_be_filled_in(app, plan):
    texts = written_texts(app)
    assert len(texts) > 3000
    assert [text for text in texts if "{date" in text] == []


def test_a_day_is_written_without_its_weekday():
    clock = files.read_files(datetime(2026, 12, 14, 12, tzinfo=UTC)).clock
    assert clock.fill({"a": ["by {date:+21}, since {date:-6}"]}) == {"a": ["by January 4, since December 8"]}


def test_the_days_are_those_of_the_town():
    # In New York it is still the day before.
    clock = files.read_files(datetime(2026, 12, 15, 3, tzinfo=UTC)).clock
    assert clock.fill("{date:+0}") == "December 14"
    assert clock.at(1, "18:30") == datetime(2026, 12, 15, 23, 30, tzinfo=UTC)


# Times that are meant to lie ahead.
AHEAD = {
    ("search_entry", "said_at"),  # of a meeting: when it is
    ("town_hall", "starts_at"),
    ("town_hall", "ends_at"),
    ("town_hall", "needs_until"),
    ("reminder", "starts_at"),
    ("job", "run_at"),
    ("poll", "closes_at"),
    ("mediation", "due_at"),
    ("appeal", "due_at"),
    ("panel_seat", "due_at"),
    ("rule_proposal", "closes_at"),
}


def test_nothing_has_happened_in_the_future(plan):
    future = []
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            is_time = isinstance(getattr(column.type, "impl", None), DateTime)
            if not is_time or (table.name, column.name) in AHEAD:
                continue
            latest = db.session.scalar(select(func.max(column)))
            if latest is not None and latest > now():
                future.append((table.name, column.name, latest))
    assert future == []


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_nothing_lies_in_the_future_at_whatever_hour_it_is_loaded(hour, monkeypatch):
    monkeypatch.setattr(loader, "hash_password", lambda password: "")
    at = datetime(2027, 3, 14, hour, 20, tzinfo=UTC)  # the day the clocks change in New York
    plan = plan_demo(at)
    for remark in all_remarks(plan):
        moments = [remark.at, remark.edited_at, remark.hidden_at, remark.restored_at]
        moments += [moment for _person, moment in (*remark.support, *record.flagged_at(remark))]
        assert max(moment for moment in moments if moment) <= at, (remark.thread, remark.number)
    for meeting in plan.meetings:
        last = min(at, meeting.starts_at, meeting.cancelled_at or at)
        assert [a for a in meeting.answers if not meeting.published_at < a.at < last] == [], meeting.key
        assert meeting.facts["in_days"] < 0 or meeting.starts_at > at


def test_nobody_did_anything_before_they_came(plan):
    handles = {table["key"]: table["handle"] for table in read("people")["person"]}
    joined = {user.handle: user.created_at for user in db.session.scalars(select(User))}
    first = people.first_acts(loader._acts(plan))
    assert set(handles) - set(first) == {"ruth", "gil"}  # moderators, who do not write themselves
    early = {key for key, at in first.items() if joined[handles[key]] >= at}
    assert early == set()


def test_moments_are_spread_evenly():
    first, last = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 5, tzinfo=UTC)
    assert [moment.day for moment in spread(first, last, 3)] == [2, 3, 4]


# --- what was said ---


def test_comments_are_numbered_without_holes_and_in_the_order_of_their_times(plan):
    for thread in db.session.scalars(select(Thread)):
        posts = db.session.scalars(select(Post).where(Post.thread_id == thread.id).order_by(Post.seq)).all()
        assert [post.seq for post in posts] == list(range(1, thread.last_seq + 1))
        assert [post.id for post in posts] == sorted(post.id for post in posts)
        assert [post.created_at for post in posts] == sorted(post.created_at for post in posts)
        assert posts[-1].created_at == thread.last_post_at


def test_a_reply_answers_the_comment_that_the_file_names(plan):
    numbers = {
        (post.thread.title, post.seq): post.reply_to.seq
        for post in db.session.scalars(select(Post).where(Post.reply_to_id.is_not(None)))
    }
    wanted = {
        (thread["title"], number): post["reply_to"]
        for thread in read("threads")["thread"]
        for number, post in enumerate(thread["post"], 2)
        if "reply_to" in post
    }
    assert numbers == wanted


def test_what_was_hidden_does_not_come_back_through_the_history(plan):
    versions = db.session.scalars(select(PostVersion)).all()
    assert Counter(version.is_public for version in versions) == {True: 2, False: 1}
    mended = next(v for v in versions if not v.is_public)
    post = db.session.get_one(Post, mended.post_id)
    assert (post.state, post.revision, "clown" in mended.body, "clown" in post.body) == (
        "visible",
        4,
        True,
        False,
    )


def test_questions_asked_ahead_stand_in_the_meeting_s_discussion(plan):
    meeting = db.session.scalar(select(TownHall).where(TownHall.title.startswith("Evening hours")))
    posts = db.session.scalars(
        select(Post).where(Post.thread_id == meeting.thread_id).order_by(Post.seq)
    ).all()
    assert [post.author.handle for post in posts] == [
        "maria_d",
        "dale_fitch",
        "marcusb",
        "frank_canalrow",
        "yesi_cruz",
        "zoep",
    ]


def test_newcomers_words_that_stood_for_a_day_count(plan):
    users = {user.name: user for user in db.session.scalars(select(User))}
    counted = db.session.execute(
        select(User.name, func.count())
        .join(Post, Post.author_id == User.id)
        .where(Post.counted_at.is_not(None))
        .group_by(User.name)
    )
    stood = dict(counted.all())
    assert stood == {"Camila Rojas": 2, "Cody Marsh": 2, "Lorraine Bishop": 2}
    assert {name: users[name].standing.words_that_stood for name in stood} == stood
    assert [name for name, user in users.items() if is_newcomer(user)] == []


# --- meetings ---


def test_no_meeting_has_more_people_than_seats(plan):
    full = {}
    for meeting in db.session.scalars(select(TownHall)):
        for mode in meeting.modes:
            capacity = meeting.capacity_for(mode)
            taken = count_taken(meeting.id, mode)
            assert capacity is None or taken <= capacity
            full[meeting.title, mode] = (taken, capacity)
    assert full["Hearing a long story without fixing it: practice evening", "in_person"] == (11, 12)


def test_a_small_party_does_not_overtake_a_larger_one(plan):
    waiting = db.session.scalars(
        select(Rsvp).where(Rsvp.state == "waitlisted").order_by(Rsvp.town_hall_id, Rsvp.place)
    ).all()
    assert [(row.user.handle, row.party_size) for row in waiting] == [
        ("petehollis", 2),
        ("camila_rojas", 1),
        ("h_lowell", 1),
    ]


def test_places_count_from_one_and_codes_differ(plan):
    for meeting in db.session.scalars(select(TownHall)):
        rows = db.session.scalars(
            select(Rsvp).where(Rsvp.town_hall_id == meeting.id).order_by(Rsvp.place)
        ).all()
        assert [row.place for row in rows] == list(range(1, meeting.last_place + 1))
        assert [row.answered_at for row in rows] == sorted(row.answered_at for row in rows)
    assert count(Rsvp) == db.session.scalar(select(func.count(Rsvp.code.distinct())))


def test_who_came_to_a_meeting_has_attended_it(plan):
    came = Counter(row.rsvp.user.handle for row in db.session.scalars(select(CheckIn)) if row.rsvp)
    attended = {
        user.handle: user.standing.meetings_attended
        for user in db.session.scalars(select(User))
        if user.standing.meetings_attended
    }
    assert came["gwen_ashby"] == 2
    assert attended == came


def test_the_clock_is_set_for_the_meetings_and_the_poll_to_come(plan):
    jobs = Counter(job.task for job in db.session.scalars(select(Job)))
    # Two days and two hours before each, but for tomorrow's, of which people were reminded already.
    of_meetings = {"townhalls.remind": 7, "townhalls.purge_needs": 7}
    of_the_three = {"moderation.mail_drawn": 3, "moderation.replace_juror": 3}
    assert jobs == of_meetings | of_the_three | {"discussions.end_poll": 1, "discussions.remind_of_poll": 1}


# --- the record ---


def test_the_public_log_is_sound_and_in_order(plan):
    lines = db.session.scalars(select(LogEntry).order_by(LogEntry.number)).all()
    assert Counter(line.action for line in lines) == {
        **{"hide": 3, "restore": 1, "leave": 6, "warn": 1, "gate_newcomers": 1, "mediation": 1},
        **{"appealed": 3, "upheld": 1, "overturned": 1},
    }
    assert [line.at for line in lines] == sorted(line.at for line in lines)
    assert verify_log() == (18, None)
    assert missing_head() is None
    head = all_heads()[-1]
    assert head.number == max(line.number for line in lines if line.at[:10] <= head.day.isoformat())


def test_who_came_to_the_meetings_said_how_they_were_led(plan):
    for rating in db.session.scalars(select(Rating)):
        hall = db.session.get_one(TownHall, rating.object_id)
        assert rating.user_id in {row.user_id for row in list_who_came(hall.id)}
        assert rating.answered_at >= hall.ends_at
    assert all(row.words == "" or row.fair for row in db.session.scalars(select(Rating)))


def test_only_the_two_and_their_mediator_find_the_room(plan):
    (room,) = db.session.scalars(select(Mediation))
    readers = {user.handle for user in db.session.scalars(select(User)) if can_read_room(user, room)}
    assert len(readers) == 3
    assert {user.handle for user in (part.user for part in room.participants)} == readers


def test_cases_are_as_the_moderators_left_them(plan):
    cases = db.session.scalars(select(Case).order_by(Case.id)).all()
    assert [(case.state, case.version, [m.action for m in case.measures]) for case in cases] == [
        ("closed", 4, ["hide", "restore"]),
        ("decided", 3, ["hide"]),
        ("open", 1, []),
        *[("closed", 2, ["leave"])] * 6,
        ("closed", 3, ["hide"]),
        ("closed", 2, ["warn"]),
    ]
    flags = Counter(flag.state for flag in db.session.scalars(select(Flag)))
    assert flags == {"agreed": 5, "open": 1, "disagreed": 6}


def test_second_looks_were_decided_by_somebody_else_and_three_residents_were_drawn(plan):
    appeals = db.session.scalars(select(Appeal).order_by(Appeal.id)).all()
    assert [(a.way, a.state, a.outcome) for a in appeals] == [
        ("person", "decided", "upheld"),
        ("person", "decided", "overturned"),
        ("panel", "open", None),
    ]
    assert all(a.decided_by_id not in (None, a.measure.actor_id) for a in appeals[:2])
    overturned = db.session.get_one(Post, appeals[1].case.target_id)
    assert (overturned.state, appeals[1].measure.overturned_at is not None) == ("visible", True)
    drawn = appeals[2]
    lot = in_order_of_lot(seed_of(drawn.lot_hash, drawn.id, drawn.lot_secret), drawn.lot_pool)
    assert [seat.number for seat in drawn.seats] == lot[:3]
    assert log_head()[1] == drawn.lot_hash


def test_nobody_who_hid_a_comment_writes_in_that_thread(plan):
    for measure in db.session.scalars(select(Measure)):
        thread = db.session.get_one(Post, measure.case.target_id).thread
        wrote = db.session.scalars(select(Post.author_id).where(Post.thread_id == thread.id)).all()
        assert measure.actor_id not in wrote


# --- inboxes ---


def test_a_few_of_the_latest_notices_are_unread(plan):
    ids = dict(db.session.execute(select(User.email, User.id)).all())
    unread = {row.role: unread_counts([ids[row.email]])[ids[row.email]] for row in plan.sign_ins}
    assert max(unread.values()) <= 3
    assert unread["resident"] > 0
    times = [row.created_at for row in db.session.scalars(select(Notification).order_by(Notification.id))]
    assert times == sorted(times)


def test_nobody_is_told_of_what_they_did_themselves(plan):
    assert count(Notification, Notification.user_id == Notification.actor_id) == 0


# --- doors ---


def test_each_of_the_seven_can_sign_in_and_nobody_else_has_a_password(plan, app):
    assert [row.role for row in plan.sign_ins] == [
        "administrator",
        "moderator",
        "mediator",
        "organizer",
        "partner",
        "steward",
        "resident",
    ]
    assert count(User, User.password_hash.is_not(None)) == 7
    for row in plan.sign_ins:
        client = app.test_client()
        page = submit(client, "/sign-in", form_id="sign-in", email=row.email, password=PASSWORD)
        assert page.status_code == 200
        assert client.get("/settings").status_code == 200


def test_every_thread_shows_all_of_its_comments(plan, client):
    missing = []
    for thread in db.session.scalars(
        select(Thread).join(Thread.project).where(Project.visibility == "public")
    ):
        page = client.get(f"/threads/{thread.id}", follow_redirects=True)
        assert page.status_code == 200
        missing += [
            (thread.title, seq)
            for seq in range(1, thread.last_seq + 1)
            if f'id="post-{seq}"' not in page.text
        ]
    assert missing == []


def test_every_visible_comment_is_on_its_page(plan, browser):
    # Joy belongs to the closed project, too.
    client = browser("joy")
    for thread in db.session.scalars(select(Thread)):
        page = client.get(f"/threads/{thread.id}", follow_redirects=True).text
        posts = db.session.scalars(select(Post).where(Post.thread_id == thread.id)).all()
        lost = [post.seq for post in posts if (post.html in page) != post.is_visible]
        assert lost == [], thread.title


def test_a_guest_is_not_shown_the_closed_project(plan, client):
    assert client.get("/projects/friday-night-team").status_code == 404
    assert "Friday Night Team" not in client.get("/projects").text


# --- the command ---


@pytest.fixture
def command(monkeypatch, tmp_path, capsys):
    """``command("--if-empty")`` runs ``civicforum demo`` in a new folder: exit code, stdout, stderr."""
    monkeypatch.setenv("CIVICFORUM_DATA_DIR", str(tmp_path))

    def run(*options: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["civicforum", "demo", *options])
        with pytest.raises(SystemExit) as stop:
            main()
        words = capsys.readouterr()
        return int(stop.value.code or 0), words.out, words.err

    return run


def test_the_command_loads_once_and_says_how_to_sign_in(command):
    code, said, progress = command()
    assert code == 0
    assert "http://127.0.0.1:8000" in said
    assert PASSWORD in said
    assert [line.split()[0] for line in said.splitlines()[2:]] == [
        "administrator",
        "moderator",
        "mediator",
        "organizer",
        "partner",
        "steward",
        "resident",
    ]
    assert "Loading" in progress

    code, said, reason = command()
    assert (code, said, len(reason.strip().splitlines())) == (1, "", 1)
    assert "people in this database already" in reason

    assert command("--if-empty") == (0, "", "")


def test_the_demo_is_not_loaded_at_a_public_address(command, monkeypatch):
    monkeypatch.setenv("CIVICFORUM_BASE_URL", "https://forum.example.org")
    monkeypatch.setenv("CIVICFORUM_SECRET_KEY", "k" * 40)
    for options in ((), ("--if-empty",)):
        code, said, reason = command(*options)
        assert (code, said, len(reason.strip().splitlines())) == (1, "", 1)
        assert "https://forum.example.org" in reason


def test_an_interrupted_loading_leaves_nothing_behind(app):
    def stop(_count):
        if count(Post) > 50:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_demo(plan_demo(), stop)
    assert [table.name for table in db.metadata.sorted_tables if count(table)] == ["search_state", "stream"]


def test_loading_again_is_refused_and_changes_nothing(plan):
    with pytest.raises(Conflict):
        load_demo(plan)
    assert count(User) == 40
