"""How those who took part found the facilitation of a thread or a meeting."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import SHOWN, HasCreatedAt, HasId, Model, now

MAX_RATING_WORDS = 1000
SCALE = (1, 2, 3, 4, 5)


class Rating(Model, HasId, HasCreatedAt):
    """One person's answer about one place: was it fair, was I heard, from 1 to 5; another answer replaces it.

    Without numbers it says that this person was asked and put the question away.
    """

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("kind", "object_id", "user_id"),
        CheckConstraint("fair BETWEEN 1 AND 5", name="fair_on_the_scale"),
        CheckConstraint("heard BETWEEN 1 AND 5", name="heard_on_the_scale"),
        Index("ix_rating_project_id", "project_id", "kind", "object_id"),
        Index("ix_rating_answered_at", "answered_at"),
    )

    kind: Mapped[str] = mapped_column(String(20))  # thread, townhall
    object_id: Mapped[int]
    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    fair: Mapped[int | None]
    heard: Mapped[int | None]
    words: Mapped[str] = mapped_column(Text, default="", info=SHOWN)
    answered_at: Mapped[datetime] = mapped_column(default=now)
