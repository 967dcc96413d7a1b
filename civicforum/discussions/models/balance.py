"""Who spoke how often in a thread, who was told so, and when room was made for others."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import HasCreatedAt, HasId, Model, now

ROOM_HOURS = (1, 3, 24, 72)
ROOM_MINUTES = (5, 15, 60)
MAX_ROOM_REASON = 300


class VoiceCount(Model):
    """How many posts of a person are shown in a thread; no row where none is.

    What they said under a pseudonym counts apart: nobody can tell from a number that both are one person.

    Counted anew under the thread's lock whenever one of them appears or disappears, so that a long thread is
    weighed without reading its posts. ``first_post_id`` is the earliest of them.
    """

    __tablename__ = "voice_count"
    __table_args__ = (Index("ix_voice_count_user_id_first_post_id", "user_id", "first_post_id"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    is_pseudonymous: Mapped[bool] = mapped_column(primary_key=True, default=False)
    posts: Mapped[int]
    first_post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)


class Nudge(Model, HasId, HasCreatedAt):
    """That a person was told, once and in private, how much of a thread is theirs; with the numbers."""

    __tablename__ = "nudge"
    __table_args__ = (UniqueConstraint("thread_id", "user_id"),)

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    own_posts: Mapped[int]
    posts: Mapped[int]
    people: Mapped[int]
    dismissed_at: Mapped[datetime | None]


class MadeRoom(Model, HasId, HasCreatedAt):
    """For some hours, those who wrote most in a thread write one comment every ``minutes``.

    ``role`` is the one in which it was set: organizer or moderator. ``ended_at``: somebody ended it early,
    or set another.
    """

    __tablename__ = "made_room"

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    minutes: Mapped[int]
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(MAX_ROOM_REASON))
    role: Mapped[str] = mapped_column(String(20))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]

    def is_in_force(self, at: datetime | None = None) -> bool:
        return self.ended_at is None and (at or now()) < self.ends_at
