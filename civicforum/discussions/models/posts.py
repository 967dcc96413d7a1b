"""What is said in a thread, how it read before, and the words it was given."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicforum.accounts.models import User
from civicforum.db import HasCreatedAt, HasId, Model, now
from civicforum.discussions.models.pseudonyms import Pseudonym, pseudonym_key
from civicforum.discussions.models.threads import Thread

EDIT_HOURS = 24
# The public history compares each version with the next: hundreds would take a minute to draw.
MAX_EDITS = 30
REACTIONS = ("support", "thanks", "concern")
POST_STATES = (
    "visible",
    "pending",
    "hidden",
    "removed",
    "withdrawn",
    "erased",
    "moved",
    "declined",
)


def _where(condition: str) -> dict[str, Any]:
    """An index of those rows alone, on either database."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Post(Model, HasId, HasCreatedAt):
    """Something said in a thread. ``seq`` is its place, 1..n without holes, given when it is published.

    ``revision`` goes up with every change of its words or state. ``rule_number`` and ``rule_title`` are those
    cited by a moderator, kept as they read then.
    """

    __tablename__ = "post"
    __table_args__ = (
        UniqueConstraint("thread_id", "seq"),
        Index("ix_post_author_id_id", "author_id", "id"),
        Index("ix_post_reply_to_id", "reply_to_id"),
        Index("ix_post_thread_id_author_id", "thread_id", "author_id", "seq"),
        # What is new is counted from the places less these, without reading the thread.
        Index("ix_post_not_shown", "thread_id", "seq", **_where("state <> 'visible'")),
    )

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"))
    seq: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    pseudonym_id: Mapped[int | None] = pseudonym_key()
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    reply_to_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"))
    state: Mapped[str] = mapped_column(String(20), default="visible")
    rule_number: Mapped[int | None]
    rule_title: Mapped[str | None] = mapped_column(String(120))
    moved_to_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"), index=True)
    published_at: Mapped[datetime | None]
    counted_at: Mapped[datetime | None]  # when it counted for its author's standing
    edited_at: Mapped[datetime | None]
    redacted_at: Mapped[datetime | None]  # when moderators blacked out somebody's personal facts
    thread: Mapped[Thread] = relationship(lazy="joined")
    writer: Mapped[User | None] = relationship(lazy="joined")
    pseudonym: Mapped[Pseudonym | None] = relationship(lazy="joined")
    reply_to: Mapped["Post | None"] = relationship(foreign_keys=[reply_to_id], remote_side="Post.id")

    @property
    def author(self) -> User | Pseudonym | None:
        """Who is told to have said it; ``writer`` is who did, which nobody else is told."""
        return self.pseudonym or self.writer

    @property
    def is_visible(self) -> bool:
        return self.state == "visible"

    def is_in_edit_window(self, at: datetime | None = None) -> bool:
        """Words can be changed for a day after they were published; until then, for as long as they wait."""
        if self.published_at is None:
            return True
        return (at or now()) - self.published_at <= timedelta(hours=EDIT_HOURS)


class PostVersion(Model, HasId):
    """How a post read before an edit; public as long as the post is.

    ``files`` names its pictures and papers, one in a line, if it had any.

    ``is_public`` is False for what was written before a mend: the words that a moderator hid, or that were
    held, do not come back through the history.
    """

    __tablename__ = "post_version"
    __table_args__ = (UniqueConstraint("post_id", "revision"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    revision: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    files: Mapped[str | None] = mapped_column(Text)
    is_public: Mapped[bool] = mapped_column(default=True)
    replaced_at: Mapped[datetime]
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class Reaction(Model, HasId, HasCreatedAt):
    """One of the civic words that a person gave a post: support, thanks or concern; one each."""

    __tablename__ = "reaction"
    __table_args__ = (UniqueConstraint("post_id", "user_id", "kind"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    pseudonym_id: Mapped[int | None] = pseudonym_key()
    kind: Mapped[str] = mapped_column(String(10))
    pseudonym: Mapped[Pseudonym | None] = relationship()
