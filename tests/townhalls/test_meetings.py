"""Calling, moving, publishing and cancelling; summaries; the door."""

from datetime import UTC, date, datetime, timedelta

import pytest
from factories import (
    join,
    make_post,
    make_project,
    make_rsvp,
    make_thread,
    make_town_hall,
    make_user,
    save,
)

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.agreement.models import Standing
from civicforum.db import db, now
from civicforum.discussions.models import Thread
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.jobs import Job
from civicforum.live.changes import changes_since
from civicforum.notifications.models import Notification
from civicforum.pages.actions import change_site
from civicforum.townhalls import actions, queries
from civicforum.townhalls.actions import Decided
from civicforum.townhalls.agenda import MAXIMUM_ITEMS, Item, item_states, parse_agenda
from civicforum.townhalls.calendar import local_time
from civicforum.townhalls.models import CheckIn, Summary, TownHall
from civicforum.townhalls.shipped import access_statement


@pytest.fixture
def organizer(app):
    return make_user()


@pytest.fixture
def project(organizer):
    return make_project(organizer)


def facts(**changes):
    starts_at = now() + timedelta(days=9)
    return {
        "title": "Lantern Street",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "timezone": "America/New_York",
        "mode": "in_person",
        "location": "Main Library",
        **changes,
    }


def jobs_of(task):
    return db.session.query(Job).filter_by(task=task).order_by(Job.run_at).all()


def test_a_published_meeting_has_a_discussion_and_reminders(project, organizer):
    hall = actions.create_town_hall(organizer, project.id, facts(), "published")
    assert hall.thread.title == "Before and after: Lantern Street"
    planned = [(job.arguments["kind"], hall.starts_at - job.run_at) for job in jobs_of("townhalls.remind")]
    assert planned == [("two_days", timedelta(days=2)), ("two_hours", timedelta(hours=2))]


def test_only_reminders_that_lie_ahead_are_planned(project, organizer):
    starts_at = now() + timedelta(hours=30)
    soon = facts(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    actions.create_town_hall(organizer, project.id, soon, "published")
    assert [job.arguments["kind"] for job in jobs_of("townhalls.remind")] == ["two_hours"]


def test_the_deadline_for_needs_moves_with_the_meeting_but_is_never_set_after_it(project, organizer):
    hall = actions.create_town_hall(organizer, project.id, facts(), "published")
    sooner = now() + timedelta(hours=3)
    moved = {"starts_at": sooner, "ends_at": sooner + timedelta(hours=1)}
    actions.edit_town_hall(organizer, hall.id, moved)
    assert hall.needs_until <= hall.starts_at
    with pytest.raises(Invalid) as refused:
        actions.edit_town_hall(organizer, hall.id, {"needs_until": sooner + timedelta(minutes=1)})
    assert list(refused.value.errors) == ["needs_until"]


def test_the_access_statement_is_prefilled_and_may_not_be_taken_away(project, organizer):
    hall = actions.create_town_hall(organizer, project.id, facts(), "published")
    assert "how to get into Main Library" in hall.access_statement
    with pytest.raises(Invalid) as refused:
        actions.edit_town_hall(organizer, hall.id, {"access_statement": " "})
    assert list(refused.value.errors) == ["access_statement"]
    with pytest.raises(Invalid):
        actions.create_town_hall(organizer, project.id, facts(access_statement=""), "published")


@pytest.mark.parametrize("locale", ["en", "es", "de"])
def test_the_shipped_statement_has_nothing_left_to_fill_in(locale):
    assert "{" not in access_statement(locale, "Hall", "May 3", "555-0142")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"timezone": "Nowhere/X"}, "timezone"),
        ({"mode": "boat"}, "mode"),
        ({"ends_at": now()}, "ends_at"),
        ({"capacity": -1}, "capacity"),
        ({"online_url": "javascript:alert(1)"}, "online_url"),
        ({"location": "x" * 301}, "location"),
    ],
)
def test_what_makes_no_sense_is_refused_by_field(project, organizer, change, field):
    with pytest.raises(Invalid) as refused:
        actions.create_town_hall(organizer, project.id, facts(**change))
    assert list(refused.value.errors) == [field]


def test_residents_call_no_meetings(project):
    with pytest.raises(NotAllowed):
        actions.create_town_hall(make_user(), project.id, facts())


