"""What one event of a file says, property by property."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar.cal.component import Component

from civicforum.text import clean_text


def day_or_time(event: Component, name: str) -> date:
    """Give a day, or a time with or without a zone (a ``datetime`` is a ``date``)."""
    prop: Any = event[name]
    value: date = prop.dt
    return value


def values(event: Component, name: str) -> list[Any]:
    """List a property's values: none, one, or one for each time it stands in the file."""
    found: Any = event.get(name, [])
    return found if isinstance(found, list) else [found]


def length(event: Component) -> timedelta | None:
    """Give the event's DURATION, if it has one."""
    prop: Any = event.get("DURATION")
    return prop.dt if prop is not None else None


def parameter(event: Component, name: str, key: str) -> str:
    """Give a parameter of a property, such as the TZID of DTSTART, or ''."""
    prop: Any = event[name]
    return str(prop.params.get(key, ""))


def has_floating_time(event: Component, name: str) -> bool:
    """Say whether it is a time that belongs to no zone."""
    at = day_or_time(event, name)
    return isinstance(at, datetime) and at.tzinfo is None


def repeats(event: Component) -> bool:
    return "RRULE" in event or "RDATE" in event


def version(event: Component) -> int:
    prop: Any = event.get("SEQUENCE", 0)
    return int(prop)


def uid_of(event: Component) -> str:
    """Give the event's UID; one without gets the same at each reading, made of what it says."""
    if uid := line(event, "UID"):
        return uid
    words = f"{day_or_time(event, 'DTSTART').isoformat()} {line(event, 'SUMMARY')}"
    return "unnamed-" + hashlib.sha256(words.encode()).hexdigest()[:32]


def uid_of_occurrence(event: Component) -> str:
    """Give an occurrence a UID of its own, which stays when this one meeting is moved."""
    at = day_or_time(event, "RECURRENCE-ID")
    if not isinstance(at, datetime):
        return f"{uid_of(event)}/{at:%Y%m%d}"
    moment = at.astimezone(UTC) if at.tzinfo else at
    return f"{uid_of(event)}/{moment:%Y%m%dT%H%M%S}"


def line(component: Component, name: str) -> str:
    """Give a property's text in one line, or ''."""
    return one_line(text(component, name))


def one_line(words: str) -> str:
    return " ".join(clean_text(words).split())


def text(component: Component, name: str) -> str:
    """Give a property's text; of one that came twice, the first."""
    return str(next(iter(values(component, name)), ""))
