"""A thread of a project."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicforum.accounts.models import User
from civicforum.db import HasCreatedAt, HasId, Model
from civicforum.partnerships.models import Project


class Thread(Model, HasId, HasCreatedAt):
    """A discussion. ``last_seq`` is the number of the latest post; it is raised under this row's lock."""

    __tablename__ = "thread"
    __table_args__ = (Index("ix_thread_project_id_last_post_at", "project_id", "last_post_at", "id"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(255))
    slug: Mapped[str] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(20), default="open")  # open, closed, pending
    revision: Mapped[int] = mapped_column(default=1)
    last_seq: Mapped[int] = mapped_column(default=0)
    last_post_at: Mapped[datetime]
    project: Mapped[Project] = relationship(lazy="joined")
    author: Mapped[User | None] = relationship()

    @property
    def channel(self) -> str:
        return f"thread:{self.id}"

    @property
    def is_open(self) -> bool:
        return self.status == "open"
