"""The public log, line by line."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from civicforum.agreement.models import AgreementVersion, Rule
from civicforum.db import db, now
from civicforum.moderation.log import line_json
from civicforum.moderation.models import LogEntry
from civicforum.moderation.queries.heads import log_head
from civicforum.partnerships.models import Project
from civicforum.web.pagination import Page, decode_cursor, page_of

EXPORT_LINES = 500
MOST_PROJECTS = 200


@dataclass(frozen=True)
class LogFilter:
    """What a reader of the log asks for; all of it must hold."""

    action: str = ""
    rule: str = ""  # as it stands in the line
    month: date | None = None  # its first day
    project_id: int | None = None


EVERYTHING = LogFilter()


def list_log(cursor: str | None, limit: int, wanted: LogFilter = EVERYTHING) -> Page[LogEntry]:
    """Lines of the log, newest first."""
    lines = select(LogEntry).where(*_conditions(wanted)).order_by(LogEntry.number.desc()).limit(limit + 1)
    before = decode_cursor(cursor, int)
    if before:
        lines = lines.where(LogEntry.number < before[0])
    return page_of(db.session.scalars(lines).all(), limit, lambda line: [line.number])


def _conditions(wanted: LogFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.action:
        yield LogEntry.action == wanted.action
    if wanted.rule:
        yield LogEntry.rule == wanted.rule
    if wanted.project_id:
        yield LogEntry.project_id == wanted.project_id
    if wanted.month:
        yield from _within(wanted.month)


def _within(month: date) -> Iterator[ColumnElement[bool]]:
    """The month as a stretch of numbers, so that no line outside is looked at: lines come in the order of
    their times."""
    first, end = month.isoformat(), next_month(month).isoformat()
    lowest = select(LogEntry.number).where(LogEntry.at >= first).order_by(LogEntry.at, LogEntry.number)
    highest = (
        select(LogEntry.number).where(LogEntry.at < end).order_by(LogEntry.at.desc(), LogEntry.number.desc())
    )
    yield and_(LogEntry.at >= first, LogEntry.at < end)
    yield LogEntry.number >= lowest.limit(1).scalar_subquery()
    yield LogEntry.number <= highest.limit(1).scalar_subquery()


def next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def log_months() -> list[date]:
    """The first days of all months since the first line, newest first."""
    first = db.session.scalar(select(LogEntry.at).where(LogEntry.number == 1))
    here = now().date().replace(day=1)
    month = datetime.fromisoformat(first).astimezone(UTC).date().replace(day=1) if first else here
    months = []
    while month <= here:
        months.append(month)
        month = next_month(month)
    return months[::-1]


def rules_ever() -> Sequence[Rule]:
    """One rule for each number and title there ever was, as a line of the log cites it.

    Of the town's and of public projects' own: the log names no others.
    """
    firsts = (
        select(func.min(Rule.id))
        .join(Rule.version)
        .outerjoin(Project, Project.id == AgreementVersion.project_id)
        .where(or_(AgreementVersion.project_id.is_(None), Project.is_public))
        .group_by(Rule.number, Rule.title)
    )
    return db.session.scalars(select(Rule).where(Rule.id.in_(firsts)).order_by(Rule.number, Rule.id)).all()


def projects_in_log() -> Sequence[Project]:
    """The public projects, by name: a line tells of no other."""
    return db.session.scalars(
        select(Project).where(Project.is_public).order_by(Project.title, Project.id).limit(MOST_PROJECTS)
    ).all()


def outcomes_of(lines: Iterable[LogEntry]) -> dict[int, LogEntry]:
    """For each of these lines on which an appeal was decided: the latest line that says how."""
    numbers = [line.number for line in lines]
    rows = db.session.scalars(
        select(LogEntry).where(LogEntry.about.in_(numbers)).order_by(LogEntry.number)
    ).all()
    return {row.about: row for row in rows if row.about}


def each_line(after: int = 0) -> Iterator[dict[str, Any]]:
    """Every line behind ``after``, as it is hashed, to the end that the log has now.

    Read piece by piece, and each piece's connection is given back: a slow reader holds nothing.
    """
    count, _head = log_head()
    while after < count:
        rows = db.session.scalars(
            select(LogEntry)
            .where(LogEntry.number > after, LogEntry.number <= count)
            .order_by(LogEntry.number)
            .limit(EXPORT_LINES)
        ).all()
        lines = [line_json(row) for row in rows]
        db.session.rollback()
        yield from lines
        after = lines[-1]["number"] if lines else count
