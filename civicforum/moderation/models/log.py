"""The public log that anyone can verify."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import Model


class LogEntry(Model):
    """One line of the public log. No name and no words; ``hash`` covers the line and the hash before it."""

    __tablename__ = "log_entry"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[str] = mapped_column(String(40))  # RFC 3339, as hashed
    action: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(String(40))  # post:12
    place: Mapped[str] = mapped_column(String(64))  # thread:7
    rule: Mapped[str] = mapped_column(String(160))  # '2 Speak about what people do'
    actor_role: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[int | None]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class LogHead(Model):
    """One row: how long the log is and its latest hash; locked last, and checked against the entries."""

    __tablename__ = "log_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64))
