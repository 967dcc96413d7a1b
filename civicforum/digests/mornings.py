"""When a person's next digest is due: pure, by their own clock."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

MORNING, NOON = time(7), time(12)
STEPS = {"daily": 1, "every_second_day": 2, "weekly": 7}


def is_morning(at: datetime, zone: str) -> bool:
    """Whether a digest may leave: what was held up until noon waits for the next morning."""
    return MORNING <= at.astimezone(ZoneInfo(zone)).time() < NOON


def own_day(at: datetime, zone: str) -> date:
    return at.astimezone(ZoneInfo(zone)).date()


def next_morning(at: datetime, zone: str, rhythm: str, weekday: int, last: date | None) -> datetime:
    """The next seven o'clock after ``at`` on which a digest of this ``rhythm`` is due.

    ``last`` is the own day of the one before. A morning that the clock skips or has twice is the first one.
    """
    local = at.astimezone(ZoneInfo(zone))
    day = local.date() if local.time() < MORNING else local.date() + timedelta(days=1)
    if rhythm == "weekly":
        day += timedelta(days=(weekday - day.weekday()) % 7)
    elif last is not None:
        day = max(day, last + timedelta(days=STEPS[rhythm]))
    return datetime.combine(day, MORNING, ZoneInfo(zone)).astimezone(UTC)
