"""The log in figures."""

from dataclasses import dataclass

from sqlalchemy import func, select

from civicforum.db import db
from civicforum.moderation.models import LogEntry


@dataclass(frozen=True)
class ReportRow:
    """How often a measure was taken under a rule."""

    action: str
    rule: str
    count: int


def report() -> list[ReportRow]:
    """The log in figures: measures by kind and rule, most frequent first."""
    rows = db.session.execute(
        select(LogEntry.action, LogEntry.rule, func.count().label("times"))
        .group_by(LogEntry.action, LogEntry.rule)
        .order_by(func.count().desc(), LogEntry.action, LogEntry.rule)
    )
    return [ReportRow(row.action, row.rule, row.times) for row in rows]
