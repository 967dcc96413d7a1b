"""When an event of a file takes place, as moments."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from icalendar.cal.component import Component

from civicforum.townhalls.calendar.faults import EventError
from civicforum.townhalls.calendar.properties import day_or_time, length

# An event without an end is taken to last this long; elsewhere it would be a moment.
USUAL_LENGTH = timedelta(hours=1)
ONE_DAY = timedelta(days=1)

# A day without times is read as office hours: from midnight on, its reminder 'two hours before'
# would come at ten in the evening, and people would be invited to a hall at midnight.
DAY_STARTS, DAY_ENDS = time(9), time(17)


class EventTimes(NamedTuple):
    starts_at: datetime
    ends_at: datetime
    timezone: str
    all_day: bool


def times_of(event: Component, zone: str | None) -> EventTimes:
    """Give start and end in UTC, and the place's zone; ``zone`` is for times that carry none.

    Raises EventError where they contradict each other or belong to no zone.
    """
    start = day_or_time(event, "DTSTART")
    if isinstance(start, datetime):
        times = _hours(event, start, zone)
    else:
        times = _office_hours(event, start, _needed(zone))
    if times.ends_at < times.starts_at:
        raise EventError(_("it ends before it starts"))
    if times.ends_at == times.starts_at:
        return times._replace(ends_at=times.starts_at + USUAL_LENGTH)
    return times


def _hours(event: Component, start: datetime, zone: str | None) -> EventTimes:
    starts_at = _moment(start, zone)
    return EventTimes(starts_at, _end(event, starts_at, zone), _zone_name(start, zone), False)


def _end(event: Component, starts_at: datetime, zone: str | None) -> datetime:
    if "DTEND" not in event:
        return starts_at + (length(event) or USUAL_LENGTH)
    end = day_or_time(event, "DTEND")
    if not isinstance(end, datetime):
        raise EventError(_("it starts at a time but ends on a day"))
    return _moment(end, zone)


def _office_hours(event: Component, first: date, zone: str) -> EventTimes:
    place = ZoneInfo(zone)
    starts_at = datetime.combine(first, DAY_STARTS, place).astimezone(UTC)
    ends_at = datetime.combine(_last_day(event, first), DAY_ENDS, place).astimezone(UTC)
    return EventTimes(starts_at, ends_at, zone, True)


def _last_day(event: Component, first: date) -> date:
    """Find the last day; a file names the day after it or, by mistake, the first day again."""
    if "DTEND" not in event:
        return first + (length(event) or ONE_DAY) - ONE_DAY
    after = day_or_time(event, "DTEND")
    if isinstance(after, datetime):
        raise EventError(_("it starts on a day but ends at a time"))
    return first if after == first else after - ONE_DAY


def _moment(at: datetime, zone: str | None) -> datetime:
    aware = at if at.tzinfo else at.replace(tzinfo=ZoneInfo(_needed(zone)))
    return aware.astimezone(UTC)


def _zone_name(at: datetime, zone: str | None) -> str:
    """Name the place's zone; a time in UTC is of the calendar's place."""
    if at.tzinfo is None:
        return _needed(zone)
    key = str(getattr(at.tzinfo, "key", "UTC"))
    return zone or "UTC" if key == "UTC" else key


def _needed(zone: str | None) -> str:
    if zone is None:
        raise EventError(_("it has no time zone, and the calendar names none"))
    return zone
