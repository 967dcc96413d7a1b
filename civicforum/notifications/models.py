"""What waits in a person's inbox: pointers, never words, so that what was hidden since cannot leak."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import HasCreatedAt, HasId, Model


class Notification(Model, HasId, HasCreatedAt):
    """``reason`` says why the person is told (reply, mention, rsvp…); ``kind`` and ``object_id`` of what.

    What it says is written when it is read, from the present state, asking the policy again.
    """

    __tablename__ = "notification"
    __table_args__ = (Index("ix_notification_inbox", "user_id", "read_at", "id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    read_at: Mapped[datetime | None]
