"""A voice: one object from end to end, whatever it was said with."""

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import HasCreatedAt, HasId, Model

STATES = ("received", "themed", "answered", "promised", "kept", "declined")


class Voice(Model, HasId, HasCreatedAt):
    """What somebody said, by kind and id, with the public tracking number under which it can be followed."""

    __tablename__ = "voice"
    __table_args__ = (
        UniqueConstraint("kind", "object_id"),
        # Those of a long thread that were answered are found without reading all others.
        Index("ix_voice_channel_state", "channel", "state"),
    )

    number: Mapped[str] = mapped_column(String(9), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int]
    channel: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(20), default="received")
