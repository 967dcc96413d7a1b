"""How far somebody has read a thread."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicforum.db import HasId, Model
from civicforum.discussions.models.threads import Thread
from civicforum.discussions.ranges import Range, read_ranges


class Reading(Model, HasId):
    """The places of a thread that one person has seen, as ranges of seq (``discussions/ranges.py``).

    What is hidden or withdrawn keeps its place, so it is neither new nor missing: what is *new to you* is
    counted from the comments that are shown now.
    """

    __tablename__ = "reading"
    __table_args__ = (UniqueConstraint("user_id", "thread_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    seen: Mapped[str] = mapped_column(String(1000), default="")
    read_at: Mapped[datetime]
    thread: Mapped[Thread] = relationship()

    @property
    def ranges(self) -> list[Range]:
        return read_ranges(self.seen)

    @property
    def channel(self) -> str:
        return f"reading:{self.user_id}"
