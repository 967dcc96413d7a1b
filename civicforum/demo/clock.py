"""The demo's time: everything in its files is so many days from the moment of loading."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date

_DATE = re.compile(r"\{date:([+-]\d+)\}")


@dataclass(frozen=True)
class Clock:
    """``loaded_at`` is the moment of loading; days are those of the town's zone."""

    loaded_at: datetime
    zone: ZoneInfo

    def ago(self, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
        return self.loaded_at - timedelta(days=days, hours=hours, minutes=minutes)

    def since(self, facts: Mapping[str, Any], prefix: str = "") -> datetime:
        """The moment that ``days_ago``, ``hours_ago`` and ``minutes_ago`` name together."""
        units = ("days", "hours", "minutes")
        return self.ago(**{unit: facts.get(f"{prefix}{unit}_ago", 0) for unit in units})

    def day(self, days: int) -> date:
        return self.loaded_at.astimezone(self.zone).date() + timedelta(days=days)

    def at(self, days: int, wall_clock: str) -> datetime:
        """The moment at which the town's clocks show ``18:30`` on that day."""
        local = datetime.combine(self.day(days), time.fromisoformat(wall_clock), self.zone)
        return local.astimezone(UTC)

    def fill(self, value: Any) -> Any:
        """``value`` with every ``{date:+21}`` in it written as that day: "January 4"."""
        if isinstance(value, str):
            return _DATE.sub(lambda found: self._say(int(found[1])), value)
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if isinstance(value, dict):
            return {name: self.fill(item) for name, item in value.items()}
        return value

    def _say(self, days: int) -> str:
        return str(format_date(self.day(days), "MMMM d", locale="en"))


def spread(first: datetime, last: datetime, count: int) -> list[datetime]:
    """``count`` moments between two others, in even steps."""
    step = (last - first) / (count + 1)
    return [first + step * place for place in range(1, count + 1)]
