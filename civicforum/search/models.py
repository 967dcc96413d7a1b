"""The index: for each thing that can be found, its words in the form in which they are compared."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import Model


class SearchEntry(Model):
    """One thing that every reader of its project may read; whatever is hidden, held or a draft has none.

    ``id`` is made of the object's id and its kind (``index.entry_id``), so that the newest comes last.
    ``title`` and ``body`` are folded words with single spaces. The full-text index beside this table
    (``search_fts``) is kept by the database's own triggers: see the migration, and ``matching``.
    """

    __tablename__ = "search_entry"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int]
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    said_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)


class SearchState(Model):
    """Which version of the index is there, in one row: another one is made anew by the next upgrade."""

    __tablename__ = "search_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
