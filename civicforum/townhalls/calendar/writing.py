"""Our town halls as an iCalendar file, for people's own calendars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from civicforum.text import clean_text

PRODUCT = "-//CivicForum//CivicForum//EN"


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


def calendar_text(events: Sequence[CalendarEntry], name: str) -> bytes:
    """Write the events as a calendar called ``name`` that people may subscribe to.

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
    """Keep to one line what is one property: a line break could begin another."""
    return " ".join(clean_text(text).split())