def test_a_move_tells_everybody_by_one_job_and_raises_the_sequence(project, organizer):
    hall = actions.create_town_hall(organizer, project.id, facts(), "published")
    people = [make_user() for _person in range(5)]
    for person in people:
        actions.rsvp(person, hall.id, "going")
    later = hall.starts_at + timedelta(days=1)
    actions.edit_town_hall(organizer, hall.id, {"starts_at": later, "ends_at": later + timedelta(hours=2)})
    assert (hall.sequence, len(jobs_of("townhalls.tell_all"))) == (1, 1)
    told = db.session.query(Notification).filter_by(reason="moved").all()
    assert sorted(row.user_id for row in told) == [person.id for person in people]
    assert [later - job.run_at for job in jobs_of("townhalls.remind")] == [
        timedelta(days=2),
        timedelta(hours=2),
    ]


def test_a_word_changed_in_the_summary_tells_nobody(project, organizer):
    hall = actions.create_town_hall(organizer, project.id, facts(), "published")
    actions.rsvp(make_user(), hall.id, "going")
    actions.edit_town_hall(organizer, hall.id, {"summary": "A comma."})
    assert jobs_of("townhalls.tell_all") == []


def test_saving_an_older_reading_is_a_conflict(project, organizer):
    hall = make_town_hall(project)
    actions.edit_town_hall(organizer, hall.id, {"title": "One"}, revision=1)
    with pytest.raises(Conflict):
        actions.edit_town_hall(organizer, hall.id, {"title": "Two"}, revision=1)


def test_a_way_that_somebody_chose_is_not_taken_away(project, organizer):
    hall = make_town_hall(project, mode="hybrid")
    actions.rsvp(make_user(), hall.id, "going", "online")
    with pytest.raises(Invalid) as refused:
        actions.edit_town_hall(organizer, hall.id, {"mode": "in_person"})
    assert list(refused.value.errors) == ["mode"]


def test_cancelling_tells_everybody_by_one_job_and_plans_nothing_more(project, organizer):
    hall = actions.create_town_hall(organizer, project.id, facts(), "published")
    for _person in range(5):
        actions.rsvp(make_user(), hall.id, "going")
    for _twice in range(2):
        actions.cancel_town_hall(organizer, hall.id, "The roof leaks.")
    assert (hall.status, hall.sequence) == ("cancelled", 1)
    assert len(jobs_of("townhalls.tell_all")) == 1
    assert jobs_of("townhalls.remind") == []
    assert db.session.query(Notification).filter_by(reason="cancelled").count() == 5


def test_a_cancelled_meeting_says_why(project, organizer):
    with pytest.raises(Invalid) as refused:
        actions.cancel_town_hall(organizer, make_town_hall(project).id, " ")
    assert list(refused.value.errors) == ["reason"]


# --- the clock on the wall ---


def test_half_past_six_there_is_half_past_six_in_summer_and_winter():
    typed = [datetime.fromisoformat(f"2026-{month}-20T18:30") for month in ("07", "12")]
    wall = [local_time(at, "America/New_York") for at in typed]
    assert wall == [
        datetime(2026, 7, 20, 22, 30, tzinfo=UTC),
        datetime(2026, 12, 20, 23, 30, tzinfo=UTC),
    ]


def test_a_time_that_clocks_leap_over_is_refused():
    with pytest.raises(ValueError, match="02:30"):
        local_time(datetime.fromisoformat("2027-03-14T02:30"), "America/New_York")


# --- agendas ---


def test_an_agenda_is_read_line_by_line():
    text = "10 Welcome\n\n5 min: Since last time\nWhat would you try first?\n"
    assert parse_agenda(text) == [
        Item("Welcome", 10),
        Item("Since last time", 5),
        Item("What would you try first?"),
    ]


def test_what_is_on_follows_the_plan():
    items, start = [Item("a", 10), Item("b", 20), Item("c", 5)], now()
    end = start + timedelta(hours=1)
    at = start + timedelta(minutes=12)
    assert item_states(items, start, end, at) == ["done", "now", "next"]
    assert item_states([Item("a"), Item("b", 5)], start, end, at) == ["next", "next"]


# --- the door ---


