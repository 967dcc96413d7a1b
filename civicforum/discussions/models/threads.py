"""A thread of a project, what it is about, and what was done with it."""

from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicforum.accounts.models import User
from civicforum.db import HasCreatedAt, HasId, Model, now
from civicforum.discussions.models.pseudonyms import Pseudonym, pseudonym_key
from civicforum.partnerships.models import Project

THREAD_STATUSES = ("open", "closed", "pending", "merged")
THREAD_KINDS = ("discussion", "question", "proposal", "announcement")
# Beyond this nobody reads on: the thread closes, and a linked one continues it.
MOST_POSTS = 10_000
FEWEST_POSTS = 10
MOST_PINNED = 5
MOST_TAGS = 30
MOST_TAGS_EACH = 5
MOST_TAG_CHARACTERS = 40
TITLE_HOURS = 24
# Who speaks after so long is told that the others may have gone.
QUIET_DAYS = 180
CHANGE_KINDS = (
    *("titled", "concluded", "opened", "archived", "unarchived"),
    *("moved", "split", "merged", "joined"),
)

thread_tag = Table(
    "thread_tag",
    Model.metadata,
    Column("thread_id", ForeignKey("thread.id", ondelete="CASCADE"), primary_key=True),
    Column("tag_id", ForeignKey("tag.id", ondelete="CASCADE"), primary_key=True, index=True),
)


class Tag(Model, HasId):
    """A word under which a project's organizers let its threads be found."""

    __tablename__ = "tag"
    __table_args__ = (UniqueConstraint("project_id", "slug"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(MOST_TAG_CHARACTERS))


class Thread(Model, HasId, HasCreatedAt):
    """A discussion. ``last_seq`` is the number of the latest post; it is raised under this row's lock.

    ``status``: open, closed, pending (being checked), merged (its posts are in ``merged_into``).
    ``conclusion`` is what came out of it, as Markdown; it stands until the thread is opened again.
    """

    __tablename__ = "thread"
    __table_args__ = (Index("ix_thread_project_id_last_post_at", "project_id", "last_post_at", "id"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    pseudonym_id: Mapped[int | None] = pseudonym_key()
    title: Mapped[str] = mapped_column(String(255))
    slug: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(20), default="open")
    kind: Mapped[str] = mapped_column(String(20), default="discussion")
    revision: Mapped[int] = mapped_column(default=1)
    last_seq: Mapped[int] = mapped_column(default=0)
    last_post_at: Mapped[datetime]
    max_posts: Mapped[int] = mapped_column(default=MOST_POSTS)
    pinned_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    conclusion: Mapped[str | None] = mapped_column(Text)
    conclusion_html: Mapped[str | None] = mapped_column(Text)
    concluded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    continued_in_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"))
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"))
    project: Mapped[Project] = relationship(lazy="joined")
    writer: Mapped[User | None] = relationship(foreign_keys=[author_id])
    pseudonym: Mapped[Pseudonym | None] = relationship()
    concluded_by: Mapped[User | None] = relationship(foreign_keys=[concluded_by_id])
    continued_in: Mapped["Thread | None"] = relationship(
        foreign_keys=[continued_in_id], remote_side="Thread.id"
    )
    merged_into: Mapped["Thread | None"] = relationship(
        foreign_keys=[merged_into_id], remote_side="Thread.id"
    )
    tags: Mapped[list[Tag]] = relationship(secondary=thread_tag, order_by=Tag.name)

    @property
    def author(self) -> User | Pseudonym | None:
        """Who is told to have begun it; ``writer`` is who did, which nobody else is told."""
        return self.pseudonym or self.writer

    @property
    def channel(self) -> str:
        return f"thread:{self.id}"

    @property
    def is_open(self) -> bool:
        return self.status == "open" and self.archived_at is None

    @property
    def quiet_days(self) -> int:
        """For how many whole days nobody has said anything here."""
        return (now() - self.last_post_at).days

    @property
    def is_full(self) -> bool:
        return self.last_seq >= self.max_posts

    @property
    def goes_on_elsewhere(self) -> bool:
        """Closed by its length alone: what is said next stands in the thread that continues it."""
        return self.status == "closed" and self.is_full and self.archived_at is None


class ThreadChange(Model, HasId, HasCreatedAt):
    """Something that was done with a whole thread, in public: by whom, why, and to or from which thread.

    ``before`` is the former title or conclusion, as it read. Of a split or a merge, the thread that gave
    ``count`` posts has ``split`` or ``merged``, and the one that took them ``joined``.
    """

    __tablename__ = "thread_change"

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    before: Mapped[str | None] = mapped_column(Text)
    count: Mapped[int | None]  # of the posts that went
    other_thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    pseudonym_id: Mapped[int | None] = pseudonym_key()
    doer: Mapped[User | None] = relationship()
    pseudonym: Mapped[Pseudonym | None] = relationship()
    other_thread: Mapped[Thread | None] = relationship(foreign_keys=[other_thread_id])

    @property
    def actor(self) -> User | Pseudonym | None:
        """Who is told to have done it; ``doer`` is who did."""
        return self.pseudonym or self.doer
