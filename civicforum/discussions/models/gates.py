"""When a moderator reads what is said in a thread before it is shown."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import HasCreatedAt, HasId, Model, now

GATE_HOURS = (1, 3, 24)
GATE_WHOM = ("newcomers", "everybody")
MAX_GATE_REASON = 300


class Gate(Model, HasId, HasCreatedAt):
    """For a bad hour: what newcomers (or all but moderators) say in a thread waits for a moderator.

    ``ended_at``: somebody opened it early, or set another.
    """

    __tablename__ = "gate"

    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    whom: Mapped[str] = mapped_column(String(12))
    ends_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(MAX_GATE_REASON))
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    ended_at: Mapped[datetime | None]

    def is_in_force(self, at: datetime | None = None) -> bool:
        return self.ended_at is None and (at or now()) < self.ends_at