@pytest.fixture
def tonight(project):
    return make_town_hall(project, starts_at=now() + timedelta(minutes=30))


def code_of(hall, person, state="going", **facts):
    return make_rsvp(hall, person, state, **facts).code


def test_who_was_let_in_is_there_once(tonight, organizer):
    code = code_of(tonight, make_user(), party_size=3)
    said = [actions.check_in(organizer, tonight.id, code, nonce).status for nonce in ("a", "a", "b")]
    assert said == ["ok", "ok", "already"]
    assert queries.tally(tonight.id).here == 3


@pytest.mark.parametrize("typed", ["{0}", " {1} ", "{2}"])
def test_a_code_may_be_typed_as_people_type(tonight, organizer, typed):
    code = code_of(tonight, make_user(), code="6789BCDFGH")
    written = typed.format(code, code.lower(), f"{code[:5]}-{code[5:]}")
    assert actions.check_in(organizer, tonight.id, written, "a").status == "ok"


def test_the_door_says_why_not(project, tonight, organizer):
    other = make_town_hall(project)
    codes = {
        "not_found": "6666666666",
        "wrong_town_hall": code_of(other, make_user()),
        "cancelled": code_of(tonight, make_user(), "cancelled"),
    }
    said = {word: actions.check_in(organizer, tonight.id, code, word).status for word, code in codes.items()}
    assert said == {word: word for word in codes}
    assert actions.check_in(organizer, other.id, codes["wrong_town_hall"], "x").status == "not_open"
    assert db.session.query(CheckIn).count() == 0


def test_what_was_scanned_without_a_connection_is_taken_later(project, organizer):
    hall = make_town_hall(project, starts_at=now() - timedelta(days=3))
    code = code_of(hall, make_user())
    at = hall.starts_at
    assert actions.check_in(organizer, hall.id, code, "a").status == "not_open"
    assert actions.check_in(organizer, hall.id, code, "b", at).status == "ok"
    with pytest.raises(Invalid):
        actions.check_in(organizer, hall.id, code, "c", now() + timedelta(hours=1))


def test_undoing_takes_back_and_attendance_counts_once(tonight, organizer):
    person = make_user(newcomer=True)
    code = code_of(tonight, person)
    for nonce in ("a", "b"):
        done = actions.check_in(organizer, tonight.id, code, nonce)
        actions.undo_check_in(organizer, tonight.id, done.check_in.id)
    assert queries.tally(tonight.id).here == 0
    assert db.session.get(Standing, person.id).meetings_attended == 1


def test_a_walk_in_counts_and_only_helpers_keep_the_door(tonight, project, organizer):
    helper = make_user()
    join(project, helper, "steward")
    for _twice in range(2):
        actions.walk_in(helper, tonight.id, "Bernice", 2, "n")
    assert queries.tally(tonight.id).here == 2
    with pytest.raises(NotAllowed):
        actions.walk_in(make_user(), tonight.id, "Me")


# --- the summary ---


@pytest.fixture
def yesterday(project):
    return make_town_hall(project, starts_at=now() - timedelta(days=1))


def test_no_summary_has_a_decision_without_an_owner(yesterday, organizer):
    with pytest.raises(Invalid) as refused:
        actions.publish_summary(organizer, yesterday.id, "We met.", [Decided("A bench", " ")])
    assert list(refused.value.errors) == ["decisions"]
    assert db.session.query(Summary).count() == 0


def test_all_who_came_or_wrote_are_told_once(organizer, project):
    thread = make_thread(project)
    yesterday = make_town_hall(project, starts_at=now() - timedelta(days=1), thread_id=thread.id)
    came, stayed_away, wrote = make_user(), make_user(), make_user()
    make_post(thread, wrote)
    row = make_rsvp(yesterday, came, party_size=2)
    make_rsvp(yesterday, stayed_away)
    save(CheckIn(town_hall_id=yesterday.id, rsvp_id=row.id, nonce="a", party_size=2))
    made = [Decided("A bench by the door", "City of Tarrow Bend", date(2027, 1, 15))]
    first = actions.publish_summary(organizer, yesterday.id, "We **met**.", made)
    assert (first.version, first.attendance, first.decisions[0].owner) == (1, 2, "City of Tarrow Bend")
    assert actions.publish_summary(organizer, yesterday.id, "We met.", made).version == 2
    told = db.session.query(Notification).filter_by(reason="summary").all()
    assert sorted(n.user_id for n in told) == sorted([came.id, wrote.id])
    assert len(jobs_of("townhalls.tell_summary")) == 1


