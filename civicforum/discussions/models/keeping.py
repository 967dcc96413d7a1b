"""What somebody keeps for themselves: half-written words, and comments to come back to."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import HasCreatedAt, HasId, Model

DRAFT_DAYS = 180
MAX_DRAFTS = 100


class Draft(Model, HasId):
    """Words that somebody has not sent yet.

    ``place`` says where they would stand: ``thread:7``, or ``project:3`` for a thread not yet begun.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("user_id", "place"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    place: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(255), default="")
    body: Mapped[str] = mapped_column(Text)
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"))
    saved_at: Mapped[datetime]


class Bookmark(Model, HasId, HasCreatedAt):
    """A comment that somebody wants to find again; nobody else is told."""

    __tablename__ = "bookmark"
    __table_args__ = (UniqueConstraint("user_id", "post_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
