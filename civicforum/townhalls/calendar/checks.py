"""What must hold before an event of a file is read."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from icalendar.cal.component import Component
from icalendar.prop import vBroken

from civicforum.townhalls.calendar.event_times import times_of
from civicforum.townhalls.calendar.faults import CalendarError, EventError
from civicforum.townhalls.calendar.properties import (
    day_or_time,
    has_floating_time,
    length,
    line,
    one_line,
    parameter,
    values,
)

FIRST_YEAR, LAST_YEAR = 1970, 2100
MAX_DAYS = 366
MAX_EXTRA_DATES = 1_000
MAX_RULE_VALUES = 31

# What a repeating event may say, by how often it repeats. The rest can ask for a meeting every
# second, or look for 30 February until the year 9999 (three seconds for each such event).
_MONTH_PARTS = {"BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"}
_RULE_PARTS = {
    "DAILY": {"BYDAY"},
    "WEEKLY": {"BYDAY"},
    "MONTHLY": _MONTH_PARTS,
    "YEARLY": _MONTH_PARTS,
}
_PLAIN_PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}

_DATES = ("DTSTART", "DTEND", "RECURRENCE-ID")
_SINGLE = (*_DATES, "DURATION", "RRULE", "UID", "SEQUENCE")
_EXTRA_DATES = ("RDATE", "EXDATE")


def refuse_unreadable(number: int, event: Component, zone: str | None) -> None:
    """Raise CalendarError, which names the event, if it cannot be read."""
    try:
        _refuse_broken_parts(event)
        _refuse_unknown_zone(event)
        _refuse_strange_times(event)
        _refuse_strange_rule(event)
        _refuse_many_dates(event)
        times_of(event, zone)
    except EventError as fault:
        raise _named_error(number, event, fault) from fault


def _named_error(number: int, event: Component, fault: EventError) -> CalendarError:
    sentence = _(
        "Event %(number)s, '%(title)s', cannot be read: %(fault)s.",
        number=number,
        title=line(event, "SUMMARY")[:80] or "?",
        fault=str(fault),
    )
    return CalendarError(sentence)


def _refuse_broken_parts(event: Component) -> None:
    for name in (*_SINGLE, *_EXTRA_DATES):
        for value in values(event, name):
            if isinstance(value, vBroken):
                what = one_line(value)[:60]
                raise EventError(_("%(name)s is '%(value)s'", name=name, value=what))
    for name in _SINGLE:
        if len(values(event, name)) > 1:
            raise EventError(_("it has more than one %(name)s", name=name))
    if "DTSTART" not in event:
        raise EventError(_("it does not say when it starts (DTSTART)"))


def _refuse_unknown_zone(event: Component) -> None:
    for name in filter(event.__contains__, _DATES):
        zone = parameter(event, name, "TZID")
        if zone and has_floating_time(event, name):
            raise EventError(_("its time zone '%(zone)s' is not known", zone=one_line(zone)[:60]))


def _refuse_strange_times(event: Component) -> None:
    for name in filter(event.__contains__, _DATES):
        at = day_or_time(event, name)
        if not isinstance(at, date):
            raise EventError(_("%(name)s is neither a day nor a time of a day", name=name))
        if not FIRST_YEAR <= at.year <= LAST_YEAR:
            raise EventError(_("%(name)s is in the year %(year)s", name=name, year=at.year))
    if (lasts := length(event)) and abs(lasts.days) > MAX_DAYS:
        raise EventError(_("it lasts longer than a year"))


def _refuse_strange_rule(event: Component) -> None:
    rule: Any = event.get("RRULE", {})
    often = str(rule.get("FREQ", ["?"])[0]).upper()
    if rule and (often not in _RULE_PARTS or set(rule) - _PLAIN_PARTS - _RULE_PARTS[often]):
        raise EventError(_("it repeats by a rule that we do not follow; list its dates singly"))
    if any(len(part) > MAX_RULE_VALUES for part in rule.values()):
        raise EventError(_("it repeats by a rule that is too long"))
    interval = int(rule.get("INTERVAL", [1])[0])
    if interval < 1 or (often == "DAILY" and interval > 1 and "BYDAY" in rule):
        raise EventError(_("it repeats by a rule that never comes true"))


def _refuse_many_dates(event: Component) -> None:
    for name in _EXTRA_DATES:
        if sum(len(dates.dts) for dates in values(event, name)) > MAX_EXTRA_DATES:
            raise EventError(
                _("it names more than %(most)s dates (%(name)s)", most=MAX_EXTRA_DATES, name=name)
            )