def test_a_summary_is_of_something_that_was(project, organizer):
    with pytest.raises(Conflict):
        actions.publish_summary(organizer, make_town_hall(project).id, "We will meet.")


# --- bringing in a calendar ---


def test_a_real_calendar_is_brought_in_once(project, organizer, shared):
    data = (shared / "data/calendars/great-lakes-water-authority.ics").read_bytes()
    done = actions.import_calendar(organizer, project.id, data)
    found = [
        (row.starts_at, row.timezone, row.title, row.status)
        for row in db.session.query(TownHall).order_by(TownHall.starts_at, TownHall.id)
    ]
    detroit = "America/Detroit"
    assert found == [
        (datetime(2018, 6, 27, 17, tzinfo=UTC), detroit, "Legal Committee Meeting", "cancelled"),
        (datetime(2018, 6, 27, 18, tzinfo=UTC), detroit, "GLWA Board Meeting", "cancelled"),
        (
            datetime(2018, 7, 11, 15, tzinfo=UTC),
            detroit,
            "Operations and Resources Committee Meeting",
            "cancelled",
        ),
        (datetime(2018, 7, 11, 17, tzinfo=UTC), detroit, "GLWA Board Workshop Meeting", "cancelled"),
        (datetime(2018, 7, 20, 12, tzinfo=UTC), detroit, "Audit Committee Meeting", "published"),
        (datetime(2018, 7, 25, 21, tzinfo=UTC), detroit, "Legal Committee Meeting", "published"),
        (datetime(2018, 7, 25, 22, tzinfo=UTC), detroit, "GLWA Board Meeting", "published"),
    ]
    assert len(done.made) == 7
    again = actions.import_calendar(organizer, project.id, data)
    assert (len(again.made), len(again.changed), len(again.unchanged)) == (0, 0, 7)
    assert db.session.query(Job).filter(Job.task.like("townhalls.%")).count() == 0


