"""How times and numbers read on a page."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import get_timezone_name
from flask import Flask
from flask_babel import (
    format_date,
    format_datetime,
    format_decimal,
    format_time,
    get_locale,
    get_timezone,
    ngettext,
)
from flask_babel import gettext as _

from civicforum.db import now


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        localtime=localtime,
        day=day,
        clock=clock,
        clock_with_seconds=clock_with_seconds,
        ago=ago,
        number=number,
        zone_name=zone_name,
        date=short_date,
    )


def in_zone(at: datetime, zone: str | None) -> datetime:
    return at.astimezone(ZoneInfo(zone) if zone else get_timezone() or UTC)


def localtime(at: datetime, zone: str | None = None) -> str:
    """'Thursday, December 3, 6:30 PM', in ``zone`` or the reader's own."""
    return _("%(day)s, %(clock)s", day=day(at, zone), clock=clock(at, zone))


def day(at: datetime | date, zone: str | None = None) -> str:
    """'Thursday, December 3', or with the year if it is another one. A bare date needs no zone."""
    local = in_zone(at, zone).date() if isinstance(at, datetime) else at
    if local.year != in_zone(now(), zone).year:
        return format_date(local, "long")
    locale = get_locale() or Locale("en")
    # The skeleton of day and month alone is short in English ('Thu, Dec 3'): the full one without its year.
    pattern = re.sub(r"(,? ?('de' )?y)", "", locale.date_formats["full"].pattern)
    return babel_date(local, pattern, locale=locale)


def short_date(on: date) -> str:
    """'Dec 3, 2026', of a day without a clock."""
    return format_date(on, "medium", rebase=False)


def clock(at: datetime, zone: str | None = None) -> str:
    local = in_zone(at, zone)
    return format_time(local.replace(tzinfo=None), "short", rebase=False)


def clock_with_seconds(at: datetime) -> str:
    """'7:03:20 PM', where seconds matter."""
    return format_time(in_zone(at, None).replace(tzinfo=None), "medium", rebase=False)


def zone_name(at: datetime, zone: str) -> str:
    """'Eastern Standard Time': what the wall clock of ``zone`` is called at that moment."""
    return get_timezone_name(in_zone(at, zone), width="long", locale=get_locale() or "en")


def ago(at: datetime) -> str:
    """'2 hours ago', as people say it; a date once it is longer than a week."""
    seconds = (now() - at) / timedelta(seconds=1)
    if seconds < 45:
        return _("just now")
    if seconds < 3600:
        minutes = max(1, round(seconds / 60))
        return ngettext("%(num)d minute ago", "%(num)d minutes ago", minutes)
    if seconds < 86400:
        return ngettext("%(num)d hour ago", "%(num)d hours ago", round(seconds / 3600))
    if seconds < 7 * 86400:
        return ngettext("%(num)d day ago", "%(num)d days ago", round(seconds / 86400))
    return day(at)


def number(value: Any) -> str:
    return format_decimal(value)


def stamp(at: datetime) -> str:
    """A full date and time, for titles and exports."""
    return format_datetime(at, "long")
