"""Until when one may ask for a second look."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

# A month counts as its longest: so six of them are never shorter than the six that the law asks for.
DAYS_IN_MONTH = 31
LEAST_MONTHS = 6


def last_day(told_at: datetime, months: int, zone: str) -> date:
    """The last day, in the town's time zone, on which a second look may be asked for."""
    days = DAYS_IN_MONTH * max(months, LEAST_MONTHS)
    return told_at.astimezone(ZoneInfo(zone)).date() + timedelta(days=days)


def is_in_time(told_at: datetime, months: int, zone: str, at: datetime) -> bool:
    return at.astimezone(ZoneInfo(zone)).date() <= last_day(told_at, months, zone)
