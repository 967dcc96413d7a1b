"""Calendars: the right hour on the right wall, whoever wrote the file."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from civicforum.townhalls.calendar import (
    CalendarEntry,
    CalendarError,
    ImportedEvent,
    calendar_text,
    local_time,
    read_calendar,
)

SHARED = Path(__file__).parents[3] / "shared" / "data" / "calendars"
GREAT_LAKES = SHARED / "great-lakes-water-authority.ics"
NOW = datetime(2026, 10, 1, tzinfo=UTC)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # year, month, day, hour…


def wall(typed: str, fold: int = 0) -> datetime:
    """Read a time as a form gives it: without a zone."""
    return datetime.fromisoformat(typed).replace(fold=fold)


def entry(**changes: object) -> CalendarEntry:
    budget = CalendarEntry(
        uid="town-hall-7@forum.example.org",
        sequence=2,
        starts_at=utc(2026, 10, 20, 22, 30),
        ends_at=utc(2026, 10, 21, 0, 30),
        timezone="America/Detroit",
        title="Budget night",
        summary="Bring a question.",
        location="City Hall, 2 Main St",
        url="https://forum.example.org/town-halls/7",
        status="CONFIRMED",
        updated_at=utc(2026, 9, 1, 12),
    )
    return replace(budget, **changes)  # type: ignore[arg-type]  # named by the test


def ics(*events: str, head: str = "") -> bytes:
    """Write a calendar by hand; each event is its lines without BEGIN and END."""
    bodies = [f"BEGIN:VEVENT\n{event.strip()}\nEND:VEVENT" for event in events]
    lines = "\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *head.split(), *bodies, "END:VCALENDAR"])
    return lines.replace("\n", "\r\n").encode() + b"\r\n"


def read_one(event: str, head: str = "", fallback_zone: str | None = None) -> ImportedEvent:
    [found] = read_calendar(ics(event, head=head), fallback_zone, NOW)
    return found


def hours(event: ImportedEvent) -> tuple[datetime, datetime]:
    return event.starts_at, event.ends_at


# Typed by an organizer.


@pytest.mark.parametrize(
    ("typed", "zone", "moment"),
    [
        (wall("2026-07-01 18:00"), "America/Detroit", utc(2026, 7, 1, 22)),
        (wall("2026-12-01 18:00"), "America/Detroit", utc(2026, 12, 1, 23)),
        (wall("2026-07-01 18:00"), "UTC", utc(2026, 7, 1, 18)),
        (wall("2026-07-01 18:00"), "Asia/Kathmandu", utc(2026, 7, 1, 12, 15)),
        (wall("2026-03-08 01:59"), "America/Detroit", utc(2026, 3, 8, 6, 59)),
        (wall("2026-03-08 03:00"), "America/Detroit", utc(2026, 3, 8, 7, 0)),
        (wall("2026-11-01 01:30"), "America/Detroit", utc(2026, 11, 1, 5, 30)),
        (wall("2026-11-01 01:30", fold=1), "America/Detroit", utc(2026, 11, 1, 6, 30)),
        (wall("2026-07-01 18:00", fold=1), "America/Detroit", utc(2026, 7, 1, 22)),
    ],
)
def test_a_typed_time_is_that_of_the_wall(typed: datetime, zone: str, moment: datetime) -> None:
    assert local_time(typed, zone) == moment


@pytest.mark.parametrize("fold", [0, 1])
def test_a_time_that_the_clocks_leap_over_is_refused(fold: int) -> None:
    with pytest.raises(ValueError, match="On 2026-03-08 clocks in America/Detroit go forward: "):
        local_time(wall("2026-03-08 02:30", fold=fold), "America/Detroit")


@pytest.mark.parametrize("zone", ["Mars", "", "America", "../../etc/passwd", "\x00"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="not a time zone that we know"):
        local_time(wall("2026-03-08 00:00"), zone)


# Written for calendars.


def test_a_town_hall_is_written_whole() -> None:
    text = calendar_text([entry()], "Riverside").decode()
    assert text.splitlines() == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//CivicForum//CivicForum//EN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Riverside",
        *_between(text, "BEGIN:VTIMEZONE", "END:VTIMEZONE"),
        "BEGIN:VEVENT",
        "SUMMARY:Budget night",
        "DTSTART;TZID=America/Detroit:20261020T183000",
        "DTEND;TZID=America/Detroit:20261020T203000",
        "DTSTAMP:20260901T120000Z",
        "UID:town-hall-7@forum.example.org",
        "SEQUENCE:2",
        "DESCRIPTION:Bring a question.",
        "LAST-MODIFIED:20260901T120000Z",
        "LOCATION:City Hall\\, 2 Main St",
        "STATUS:CONFIRMED",
        "URL:https://forum.example.org/town-halls/7",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


def _between(text: str, first: str, last: str) -> list[str]:
    lines = text.splitlines()
    return lines[lines.index(first) : lines.index(last) + 1]


def test_the_zone_is_described_with_the_change_of_that_autumn() -> None:
    zone = _between(calendar_text([entry()], "x").decode(), "BEGIN:VTIMEZONE", "END:VTIMEZONE")
    assert "TZID:America/Detroit" in zone
    assert any("20261101T020000" in line for line in zone)


def test_the_same_events_give_the_same_bytes() -> None:
    assert calendar_text([entry()], "x") == calendar_text([entry()], "x")


def test_no_events_make_an_empty_calendar() -> None:
    assert b"VEVENT" not in calendar_text([], "Riverside")
    assert b"X-WR-CALNAME:Riverside" in calendar_text([], "Riverside")


@pytest.mark.parametrize("fold", [0, 1])
def test_a_meeting_in_the_doubled_hour_is_read_at_its_moment(fold: int) -> None:
    starts_at = local_time(wall("2026-11-01 01:30", fold=fold), "America/Detroit")
    written = calendar_text([entry(starts_at=starts_at, ends_at=utc(2026, 11, 1, 8))], "x")
    [found] = read_calendar(written)
    assert hours(found) == (starts_at, utc(2026, 11, 1, 8))


def test_a_cancelled_meeting_keeps_its_uid_and_raises_its_sequence() -> None:
    [event] = Calendar.from_ical(calendar_text([entry(status="CANCELLED", sequence=3)], "x")).walk("VEVENT")
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == (
        "town-hall-7@forum.example.org",
        3,
        "CANCELLED",
    )


HOSTILE = 'Parks; "trees", \\n\\, and\r\nATTENDEE:mailto:x@y.org\r\nEND:VEVENT\x00\u2028\u202e'


@pytest.mark.parametrize("field", ["title", "summary", "location", "url", "uid"])
def test_words_cannot_become_lines_of_the_calendar(field: str) -> None:
    text = calendar_text([entry(**{field: HOSTILE})], HOSTILE).decode()
    starts = [line.partition(":")[0] for line in text.splitlines()]
    assert starts.count("END") == calendar_text([entry()], "x").decode().count("END:")
    assert "ATTENDEE" not in starts
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert event["SEQUENCE"] == 2


def test_a_title_with_marks_comes_back_as_it_was() -> None:
    title = 'Parks; "trees", \\ and a \\n'
    [found] = read_calendar(calendar_text([entry(title=title)], "x"))
    assert found.title == title


@given(st.text(max_size=300))
@settings(deadline=None, max_examples=50)
def test_lines_are_folded_at_75_octets(title: str) -> None:
    written = calendar_text([entry(title=title, summary=title)], title)
    assert max(map(len, written.split(b"\r\n"))) <= 75
    written.decode()


def test_what_we_write_we_can_read() -> None:
    [found] = read_calendar(calendar_text([entry()], "x"))
    assert found == ImportedEvent(
        uid="town-hall-7@forum.example.org",
        starts_at=utc(2026, 10, 20, 22, 30),
        ends_at=utc(2026, 10, 21, 0, 30),
        timezone="America/Detroit",
        title="Budget night",
        summary="Bring a question.",
        location="City Hall, 2 Main St",
        cancelled=False,
    )


# Read from others.


@pytest.mark.skipif(not GREAT_LAKES.exists(), reason=f"the shared calendar {GREAT_LAKES} is absent")
def test_the_calendar_of_the_great_lakes_water_authority_is_read() -> None:
    events = read_calendar(GREAT_LAKES.read_bytes())
    hall = "735 Randolph, 5th Floor Board Room, Detroit, MI, 48226"
    ferndale = "300 E. Nine Mile Road, Ferndale, MI, 48220"
    assert [(e.starts_at, e.ends_at.hour, e.title, e.location, e.cancelled) for e in events] == [
        (utc(2018, 6, 27, 17), 18, "Legal Committee Meeting", hall, True),
        (utc(2018, 6, 27, 18), 20, "GLWA Board Meeting", hall, True),
        (utc(2018, 7, 11, 15), 17, "Operations and Resources Committee Meeting", hall, True),
        (utc(2018, 7, 11, 17), 19, "GLWA Board Workshop Meeting", hall, True),
        (utc(2018, 7, 20, 12), 14, "Audit Committee Meeting", hall, False),
        (utc(2018, 7, 25, 21), 22, "Legal Committee Meeting", ferndale, False),
        (utc(2018, 7, 25, 22), 0, "GLWA Board Meeting", ferndale, False),
    ]
    assert {event.timezone for event in events} == {"America/Detroit"}
    assert len({event.uid for event in events}) == 7


@pytest.mark.parametrize(
    ("event", "head", "fallback", "expected"),
    [
        (
            "DTSTART;TZID=America/Detroit:20261020T183000",
            "",
            None,
            (utc(2026, 10, 20, 22, 30), utc(2026, 10, 20, 23, 30), "America/Detroit"),
        ),
        (
            "DTSTART:20261020T183000\nDTEND:20261020T200000",
            "X-WR-TIMEZONE:America/Detroit",
            "Europe/Paris",
            (utc(2026, 10, 20, 22, 30), utc(2026, 10, 21), "America/Detroit"),
        ),
        (
            "DTSTART:20261020T183000\nDURATION:PT90M",
            "",
            "Europe/Paris",
            (utc(2026, 10, 20, 16, 30), utc(2026, 10, 20, 18), "Europe/Paris"),
        ),
        (
            "DTSTART:20261020T223000Z",
            "X-WR-TIMEZONE:America/Detroit",
            None,
            (utc(2026, 10, 20, 22, 30), utc(2026, 10, 20, 23, 30), "America/Detroit"),
        ),
        (
            "DTSTART:20261020T223000Z\nDTEND:20261020T223000Z",
            "",
            None,
            (utc(2026, 10, 20, 22, 30), utc(2026, 10, 20, 23, 30), "UTC"),
        ),
        (
            "DTSTART;TZID=Eastern Standard Time:20261020T183000",
            "",
            None,
            (utc(2026, 10, 20, 22, 30), utc(2026, 10, 20, 23, 30), "America/New_York"),
        ),
        (
            "DTSTART;TZID=America/Detroit:20260308T023000",
            "",
            None,
            (utc(2026, 3, 8, 7, 30), utc(2026, 3, 8, 8, 30), "America/Detroit"),
        ),
        (
            "DTSTART;TZID=America/Detroit:20261101T003000\nDURATION:PT4H",
            "",
            None,
            (utc(2026, 11, 1, 4, 30), utc(2026, 11, 1, 8, 30), "America/Detroit"),
        ),
    ],
    ids=["tzid", "calendar zone", "fallback", "utc", "no length", "windows", "gap", "long night"],
)
def test_an_event_is_read_at_its_hour(
    event: str, head: str, fallback: str | None, expected: tuple[datetime, datetime, str]
) -> None:
    found = read_one(f"UID:1\nSUMMARY:A\n{event}", head, fallback)
    assert (found.starts_at, found.ends_at, found.timezone) == expected


@pytest.mark.parametrize(
    ("event", "last"),
    [
        ("DTSTART;VALUE=DATE:20261020", 20),
        ("DTSTART;VALUE=DATE:20261020\nDTEND;VALUE=DATE:20261021", 20),
        ("DTSTART;VALUE=DATE:20261020\nDTEND;VALUE=DATE:20261020", 20),
        ("DTSTART;VALUE=DATE:20261020\nDTEND;VALUE=DATE:20261023", 22),
        ("DTSTART;VALUE=DATE:20261020\nDURATION:P3D", 22),
    ],
)
def test_a_day_without_times_is_office_hours_there(event: str, last: int) -> None:
    found = read_one(f"UID:1\n{event}", fallback_zone="America/Detroit")
    assert hours(found) == (utc(2026, 10, 20, 13), utc(2026, 10, last, 21))
    assert found.all_day


@pytest.mark.parametrize(
    ("title", "clean", "cancelled"),
    [
        ("Board Meeting (Cancelled)", "Board Meeting", True),
        ("Board Meeting [CANCELED]", "Board Meeting", True),
        ("CANCELLED: Board Meeting", "Board Meeting", True),
        ("Canceled - Board Meeting", "Board Meeting", True),
        ("(cancelled) Board Meeting", "Board Meeting", True),
        ("Board Meeting - cancelled", "Board Meeting", True),
        ("CANCELLED Board Meeting", "Board Meeting", True),
        ("Board Meeting CANCELLED", "Board Meeting", True),
        ("Cancelled", "Cancelled", True),
        ("CANCELLED:", "CANCELLED:", True),
        ("Cancelled debts: what now?", "Cancelled debts: what now?", False),
        ("Why it was cancelled", "Why it was cancelled", False),
        ("Uncancelled: Board Meeting", "Uncancelled: Board Meeting", False),
    ],
)
def test_a_cancellation_is_found_in_the_title(title: str, clean: str, cancelled: bool) -> None:
    found = read_one(f"UID:1\nDTSTART:20261020T223000Z\nSUMMARY:{title}")
    assert (found.title, found.cancelled) == (clean, cancelled)


def test_a_cancellation_is_found_in_the_status() -> None:
    assert read_one("UID:1\nDTSTART:20261020T223000Z\nSTATUS:CANCELLED").cancelled


def test_an_event_without_uid_has_the_same_one_at_each_reading() -> None:
    event = "DTSTART:20261020T223000Z\nSUMMARY:A"
    assert read_one(event).uid == read_one(event).uid
    assert read_one(event).uid != read_one(event.replace(":A", ":B")).uid


def test_of_two_versions_the_later_counts() -> None:
    event = "UID:1\nDTSTART:20261020T223000Z\nSUMMARY:{}\nSEQUENCE:{}"
    events = read_calendar(ics(event.format("new", 2), event.format("old", 1)))
    assert [found.title for found in events] == ["new"]


WEEKLY = """
UID:w
DTSTART;TZID=America/Detroit:20261018T183000
DTEND;TZID=America/Detroit:20261018T200000
RRULE:FREQ=WEEKLY;COUNT=4
SUMMARY:Open hours
"""


def test_a_repeating_meeting_stays_at_its_hour_on_the_wall() -> None:
    events = read_calendar(ics(WEEKLY), now=NOW)
    assert [(event.starts_at, event.ends_at) for event in events] == [
        (utc(2026, 10, 18, 22, 30), utc(2026, 10, 19, 0)),
        (utc(2026, 10, 25, 22, 30), utc(2026, 10, 26, 0)),
        (utc(2026, 11, 1, 23, 30), utc(2026, 11, 2, 1)),
        (utc(2026, 11, 8, 23, 30), utc(2026, 11, 9, 1)),
    ]
    assert [event.uid for event in events] == [
        "w/20261018T223000",
        "w/20261025T223000",
        "w/20261101T233000",
        "w/20261108T233000",
    ]


def test_a_moved_and_a_dropped_occurrence_are_read_as_such() -> None:
    dropped = WEEKLY + "EXDATE;TZID=America/Detroit:20261025T183000"
    moved = """
