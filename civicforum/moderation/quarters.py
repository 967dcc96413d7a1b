"""Quarters of a year, as reports are named after them: 2026-Q4. All in UTC, as the log."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime

NAME = re.compile(r"([1-9]\d{3})-Q([1-4])", re.ASCII)


@dataclass(frozen=True, order=True)
class Quarter:
    year: int
    part: int  # 1 to 4

    @property
    def name(self) -> str:
        return f"{self.year}-Q{self.part}"

    @property
    def begins_at(self) -> datetime:
        return datetime(self.year, 3 * self.part - 2, 1, tzinfo=UTC)

    @property
    def ends_at(self) -> datetime:
        """The first moment that is not in it."""
        return self.next.begins_at

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + self.part // 4, self.part % 4 + 1)

    @property
    def previous(self) -> "Quarter":
        return Quarter(self.year - (self.part == 1), (self.part - 2) % 4 + 1)


def quarter_of(moment: datetime | date) -> Quarter:
    return Quarter(moment.year, (moment.month + 2) // 3)


def read_quarter(name: str) -> Quarter | None:
    """The quarter of this name, or None: a name has one spelling."""
    found = NAME.fullmatch(name)
    quarter = Quarter(int(found[1]), int(found[2])) if found else None
    # The year after is asked for its beginning.
    return quarter if quarter and quarter.year < 9999 else None
