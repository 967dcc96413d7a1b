"""Town halls in other people's calendars (iCalendar, RFC 5545), and theirs in ours.

Times are kept as moments in UTC beside the name of the place's time zone; what is written for a
calendar, or typed by an organizer, is the time on the wall there.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import recurring_ical_events
from flask_babel import lazy_gettext as _
from icalendar import Calendar, Event
from icalendar.cal.component import Component
from icalendar.prop import vBroken

from civicforum.text import clean_text

PRODUCT = "-//CivicForum//CivicForum//EN"

MAX_BYTES = 2_000_000
MAX_LINES = 100_000
MAX_EVENTS = 2_000
MAX_SERIES = 50
MAX_TEXT_CHARACTERS = 32_000

# An event without an end is taken to last this long; calendars show it as a moment otherwise.
USUAL_LENGTH = timedelta(hours=1)
HORIZON = timedelta(days=365)

# A day without times is a day of office hours: midnight to midnight would send the reminder for
# 'two hours before' at ten in the evening, and show people a meeting at midnight.
DAY_STARTS, DAY_ENDS = time(9), time(17)

# What a repeating event may say, by how often it repeats. The rest can ask for a meeting in each
# second, or look for 30 February until the year 9999 (3 seconds for each such event).
_RULE_PARTS = {
    "DAILY": {"BYDAY"},
    "WEEKLY": {"BYDAY"},
    "MONTHLY": {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"},
    "YEARLY": {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"},
}
_PLAIN_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}

# 'Board Meeting (Cancelled)', 'CANCELLED: Board Meeting', 'Board Meeting - canceled',
# 'CANCELLED Board Meeting'; but neither 'Cancelled debts' nor 'A meeting cancelled in 1990'.
_CANCELLED = re.compile(
    r"(?i:\s*[\[(]\s*cancell?ed\s*[\])]\s*[:–-]?\s*)"
    r"|^(?i:\s*cancell?ed\s*[:!–-]\s*)"
    r"|(?i:\s*[:–-]\s*cancell?ed\s*!?\s*$)"
    r"|^\s*CANCELL?ED\s+|\s+CANCELL?ED\s*$"
)


class CalendarError(ValueError):
    """A calendar that cannot be read; says in a sentence which event is wrong, and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEntry:
    """A town hall as it is told to calendars.

    ``uid`` never changes and ``sequence`` rises with each change of time or place, or calendars
    show a meeting twice. Times are aware; ``timezone`` is the IANA name of the place's zone.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    timezone: str
    title: str
    summary: str
    location: str
    url: str
    status: Literal["CONFIRMED", "CANCELLED", "TENTATIVE"]
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedEvent:
    """A meeting read from a calendar; times in UTC, ``timezone`` an IANA name.

    ``uid`` is the same each time the calendar is read; the occurrences of a repeating event have
    one each. The title does not repeat that the meeting was cancelled.
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


def local_time(naive: datetime, zone: str) -> datetime:
    """Turn the time that an organizer typed into a moment in UTC.

    When clocks go back, a time comes twice: the first is meant unless ``naive.fold`` is 1.
    Raises ValueError with a sentence for an unknown zone and for a time that clocks leap over.
    """
    place = find_zone(zone)
    if place is None:
        raise ValueError(_("'%(zone)s' is not a time zone that we know.", zone=zone))
    moment = naive.replace(tzinfo=place).astimezone(UTC)
    if moment.astimezone(place).replace(tzinfo=None) != naive.replace(tzinfo=None):
        raise ValueError(
            _(
                "There is no %(time)s on %(day)s in %(zone)s: clocks go forward over it.",
                time=f"{naive:%H:%M}", day=f"{naive:%Y-%m-%d}", zone=zone,
            )
        )  # fmt: skip
    return moment


def find_zone(name: str) -> ZoneInfo | None:
    """Find a time zone by its IANA name."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # A folder's name, such as 'America', is an OSError.
        return None


def calendar_text(events: Sequence[CalendarEntry], name: str) -> bytes:
    """Write the events as an iCalendar file that calendars may subscribe to.

    The same events give the same bytes, so the file can have an ETag.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _line(name))
    for entry in events:
        calendar.add_component(_written(entry))
    if events:
        _add_time_zones(calendar, events)
    return bytes(calendar.to_ical())


