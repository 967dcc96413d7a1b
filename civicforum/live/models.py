"""Live is state, not messages: a revision for each channel, and for each object when it last changed."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import Model

NAME_LENGTH = 64


class Channel(Model):
    """What can be watched: ``thread:7``, ``townhall:3``.

    ``revision`` is raised by one by every commit that changes what its watchers see; ``audience_version``
    by every commit after which somebody may watch no longer.
    """

    __tablename__ = "channel"

    name: Mapped[str] = mapped_column(String(NAME_LENGTH), primary_key=True)
    revision: Mapped[int] = mapped_column(default=0)
    audience_version: Mapped[int] = mapped_column(default=0)


class LiveChange(Model):
    """The revision at which an object of a channel last changed: one row for each object."""

    __tablename__ = "live_change"
    __table_args__ = (Index("ix_live_change_channel_revision", "channel", "revision"),)

    channel: Mapped[str] = mapped_column(String(NAME_LENGTH), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    object_id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int]


class Stream(Model):
    """One row: the random name of this database's history, renewed by a restore."""

    __tablename__ = "stream"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(32))
