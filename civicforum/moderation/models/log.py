"""The public log that anyone can verify, each day's head of it, and the reports made from it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import Model, now


class LogEntry(Model):
    """One line of the public log. No name and no words; ``hash`` covers the line and the hash before it.

    What stands from ``format`` on came later: lines of before have nothing there, and hash nothing of it
    (``log.fields_of``). A column is never changed and never given to a line that was written without it.
    """

    __tablename__ = "log_entry"
    __table_args__ = (
        Index("ix_log_entry_at", "at", "number"),
        Index("ix_log_entry_action", "action", "number"),
        Index("ix_log_entry_rule", "rule", "number"),
        Index("ix_log_entry_project_id", "project_id", "number"),
        Index("ix_log_entry_case_id", "case_id", "number"),
        Index("ix_log_entry_about", "about", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(40))  # RFC 3339, as hashed
    action: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(String(40))  # post:12
    place: Mapped[str] = mapped_column(String(64))  # thread:7
    rule: Mapped[str] = mapped_column(String(160))  # '2 Speak about what people do'
    actor_role: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[int | None]
    format: Mapped[int | None]
    scope: Mapped[str | None] = mapped_column(String(64))  # post, thread:7, project:3, site
    until: Mapped[str | None] = mapped_column(String(40))  # when it ends by itself
    outcome: Mapped[str | None] = mapped_column(String(20))  # upheld, overturned, varied
    about: Mapped[int | None]  # the line on which that was decided
    automatic: Mapped[bool | None]
    source: Mapped[str | None] = mapped_column(String(20))  # how the case began: flag, moderator, hold …
    hours: Mapped[int | None]  # since the case was opened; the one that has begun counts
    project_id: Mapped[int | None]  # of public projects alone
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class LogHead(Model):
    """One row: how long the log is and its latest hash; locked last, and checked against the entries."""

    __tablename__ = "log_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64))


class DayHead(Model):
    """How the log ended on a day (UTC): published, so that whoever kept it can tell a rewritten past."""

    __tablename__ = "log_day_head"

    day: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class KeptReport(Model):
    """The figures of a quarter, from the lines up to ``number``; made anew each day while it runs."""

    __tablename__ = "log_report"

    quarter: Mapped[str] = mapped_column(String(7), primary_key=True)  # 2026-Q4
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime] = mapped_column(default=now)