ICS = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:x\r
BEGIN:VEVENT\r
UID:a\r
DTSTART;TZID=America/Detroit:20371025T180000\r
DTEND;TZID=America/Detroit:20371025T190000\r
SUMMARY:{title}\r
END:VEVENT\r
{more}END:VCALENDAR\r
"""


def test_a_changed_calendar_changes_its_meeting(project, organizer):
    for title in ("Board", "Board (Cancelled)"):
        done = actions.import_calendar(organizer, project.id, ICS.format(title=title, more="").encode())
    (hall,) = done.changed
    assert (hall.title, hall.status, hall.sequence) == ("Board", "cancelled", 1)


def test_the_same_calendar_once_more_changes_nothing(project, organizer):
    (hall,) = actions.import_calendar(organizer, project.id, calendar_of()).made
    again = actions.import_calendar(organizer, project.id, calendar_of())
    assert (again.made, again.changed, again.unchanged) == ([], [], [hall])
    assert hall.sequence == 0


def test_nothing_is_half_imported_and_the_wrong_event_is_named(project, organizer):
    broken = "BEGIN:VEVENT\r\nUID:b\r\nSUMMARY:Without a day\r\nEND:VEVENT\r\n"
    with pytest.raises(Invalid, match="Without a day"):
        actions.import_calendar(organizer, project.id, ICS.format(title="Board", more=broken).encode())
    assert db.session.query(TownHall).count() == 0


def test_only_organizers_bring_in_calendars(project):
    with pytest.raises(NotAllowed):
        actions.import_calendar(make_user(), project.id, ICS.format(title="Board", more="").encode())


def test_nobody_else_than_the_clock_forgets_needs(yesterday, organizer):
    with pytest.raises(NotAllowed):
        actions.purge_needs(organizer, yesterday.id)
    actions.purge_needs(SYSTEM, yesterday.id)


def test_a_draft_does_not_come_to_light_by_being_cancelled(project, organizer):
    hall = actions.create_town_hall(organizer, project.id, facts(title="Not yet for everybody"))
    with pytest.raises(Conflict):
        actions.cancel_town_hall(organizer, hall.id, "We thought better of it.")
    assert queries.list_for_calendar(SYSTEM, project) == []


def test_an_agenda_over_the_api_is_kept_in_clean_lines(project, organizer):
    items = [Item("  Welcome\n\u202eeverybody\x00 ", 5)]
    hall = actions.create_town_hall(organizer, project.id, facts(), agenda=items)
    assert [item.title for item in hall.agenda] == ["Welcome everybody"]
    with pytest.raises(Invalid):
        actions.create_town_hall(organizer, project.id, facts(), agenda=[Item("\n", 5)])


# --- what is refused, and what changes nothing ---


def test_a_project_one_may_not_see_has_no_meetings_to_call_or_bring_in(organizer):
    closed = make_project(organizer, visibility="members")
    calendar = ICS.format(title="Board", more="").encode()
    for deed in (
        lambda who: actions.create_town_hall(who, closed.id, facts()),
        lambda who: actions.import_calendar(who, closed.id, calendar),
    ):
        with pytest.raises(NotFound):
            deed(make_user())
    assert db.session.query(TownHall).count() == 0


def test_a_meeting_one_may_not_see_is_neither_edited_nor_summed_up_nor_kept_at_its_door(organizer):
    hall = make_town_hall(make_project(organizer, visibility="members"))
    stranger = make_user()
    for deed in (
        lambda: actions.edit_town_hall(stranger, hall.id, {"title": "Mine"}),
        lambda: actions.publish_summary(stranger, hall.id, "We met."),
        lambda: actions.walk_in(stranger, hall.id, "Me"),
    ):
        with pytest.raises(NotFound):
            deed()


def test_a_town_with_a_statement_of_its_own_prefills_that_one(project, organizer):
    change_site(SYSTEM, access_statement="The lift is behind the library.")
    hall = actions.create_town_hall(organizer, project.id, facts())
    assert hall.access_statement == "The lift is behind the library."


def test_a_cancelled_meeting_is_neither_changed_nor_published_again(project, organizer):
    hall = make_town_hall(project, status="cancelled")
    for deed in (
        lambda: actions.edit_town_hall(organizer, hall.id, {"title": "New"}),
        lambda: actions.publish_town_hall(organizer, hall.id),
    ):
        with pytest.raises(Conflict):
            deed()
    assert (hall.title != "New", hall.status) == (True, "cancelled")


def test_a_meeting_that_was_is_not_cancelled(project, organizer):
    hall = make_town_hall(project, starts_at=now() - timedelta(days=1))
    with pytest.raises(Conflict):
        actions.cancel_town_hall(organizer, hall.id, "Too late.")
    assert hall.status == "published"


def test_an_agenda_alone_is_no_move_and_calendars_stay(project, organizer):
    hall = actions.create_town_hall(organizer, project.id, facts(), "published")
    actions.rsvp(make_user(), hall.id, "going")
    before = (hall.revision, hall.sequence, changes_since(hall.channel).revision)
    actions.edit_town_hall(organizer, hall.id, {}, agenda=[Item("Welcome", 5)])
    after = (hall.revision, hall.sequence, changes_since(hall.channel).revision)
    assert after == (before[0] + 1, before[1], before[2] + 1)
    assert jobs_of("townhalls.tell_all") == []
    actions.edit_town_hall(organizer, hall.id, {}, agenda=[Item("Welcome", 5)])
    assert hall.revision == after[0]


def test_publishing_twice_is_one_discussion(project, organizer):
    hall = actions.create_town_hall(organizer, project.id, facts())
    for _twice in range(2):
        actions.publish_town_hall(organizer, hall.id)
    assert (hall.status, db.session.query(Thread).count()) == ("published", 1)


def test_a_meeting_that_the_house_publishes_has_no_discussion_because_nobody_began_it(project):
    hall = actions.create_town_hall(SYSTEM, project.id, facts(), "published")
    assert (hall.status, hall.thread) == ("published", None)


@pytest.mark.parametrize("status", ["draft", None])
def test_what_is_published_stays_so(project, organizer, status):
    hall = make_town_hall(project)
    if status is None:
        assert actions.change_town_hall(organizer, hall.id, {}, status).status == "published"
    else:
        with pytest.raises(Conflict):
            actions.change_town_hall(organizer, hall.id, {"title": "New"}, status)
    assert (hall.status, hall.title != "New") == ("published", True)


def test_an_agenda_fits_on_a_page(project, organizer):
    with pytest.raises(Invalid) as refused:
        actions.create_town_hall(organizer, project.id, facts(), agenda=[Item("x")] * (MAXIMUM_ITEMS + 1))
    assert list(refused.value.errors) == ["agenda"]


def test_a_name_in_the_list_is_let_in_at_its_own_meeting_alone(project, tonight, organizer):
    other = make_town_hall(project, starts_at=now() + timedelta(minutes=30))
    row = make_rsvp(tonight, make_user())
    for hall_id, rsvp_id in ((other.id, row.id), (tonight.id, 999)):
        with pytest.raises(NotFound):
            actions.check_in_person(organizer, hall_id, rsvp_id, "a")
    assert actions.check_in_person(organizer, tonight.id, row.id, "a").status == "ok"


def test_a_guest_is_let_in_and_nobodys_attendance_is_counted(tonight, organizer):
    row = make_rsvp(tonight, None, guest_email="bo@example.org", guest_name="Bo")
    assert actions.check_in(organizer, tonight.id, row.code, "a").check_in.party_size == 1
    assert [standing.meetings_attended for standing in db.session.query(Standing)] == [0]


@pytest.mark.parametrize(
    ("name", "size", "field"), [(" ", 1, "name"), ("x" * 61, 1, "name"), ("Bo", 0, "party_size")]
)
def test_a_walk_in_has_a_name_and_a_size(tonight, organizer, name, size, field):
    with pytest.raises(Invalid) as refused:
        actions.walk_in(organizer, tonight.id, name, size)
    assert list(refused.value.errors) == [field]
    assert queries.tally(tonight.id).here == 0


def test_nobody_walks_in_days_before(project, organizer):
    hall = make_town_hall(project)
    with pytest.raises(Conflict):
        actions.walk_in(organizer, hall.id, "Bernice")
    assert queries.tally(hall.id).here == 0


def test_a_check_in_is_undone_at_its_own_meeting_once(project, tonight, organizer):
    other = make_town_hall(project, starts_at=now() + timedelta(minutes=30))
    came = actions.walk_in(organizer, tonight.id, "Bernice")
    with pytest.raises(NotFound):
        actions.undo_check_in(organizer, other.id, came.id)
    undone = [actions.undo_check_in(organizer, tonight.id, came.id).undone_at for _twice in range(2)]
    assert undone[0] == undone[1]
    assert queries.tally(tonight.id).here == 0


def test_two_who_sum_up_do_not_overwrite_each_other(yesterday, organizer):
    assert actions.publish_summary(organizer, yesterday.id, "We met.", based_on=0).version == 1
    with pytest.raises(Conflict):
        actions.publish_summary(organizer, yesterday.id, "We quarrelled.", based_on=0)
    assert queries.latest_summary(yesterday).body == "We met."


@pytest.mark.parametrize(
    ("body", "decisions", "field"),
    [
        (" ", [], "body"),
        ("x" * 50_001, [], "body"),
        ("We met.", [Decided("A bench", "City")] * 41, "decisions"),
        ("We met.", [Decided(" ", "City")], "decisions"),
        ("We met.", [Decided("x" * 1001, "City")], "decisions"),
        ("We met.", [Decided("A bench", "x" * 121)], "decisions"),
    ],
)
def test_a_summary_says_something_and_fits(yesterday, organizer, body, decisions, field):
    with pytest.raises(Invalid) as refused:
        actions.publish_summary(organizer, yesterday.id, body, decisions)
    assert list(refused.value.errors) == [field]
    assert db.session.query(Summary).count() == 0


def test_only_those_who_run_a_meeting_sum_it_up(project, yesterday):
    helper = make_user()
    join(project, helper, "steward")
    for person in (helper, make_user()):
        with pytest.raises(NotAllowed):
            actions.publish_summary(person, yesterday.id, "We met.")


def test_a_summary_is_mailed_once_to_who_came_and_wrote_and_to_nobody_who_left(project, organizer):
    thread = make_thread(project)
    hall = make_town_hall(project, starts_at=now() - timedelta(days=1), thread_id=thread.id)
    came, left, wrote = make_user(), make_user(erased_at=now()), make_user()
    for writer in (came, wrote):
        make_post(thread, writer)
    rows = [make_rsvp(hall, person) for person in (came, left)]
    for row in rows:
        save(CheckIn(town_hall_id=hall.id, rsvp_id=row.id, nonce=str(row.id), party_size=1))
    actions.tell_summary(SYSTEM, hall.id)
    assert [job.arguments["rsvp_id"] for job in jobs_of("townhalls.mail_answer")] == [rows[0].id]
    assert [job.arguments["user_id"] for job in jobs_of("townhalls.mail_writer")] == [wrote.id]


def test_news_of_a_meeting_are_not_mailed_to_who_left(project):
    hall = make_town_hall(project)
    stays = make_rsvp(hall, make_user())
    make_rsvp(hall, make_user(erased_at=now()))
    actions.tell_all(SYSTEM, hall.id, "moved", 1)
    assert [job.arguments["rsvp_id"] for job in jobs_of("townhalls.mail_answer")] == [stays.id]


# --- a calendar that goes on ---


def calendar_of(**changes):
    """A calendar with one event; what is changed is written over its line."""
    lines = {
        "UID": "a",
        "DTSTART": "20371025T180000Z",
        "DTEND": "20371025T190000Z",
        "SUMMARY": "Board",
        **changes,
    }
    body = "".join(f"{name}:{value}\r\n" for name, value in lines.items())
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\n"
    return f"{head}{body}END:VEVENT\r\nEND:VCALENDAR\r\n".encode()


def test_an_event_that_is_no_meeting_is_refused_by_its_number_and_title(project, organizer):
    endless = calendar_of(DTEND="20371125T190000Z", SUMMARY="The endless board")
    with pytest.raises(Invalid) as refused:
        actions.import_calendar(organizer, project.id, endless)
    (said,) = refused.value.errors["file"]
    assert said.startswith("Event 1 ('The endless board'): That is longer than two weeks.")
    assert db.session.query(TownHall).count() == 0


def test_a_meeting_follows_its_calendar_to_another_title_and_hour(project, organizer):
    actions.import_calendar(organizer, project.id, calendar_of())
    (hall,) = db.session.query(TownHall)
    person = make_user()
    actions.rsvp(person, hall.id, "going")
    moved = calendar_of(SUMMARY="The Board", DTSTART="20371025T170000Z")
    done = actions.import_calendar(organizer, project.id, moved)
    assert [row.id for row in done.changed] == [hall.id]
    assert (hall.title, hall.starts_at, hall.sequence) == (
        "The Board",
        datetime(2037, 10, 25, 17, tzinfo=UTC),
        1,
    )
    told = db.session.query(Notification).filter_by(reason="moved").all()
    assert [notice.user_id for notice in told] == [person.id]


def test_a_meeting_that_is_over_is_cancelled_by_its_calendar_in_silence(project, organizer):
    past = {"DTSTART": "20200101T180000Z", "DTEND": "20200101T190000Z"}
    actions.import_calendar(organizer, project.id, calendar_of(**past))
    (hall,) = db.session.query(TownHall)
    make_rsvp(hall, make_user())
    done = actions.import_calendar(organizer, project.id, calendar_of(**past, STATUS="CANCELLED"))
    assert ([row.id for row in done.changed], hall.status) == ([hall.id], "cancelled")
    assert db.session.query(Notification).count() == 0
    assert db.session.query(Job).filter(Job.task.like("townhalls.%")).count() == 0


def test_a_calendars_address_is_renewed_by_people_alone(app):
    user = make_user()
    assert [actions.renew_calendar(user) for _twice in range(2)] == [2, 3]
    for nobody in (SYSTEM, Guest()):
        with pytest.raises(NotAllowed):
            actions.renew_calendar(nobody)


def test_the_door_of_a_draft_is_closed_at_any_time(app):
    now_on = {"starts_at": now() - timedelta(minutes=5)}
    project = make_project()
    assert actions.is_door_open(make_town_hall(project, **now_on)) is True
    assert actions.is_door_open(make_town_hall(project, status="draft", **now_on)) is False
