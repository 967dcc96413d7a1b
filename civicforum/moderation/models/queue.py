"""What moderators say to each other about what waits: who looks at it just now, and notes."""

from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicforum.accounts.models import User
from civicforum.db import HasCreatedAt, HasId, Model

MAX_INTERNAL_NOTE = 1000  # characters
CLAIM_LASTS = timedelta(minutes=30)
_ONE_OF_BOTH = "(case_id IS NULL) <> (hold_id IS NULL)"


class QueueClaim(Model, HasId, HasCreatedAt):
    """Somebody looks at a case or a hold, until ``ends_at``: a courtesy, never a lock. One for each.

    ``taken_from``: who had it before, so that nobody is passed over in silence.
    """

    __tablename__ = "queue_claim"
    __table_args__ = (CheckConstraint(_ONE_OF_BOTH, name="of_one_thing"),)

    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderation_case.id", ondelete="CASCADE"), unique=True
    )
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id", ondelete="CASCADE"), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    taken_from_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    ends_at: Mapped[datetime]
    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="joined")
    taken_from: Mapped[User | None] = relationship(foreign_keys=[taken_from_id], lazy="joined")


class QueueNote(Model, HasId, HasCreatedAt):
    """A word among moderators about a case or a hold. It goes with it, and is told nowhere else."""

    __tablename__ = "queue_note"
    __table_args__ = (
        CheckConstraint(_ONE_OF_BOTH, name="of_one_thing"),
        Index("ix_queue_note_case_id", "case_id", "id"),
        Index("ix_queue_note_hold_id", "hold_id", "id"),
    )

    case_id: Mapped[int | None] = mapped_column(ForeignKey("moderation_case.id", ondelete="CASCADE"))
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)
    author: Mapped[User | None] = relationship(lazy="joined")
