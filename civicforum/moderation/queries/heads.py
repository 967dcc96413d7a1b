"""How the public log ended on each day, and whether it still agrees with that."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from sqlalchemy import func, select

from civicforum.db import db
from civicforum.moderation.chain import GENESIS, first_broken
from civicforum.moderation.log import HEAD_ID, line_json
from civicforum.moderation.models import DayHead, LogEntry, LogHead
from civicforum.web.pagination import Page, decode_cursor, page_of

Heads = Sequence[tuple[int, str]]


def log_head() -> tuple[int, str]:
    """How many lines there are, and the hash of the last."""
    head = db.session.get(LogHead, HEAD_ID)
    return (head.count, head.hash) if head else (0, GENESIS)


def list_heads(cursor: str | None, limit: int) -> Page[DayHead]:
    """The published heads, newest day first."""
    wanted = select(DayHead).order_by(DayHead.day.desc()).limit(limit + 1)
    before = decode_cursor(cursor, int)
    if before:
        wanted = wanted.where(DayHead.day < _day(before[0]))
    return page_of(db.session.scalars(wanted).all(), limit, lambda head: [head.day.toordinal()])


def _day(ordinal: int) -> date:
    return date.fromordinal(min(max(ordinal, 1), date.max.toordinal()))


def all_heads() -> Sequence[DayHead]:
    """Every published head, oldest day first: what an outsider keeps."""
    return db.session.scalars(select(DayHead).order_by(DayHead.day)).all()


def find_head(day: date) -> DayHead | None:
    return db.session.get(DayHead, day)


def latest_head() -> DayHead | None:
    return db.session.scalar(select(DayHead).order_by(DayHead.day.desc()).limit(1))


def head_before(day: date) -> tuple[int, str]:
    """(number, hash) of the last line from before this day."""
    number = db.session.scalar(select(func.max(LogEntry.number)).where(LogEntry.at < day.isoformat()))
    return (number, db.session.get_one(LogEntry, number).hash) if number else (0, GENESIS)


def verify_log(kept: Heads = ()) -> tuple[int, int | None]:
    """(number of lines, the first broken line or None). A missing end is broken after the last line.

    The chain is compared with its own head, with all heads that were published, and with those that somebody
    ``kept``: written anew after one of them, it is broken there.
    """
    heads = [*((head.number, head.hash) for head in all_heads()), *kept]
    entries = select(LogEntry).order_by(LogEntry.number).execution_options(yield_per=500)
    last: tuple[int, str] = (0, GENESIS)

    def seen() -> Iterator[dict[str, Any]]:
        nonlocal last
        for line in lines:
            last = (line.number, line.hash)
            yield line_json(line)

    # At a broken line nobody reads on: PostgreSQL has to be told, or the cursor stays open.
    with closing(db.session.scalars(entries)) as lines:
        broken = first_broken(seen(), heads)
    if broken is None and last != log_head():
        broken = last[0] + 1
    return last[0], broken


def missing_head() -> date | None:
    """The first day whose published head is gone, or is out of order. Days have no gaps."""
    for earlier, later in pairwise(all_heads()):
        following = earlier.day + timedelta(days=1)
        if later.day != following or later.number < earlier.number:
            return following
    return None
