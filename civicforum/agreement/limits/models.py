"""A limit on speaking: of one person, or of everybody in a place; it ends by itself."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import HasCreatedAt, HasId, Model, now

PERSONAL = ("mute", "silence", "suspend")  # in a thread, in a project, everywhere
SHARED = ("slow", "lock", "delay")  # of a whole thread
# What is said in a thread with a delay is shown to others so much later.
DELAY_SECONDS = 30
DELAY = "delay"  # the limit, and the cause of what waits for nothing but this
SLOW_MINUTES = (1, 5, 15, 60)
EVERYWHERE = "site"


class Limit(Model, HasId, HasCreatedAt):
    """What a moderator set under a rule, until a moment that is known from the beginning.

    ``place`` is thread:7, project:3 or site; nobody in ``user_id`` means everybody there. ``minutes`` is the
    pace of a slow thread. The rule is kept as it read: rules change, decisions do not. ``ended_at``: somebody
    ended it early.
    """

    __tablename__ = "speaking_limit"
    __table_args__ = (Index("ix_speaking_limit_place", "place", "user_id"),)

    kind: Mapped[str] = mapped_column(String(10))
    place: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    minutes: Mapped[int | None]
    until: Mapped[datetime]
    rule_number: Mapped[int]
    rule_title: Mapped[str] = mapped_column(String(120))
    ended_at: Mapped[datetime | None]

    def is_in_force(self, at: datetime | None = None) -> bool:
        return self.ended_at is None and (at or now()) < self.until
