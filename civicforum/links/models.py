"""What pages elsewhere say of themselves, kept for a while, and what was said with a link to them."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import HasCreatedAt, HasId, Model, now

KEPT_DAYS = 7
# What nothing that is shown links to any more is kept for so long, in case it comes back. What a page said is
# kept for so long at most: by then it says something else.
UNUSED_DAYS = 30
OLDEST_DAYS = 365
MOST_LINKS = 2
MAX_URL_CHARACTERS = 2000
MAX_TITLE_CHARACTERS = 200
MAX_DESCRIPTION_CHARACTERS = 300
MAX_SITE_CHARACTERS = 100


class LinkPreview(Model, HasId, HasCreatedAt):
    """What the page at ``url`` said when it was asked: plain text, never a picture.

    ``state``: ``waiting`` to be asked; ``told`` its title; ``silent``: it told nothing, or may not be asked.
    ``unused_since``: since when nothing that is shown links to it, as somebody looks once a day.
    """

    __tablename__ = "link_preview"

    url_hash: Mapped[str] = mapped_column(String(64), unique=True)
    url: Mapped[str] = mapped_column(String(MAX_URL_CHARACTERS))
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    title: Mapped[str] = mapped_column(String(MAX_TITLE_CHARACTERS), default="")
    description: Mapped[str] = mapped_column(String(MAX_DESCRIPTION_CHARACTERS), default="")
    site_name: Mapped[str] = mapped_column(String(MAX_SITE_CHARACTERS), default="")
    fetched_at: Mapped[datetime | None]
    unused_since: Mapped[datetime | None]

    @property
    def is_fresh(self) -> bool:
        """A page is asked once in a week, also one that told nothing."""
        return self.fetched_at is not None and now() - self.fetched_at < timedelta(days=KEPT_DAYS)


class LinkUse(Model, HasId):
    """That something said links to a page; this room does not know what that is."""

    __tablename__ = "link_use"
    __table_args__ = (Index("ix_link_use_object_kind_object_id", "object_kind", "object_id"),)

    object_kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int]
    place: Mapped[int]
    preview_id: Mapped[int] = mapped_column(ForeignKey("link_preview.id", ondelete="CASCADE"), index=True)