UID:w
RECURRENCE-ID;TZID=America/Detroit:20261101T183000
DTSTART;TZID=America/Detroit:20261103T190000
SUMMARY:Open hours (moved)
"""
    events = read_calendar(ics(dropped, moved), now=NOW)
    assert [(event.uid, event.starts_at, event.title) for event in events] == [
        ("w/20261018T223000", utc(2026, 10, 18, 22, 30), "Open hours"),
        ("w/20261101T233000", utc(2026, 11, 4, 0), "Open hours (moved)"),
        ("w/20261108T233000", utc(2026, 11, 8, 23, 30), "Open hours"),
    ]


def test_a_meeting_that_repeats_for_ever_is_read_for_a_year() -> None:
    for_ever = WEEKLY.replace(";COUNT=4", "")
    events = read_calendar(ics(for_ever), now=utc(2030, 1, 1))
    assert len(events) == 52
    assert utc(2030, 1, 1) < events[0].starts_at < events[-1].starts_at < utc(2031, 1, 1)


def test_a_repeating_time_without_zone_is_that_of_the_calendar() -> None:
    floating = WEEKLY.replace(";TZID=America/Detroit", "")
    events = read_calendar(ics(floating), "America/Detroit", NOW)
    assert [event.starts_at.hour for event in events] == [22, 22, 23, 23]
    assert {event.timezone for event in events} == {"America/Detroit"}


def test_a_repeating_day_is_office_hours_each_time() -> None:
    days = "UID:d\nDTSTART;VALUE=DATE:20261019\nRRULE:FREQ=MONTHLY;COUNT=2;BYDAY=3MO"
    events = read_calendar(ics(days), "Europe/Paris", NOW)
    assert [(event.uid, *hours(event)) for event in events] == [
        ("d/20261019", utc(2026, 10, 19, 7), utc(2026, 10, 19, 15)),
        ("d/20261116", utc(2026, 11, 16, 8), utc(2026, 11, 16, 16)),
    ]


GOOD = "UID:0\nDTSTART:20261020T223000Z\nSUMMARY:Good"


@pytest.mark.parametrize(
    ("event", "fault"),
    [
        ("", "it does not say when it starts (DTSTART)"),
        ("DTSTART:2026-10-20", "DTSTART is '2026-10-20'"),
        ("DTSTART:20261020T183000", "it has no time zone, and the calendar names none"),
        ("DTSTART;VALUE=DATE:20261020", "it has no time zone, and the calendar names none"),
        ("DTSTART;TZID=Mars/X:20261020T183000", "its time zone 'Mars/X' is not known"),
        ("DTSTART:20261020T18Z\nSUMMARY:B", "DTSTART is '20261020T18Z'"),
        ("DTSTART:20261020T183000Z\nDTEND:20261020T180000Z", "it ends before it starts"),
        ("DTSTART:20261020T183000Z\nDURATION:-PT1H", "it ends before it starts"),
        ("DTSTART:20261020T183000Z\nDURATION:P9000D", "it lasts longer than a year"),
        (
            "DTSTART:20261020T183000Z\nDTEND;VALUE=DATE:20261021",
            "it starts at a time but ends on a day",
        ),
        ("DTSTART:00010101T000000Z", "DTSTART is in the year 1"),
        ("DTSTART;VALUE=TIME:120000", "DTSTART is neither a day nor a time of a day"),
        (
            "DTSTART:20261020T183000Z\nDTSTART:20261021T183000Z",
            "it has more than one DTSTART",
        ),
        (
            "DTSTART:20261020T183000Z\nRRULE:FREQ=SECONDLY",
            "it repeats by a rule that we do not follow; list its dates singly",
        ),
        (
            "DTSTART:20261020T183000Z\nRRULE:FREQ=DAILY;BYHOUR=1,2,3",
            "it repeats by a rule that we do not follow; list its dates singly",
        ),
        (
            "DTSTART:20261020T183000Z\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
            "it repeats by a rule that we do not follow; list its dates singly",
        ),
        (
            "DTSTART:20261020T183000Z\nRRULE:FREQ=WEEKLY;INTERVAL=0",
            "it repeats by a rule that never comes true",
        ),
        ("DTSTART:20261020T183000Z\nRRULE:FREQ=OFTEN", "RRULE is 'FREQ=OFTEN'"),
        (
            "DTSTART:20261020T183000Z\nRDATE:" + ",".join(["20261020T183000Z"] * 1001),
            "it names more than 1000 dates (RDATE)",
        ),
    ],
)
def test_a_calendar_is_refused_with_the_event_and_the_reason(event: str, fault: str) -> None:
    bad = f"UID:1\nSUMMARY:Bad\n{event}" if "SUMMARY" not in event else f"UID:1\n{event}"
    title = "B" if "SUMMARY" in event else "Bad"
    with pytest.raises(CalendarError) as refusal:
        read_calendar(ics(GOOD, bad), now=NOW)
    assert str(refusal.value) == f"Event 2, '{title}', cannot be read: {fault}."


def test_a_rule_that_contradicts_itself_is_refused_by_name() -> None:
    event = "UID:1\nSUMMARY:Odd\nDTSTART:20261225T183000Z\nRRULE:FREQ=MONTHLY;BYDAY=9MO"
    with pytest.raises(CalendarError, match="'Odd' repeats by a rule that makes no sense"):
        read_calendar(ics(event), now=NOW)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "not an iCalendar file"),
        (b"hello", "not an iCalendar file"),
        (b"\xff\xfe\x00", "not an iCalendar file"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "not an iCalendar file"),
        (b"BEGIN:VEVENT\r\nEND:VEVENT\r\n", "holds no VCALENDAR"),
        (b"BEGIN:X\n" * 50_000, "not an iCalendar file"),
        (b"x" * 2_000_001, "larger than 2 MB"),
        (b"\n" * 100_001, "more than 100000 lines"),
        (b"BEGIN:VEVENT\n" * 2_001, "more than 2000 meetings"),
    ],
    ids=["nothing", "word", "bytes", "half", "event", "nested", "large", "lines", "many"],
)
def test_what_is_no_calendar_or_too_large_is_refused(data: bytes, sentence: str) -> None:
    with pytest.raises(CalendarError, match=sentence):
        read_calendar(data)


def test_the_files_own_time_zones_are_not_run() -> None:
    trap = (
        "BEGIN:VTIMEZONE TZID:Trap BEGIN:STANDARD DTSTART:20260101T000000 TZOFFSETFROM:+0000 "
        "TZOFFSETTO:+0000 RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30 END:STANDARD END:VTIMEZONE"
    )
    data = ics("UID:1\nSUMMARY:A\nDTSTART;TZID=Trap:20261020T183000", head=trap)
    with pytest.raises(CalendarError, match="its time zone 'Trap' is not known"):
        read_calendar(data)


@given(st.data())
@settings(deadline=None, max_examples=150)
def test_a_damaged_calendar_is_read_or_refused(data: st.DataObject) -> None:
    lines = ics(WEEKLY, GOOD, head="X-WR-TIMEZONE:America/Detroit").split(b"\r\n")
    at = data.draw(st.integers(0, len(lines) - 1))
    place = data.draw(st.integers(0, len(lines[at])))
    lines[at] = lines[at][:place] + data.draw(st.binary(max_size=8)) + lines[at][place + 1 :]
    with suppress(CalendarError):
        read_calendar(b"\r\n".join(lines), "UTC", NOW)
