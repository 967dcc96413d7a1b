"""The public log, line by line."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

from sqlalchemy import select

from civicforum.db import db
from civicforum.moderation.chain import GENESIS, first_broken
from civicforum.moderation.log import HEAD_ID, line_json
from civicforum.moderation.models import LogEntry, LogHead
from civicforum.web.pagination import Page, decode_cursor, page_of


def list_log(cursor: str | None, limit: int) -> Page[LogEntry]:
    """Lines of the log, newest first."""
    wanted = select(LogEntry).order_by(LogEntry.number.desc()).limit(limit + 1)
    before = decode_cursor(cursor, int)
    if before:
        wanted = wanted.where(LogEntry.number < before[0])
    return page_of(db.session.scalars(wanted).all(), limit, lambda line: [line.number])


def log_head() -> tuple[int, str]:
    """How many lines there are, and the hash of the last."""
    head = db.session.get(LogHead, HEAD_ID)
    return (head.count, head.hash) if head else (0, GENESIS)


def verify_log() -> tuple[int, int | None]:
    """(number of lines, the first broken line or None). A missing end is broken after the last line."""
    entries = select(LogEntry).order_by(LogEntry.number).execution_options(yield_per=500)
    last: tuple[int, str] = (0, GENESIS)
    checked: list[tuple[int, str]] = [last]

    def seen(lines: Iterable[LogEntry]) -> Iterator[dict[str, Any]]:
        for line in lines:
            checked[0] = (line.number, line.hash)
            yield line_json(line)

    # At a broken line nobody reads on: PostgreSQL has to be told, or the cursor stays open.
    with closing(db.session.scalars(entries)) as lines:
        broken = first_broken(seen(lines))
    count, head = log_head()
    if broken is None and checked[0] != (count, head):
        broken = checked[0][0] + 1
    return checked[0][0], broken