def read_calendar(
    data: bytes, fallback_zone: str | None = None, now: datetime | None = None
) -> list[ImportedEvent]:
    """Read the meetings of an iCalendar file, in order of time.

    ``fallback_zone`` is the IANA zone for times without one, where the file names none itself.
    A repeating event gives its occurrences within a year of ``now``; a single one is read however
    old it is. A day without times is 09:00 to 17:00 there, and ``all_day``.
    Raises CalendarError; then nothing of the file has been read. Takes seconds for a large file,
    so call it outside of a transaction and of the event loop.
    """
    _refuse_large(data)
    calendar = _parsed(data)
    events = calendar.walk("VEVENT")
    reader = _Reader(zone=_calendar_zone(calendar) or fallback_zone)
    for number, event in enumerate(events, start=1):
        reader.check(number, event)
    found = [*_read_singles(reader, events), *_read_series(reader, events, now)]
    if len(found) > MAX_EVENTS:
        raise CalendarError(_("The calendar has more than %(most)s meetings.", most=MAX_EVENTS))
    return sorted(found, key=lambda event: (event.starts_at, event.uid))


# Writing.


def _written(entry: CalendarEntry) -> Event:
    event = Event()
    event.add("uid", _line(entry.uid))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.updated_at.astimezone(UTC))
    event.add("last-modified", entry.updated_at.astimezone(UTC))
    event.add("dtstart", _on_the_wall(entry.starts_at, entry.timezone))
    event.add("dtend", _on_the_wall(entry.ends_at, entry.timezone))
    event.add("summary", _line(entry.title))
    event.add("status", entry.status)
    _add_words(event, entry)
    return event


def _add_words(event: Event, entry: CalendarEntry) -> None:
    if summary := clean_text(entry.summary).strip():
        event.add("description", summary)
    if location := _line(entry.location):
        event.add("location", location)
    if url := "".join(clean_text(entry.url).split()):
        event.add("url", url)


def _on_the_wall(moment: datetime, zone: str) -> datetime:
    wall = moment.astimezone(ZoneInfo(zone))
    # A wall time that comes twice means its first in iCalendar; the second is told in UTC.
    return moment.astimezone(UTC) if wall.fold else wall


def _add_time_zones(calendar: Calendar, events: Sequence[CalendarEntry]) -> None:
    """Describe each zone for whole years around the events; the default, 1970 to 2038, is long."""
    first = min(entry.starts_at for entry in events).year - 1
    last = max(entry.ends_at for entry in events).year + 2
    calendar.add_missing_timezones(date(first, 1, 1), date(last, 1, 1))


def _line(text: str) -> str:
    return " ".join(clean_text(text).split())


# Reading.


def _refuse_large(data: bytes) -> None:
    if len(data) > MAX_BYTES:
        raise CalendarError(_("The calendar is larger than 2 MB."))
    if data.upper().count(b"BEGIN:VEVENT") > MAX_EVENTS:
        raise CalendarError(_("The calendar has more than %(most)s meetings.", most=MAX_EVENTS))
    if data.count(b"\n") > MAX_LINES:
        raise CalendarError(_("The calendar has more than %(most)s lines.", most=MAX_LINES))


def _parsed(data: bytes) -> Calendar:
    try:
        calendar = Calendar.from_ical(b"\r\n".join(_lines_without_zones(data)))
    except (ValueError, RecursionError) as reason:
        raise CalendarError(
            _("This is not an iCalendar file (.ics): it begins with BEGIN:VCALENDAR.")
        ) from reason
    if not isinstance(calendar, Calendar):
        raise CalendarError(_("This is not an iCalendar file (.ics): it holds no VCALENDAR."))
    return calendar


def _lines_without_zones(data: bytes) -> Iterator[bytes]:
    """Leave out the file's own descriptions of time zones.

    They are programs (a rule may look for 30 February for ever) that run while they are read, and
    the zones of the world are known by name.
    """
    is_in_zone = False
    for line in data.removeprefix(b"\xef\xbb\xbf").splitlines():
        word = line.strip().upper()
        is_in_zone = is_in_zone or word == b"BEGIN:VTIMEZONE"
        if line and not is_in_zone:
            yield line
        is_in_zone = is_in_zone and word != b"END:VTIMEZONE"


