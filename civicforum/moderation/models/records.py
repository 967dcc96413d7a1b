"""Who read what was removed for law, and why."""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import HasCreatedAt, HasId, Model


class RecordReading(Model, HasId, HasCreatedAt):
    """One look at removed words, with the reason that was given for it; kept with the record."""

    __tablename__ = "record_reading"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), index=True)
    reader_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    reason: Mapped[str] = mapped_column(Text)
