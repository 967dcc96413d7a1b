"""An agenda as people type it, one item a line, and what is on at a given moment."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

_LINE = re.compile(r"(?:(\d{1,3})\s*(?:min\b\.?|minutes\b)?[\s:.\-–]*)?(.*\S)\s*", re.IGNORECASE)
MAXIMUM_ITEMS = 40
MAXIMUM_TITLE = 200


@dataclass(frozen=True)
class Item:
    """One thing to talk about; ``minutes`` is None where nobody said how long."""

    title: str
    minutes: int | None = None


def parse_agenda(text: str) -> list[Item]:
    """'10 Welcome' on each line is an item of ten minutes; empty lines are nothing."""
    items = []
    for line in text.splitlines():
        found = _LINE.fullmatch(line.strip())
        if found:
            minutes, title = found.groups()
            items.append(Item(title[:MAXIMUM_TITLE], int(minutes) if minutes else None))
    return items


def write_agenda(items: Sequence[Any]) -> str:
    """The text that ``parse_agenda`` reads back."""
    return "\n".join(f"{item.minutes} {item.title}" if item.minutes else item.title for item in items)


def total_minutes(items: Sequence[Any]) -> int:
    return sum(item.minutes or 0 for item in items)


def item_states(items: Sequence[Any], starts_at: datetime, ends_at: datetime, at: datetime) -> list[str]:
    """For each item done, now or next, by the plan; all next where the plan has no minutes."""
    if at < starts_at or any(not item.minutes for item in items):
        return ["next"] * len(items)
    states, begin = [], starts_at
    for item in items:
        end = begin + timedelta(minutes=item.minutes)
        states.append("done" if min(end, ends_at) <= at else "now" if begin <= at else "next")
        begin = end
    return states