def _calendar_zone(calendar: Calendar) -> str | None:
    """Find the zone that the file names for all its events (``X-WR-TIMEZONE``)."""
    name = _text(calendar, "X-WR-TIMEZONE")
    return name if name and find_zone(name) else None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads events under one zone for the times that carry none."""

    zone: str | None

    def check(self, number: int, event: Component) -> None:
        """Raise CalendarError, naming the event, if a part of it cannot be read."""
        try:
            self._check_parts(event)
            start, end, _zone, _all_day = self.times(event)
            _refuse_strange_times(start, end)
            _refuse_costly_rules(event)
        except _EventError as fault:
            raise CalendarError(
                _(
                    "Event %(number)s ('%(title)s'): %(fault)s",
                    number=number, title=_title(event), fault=str(fault),
                )
            ) from fault  # fmt: skip

    def _check_parts(self, event: Component) -> None:
        for name in ("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"):
            if isinstance(event.get(name), vBroken):
                raise _EventError(
                    _("%(name)s is '%(value)s'.", name=name, value=str(event[name])[:60])
                )
        for name in ("DTSTART", "DTEND", "DURATION", "RECURRENCE-ID"):
            if isinstance(event.get(name), list):
                raise _EventError(_("it has %(name)s twice.", name=name))
        if "DTSTART" not in event:
            raise _EventError(_("it does not say when it starts (DTSTART)."))

    def times(self, event: Component) -> tuple[datetime, datetime, str, bool]:
        """Give start and end in UTC, the zone's name, and whether the event only names days."""
        start, end = event["DTSTART"].dt, _end(event)
        if isinstance(start, datetime) != isinstance(end, datetime):
            raise _EventError(_("one of start and end is a day, the other a time."))
        if end < start if _same_kind(start, end) else False:
            raise _EventError(_("it ends before it starts."))
        if not isinstance(start, datetime):
            return *self._office_hours(start, end), self._place(), True
        self._refuse_unknown_zone(event)
        zone = self._zone_of(start)
        begin, finish = self._moment(start), self._moment(end)
        return begin, finish if finish != begin else begin + USUAL_LENGTH, zone, False

    def _office_hours(self, first: date, after: date) -> tuple[datetime, datetime]:
        place = ZoneInfo(self._place())
        last = max(first, after - timedelta(days=1))
        starts, ends = datetime.combine(first, DAY_STARTS), datetime.combine(last, DAY_ENDS)
        return tuple(at.replace(tzinfo=place).astimezone(UTC) for at in (starts, ends))

    def _moment(self, at: datetime) -> datetime:
        return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(self._place()))).astimezone(UTC)

    def _zone_of(self, at: datetime) -> str:
        key = getattr(at.tzinfo, "key", None)
        if at.tzinfo and key in {None, "UTC"}:
            return self.zone or "UTC"
        return str(key) if key else self._place()

    def _place(self) -> str:
        if self.zone is None:
            raise _EventError(_("its time has no time zone, and the file names none."))
        return self.zone

    def _refuse_unknown_zone(self, event: Component) -> None:
        for name in ("DTSTART", "DTEND", "RECURRENCE-ID"):
            if (value := event.get(name)) and (zone := value.params.get("TZID")):
                if isinstance(value.dt, datetime) and value.dt.tzinfo is None:
                    raise _EventError(_("its time zone '%(zone)s' is not known.", zone=zone))

    def read(self, event: Component, uid: str) -> ImportedEvent:
        """Turn an event that passed ``check`` into ours."""
        starts_at, ends_at, zone, all_day = self.times(event)
        title = _title(event)
        return ImportedEvent(
            uid=uid,
            starts_at=starts_at,
            ends_at=ends_at,
            timezone=zone,
            title=_CANCELLED.sub(" ", title).strip() or title,
            summary=clean_text(_text(event, "DESCRIPTION"))[:MAX_TEXT_CHARACTERS].strip(),
            location=_place_in_words(_text(event, "LOCATION")),
            cancelled=_is_cancelled(event, title),
            all_day=all_day,
        )
