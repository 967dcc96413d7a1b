"""Other people's calendars: reading the meetings of an iCalendar file, without trusting it.

Public bodies publish what their web site makes of the standard: no description of time zones,
cancellations only in the title, commas doubled. What is clear is read, what is not is refused
with a sentence that names the event.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import recurring_ical_events
from flask_babel import lazy_gettext as _
from icalendar import Calendar
from icalendar.cal.component import Component

from civicforum import clock
from civicforum.text import clean_text
from civicforum.townhalls.calendar.checks import refuse_unreadable
from civicforum.townhalls.calendar.event_times import times_of
from civicforum.townhalls.calendar.faults import CalendarError
from civicforum.townhalls.calendar.properties import (
    has_floating_time,
    line,
    one_line,
    repeats,
    text,
    uid_of,
    uid_of_occurrence,
    version,
)
from civicforum.townhalls.calendar.wall_time import find_zone

MAX_BYTES = 2_000_000
MAX_LINES = 100_000
MAX_EVENTS = 2_000
MAX_SERIES = 50
MAX_DESCRIPTION_CHARACTERS = 32_000
HORIZON = timedelta(days=365)

# 'Board Meeting (Cancelled)', 'CANCELLED: Board Meeting', 'Board Meeting - canceled' and
# 'CANCELLED Board Meeting', but neither 'Cancelled debts' nor 'What was cancelled'.
_CANCELLED = re.compile(
    r"(?i:[\[(] ?cancell?ed ?[\])] ?[:-]?)"
    r"|^(?i:cancell?ed ?[:!-])"
    r"|(?i:[:-] ?cancell?ed!?$)"
    r"|^(?i:cancell?ed)$"
    r"|^CANCELL?ED "
    r"| CANCELL?ED$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedEvent:
    """A meeting read from a calendar; times in UTC, ``timezone`` an IANA name.

    ``uid`` is the same whenever the calendar is read again; each occurrence of a repeating event
    has its own. The title does not repeat that the meeting was cancelled.
    """

    uid: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    title: str
    summary: str
    location: str
    cancelled: bool
    all_day: bool = False


def read_calendar(
    data: bytes, fallback_zone: str | None = None, now: datetime | None = None
) -> list[ImportedEvent]:
    """Read the meetings of an iCalendar file, in order of time.

    ``fallback_zone`` is the IANA zone for times without one, where the file names none itself.
    A repeating event gives its occurrences within a year of ``now``; a single one is read however
    old it is. A day without times becomes 09:00 to 17:00 there, and ``all_day``.

    Raises CalendarError; the whole file is read or nothing. A large file takes seconds, so call
    it outside of a transaction and not in the event loop.
    """
    _refuse_large(data)
    calendar = _parsed(data)
    events = calendar.walk("VEVENT")
    zone = _zone_of_calendar(calendar) or fallback_zone
    for number, event in enumerate(events, start=1):
        refuse_unreadable(number, event, zone)
    series = {uid_of(event) for event in events if repeats(event)}
    found = [
        *_read_singles([event for event in events if uid_of(event) not in series], zone),
        *_read_series([event for event in events if uid_of(event) in series], zone, now),
    ]
    _refuse_many(len(found))
    return sorted(found, key=lambda event: (event.starts_at, event.uid))


def _refuse_large(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise CalendarError(_("The calendar is larger than 2 MB; export a shorter time."))
    if data.count(b"\n") > MAX_LINES:
        raise CalendarError(_("The calendar has more than %(most)s lines.", most=MAX_LINES))
    _refuse_many(data.upper().count(b"BEGIN:VEVENT"))


def _refuse_many(count: int) -> None:
    if count > MAX_EVENTS:
        raise CalendarError(
            _(
                "The calendar has more than %(most)s meetings; export a shorter time.",
                most=MAX_EVENTS,
            )
        )


def _parsed(data: bytes) -> Component:
    try:
        calendar = Calendar.from_ical(b"\r\n".join(_lines_without_zones(data)))
    except (ValueError, KeyError, IndexError, AttributeError, RecursionError) as reason:
        raise CalendarError(_("This is not an iCalendar file (.ics), or it is not whole.")) from reason
    if not isinstance(calendar, Calendar):
        raise CalendarError(_("This is not an iCalendar file (.ics): it holds no VCALENDAR."))
    return calendar


def _lines_without_zones(data: bytes) -> Iterator[bytes]:
    """Leave out the file's own descriptions of time zones.

    They are rules that run while they are read (a bad one for hours), and the zones of the world
    are known by name.
    """
    is_in_zone = False
    for raw in data.removeprefix(b"\xef\xbb\xbf").splitlines():
        word = raw.strip().upper()
        is_in_zone = is_in_zone or word == b"BEGIN:VTIMEZONE"
        if raw and not is_in_zone:
            yield raw
        is_in_zone = is_in_zone and word != b"END:VTIMEZONE"


def _zone_of_calendar(calendar: Component) -> str | None:
    """Find the zone that the file names for all its events."""
    name = text(calendar, "X-WR-TIMEZONE")
    return name if name and find_zone(name) else None


def _read_singles(events: Sequence[Component], zone: str | None) -> list[ImportedEvent]:
    """Read the events that do not repeat; of several with one UID, the latest version."""
    latest: dict[str, Component] = {}
    for event in events:
        uid = uid_of_occurrence(event) if "RECURRENCE-ID" in event else uid_of(event)
        if uid not in latest or version(event) >= version(latest[uid]):
            latest[uid] = event
    return [_read(event, uid, zone) for uid, event in latest.items()]


def _read_series(events: Sequence[Component], zone: str | None, now: datetime | None) -> list[ImportedEvent]:
    """Read the occurrences of repeating events within a year of ``now``."""
    series: dict[str, list[Component]] = {}
    for event in events:
        series.setdefault(uid_of(event), []).append(event)
    if len(series) > MAX_SERIES:
        raise CalendarError(_("The calendar has more than %(most)s repeating events.", most=MAX_SERIES))
    first = now or clock.now()
    occurrences = [found for parts in series.values() for found in _expanded(parts, zone, first)]
    return [_read(event, uid_of_occurrence(event), zone) for event in occurrences]


def _calendar_of(events: Sequence[Component], zone: str | None) -> Calendar:
    calendar = Calendar()
    for event in events:
        calendar.add_component(event)
    # The library gives this zone to times without one; a time in UTC keeps its own hours.
    if zone and any(has_floating_time(event, "DTSTART") for event in events):
        calendar.add("x-wr-timezone", zone)
    return calendar


def _expanded(parts: Sequence[Component], zone: str | None, first: datetime) -> Sequence[Component]:
    """List the occurrences of one event, given with its changed occurrences."""
    try:
        query = recurring_ical_events.of(_calendar_of(parts, zone))
        occurrences: list[Component] = query.between(first, first + HORIZON)
    # The library trusts what it reads, and fails in as many ways as a rule can be wrong.
    except (ValueError, TypeError, LookupError, AttributeError, ArithmeticError) as reason:
        title = line(parts[0], "SUMMARY")[:80] or "?"
        raise CalendarError(
            _("'%(title)s' repeats by a rule that makes no sense; list its dates.", title=title)
        ) from reason
    return occurrences


def _read(event: Component, uid: str, zone: str | None) -> ImportedEvent:
    times = times_of(event, zone)
    title = line(event, "SUMMARY")
    return ImportedEvent(
        uid=uid,
        **times._asdict(),
        title=one_line(_CANCELLED.sub(" ", title)) or title or "?",
        summary=clean_text(text(event, "DESCRIPTION"))[:MAX_DESCRIPTION_CHARACTERS].strip(),
        location=re.sub(r" ?,[ ,]*", ", ", line(event, "LOCATION")).strip(", "),
        cancelled=_is_cancelled(event, title),
    )


def _is_cancelled(event: Component, title: str) -> bool:
    return text(event, "STATUS").upper() == "CANCELLED" or bool(_CANCELLED.search(title))
