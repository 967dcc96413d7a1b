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

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.models import Standing
from civicforum.db import db, now
from civicforum.errors import Conflict, Invalid, NotAllowed
from civicforum.jobs import Job
from civicforum.notifications.models import Notification
from civicforum.townhalls import actions, queries
from civicforum.townhalls.actions import Decided
from civicforum.townhalls.agenda import Item, item_states, parse_agenda
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
