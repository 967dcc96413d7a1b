"""A second look at a measure: who asks, who decides, and the residents who may be drawn to decide."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicforum.accounts.models import User
from civicforum.db import HasCreatedAt, HasId, Model, now
from civicforum.moderation.models.cases import Case, Measure

MAX_APPEAL = 2000  # characters
TARGET_DAYS = 14
PANEL_SIZE = 3
JUROR_DAYS = 5
OUTCOMES = ("upheld", "overturned", "varied")
VOTES = ("upheld", "overturned")


class Appeal(Model, HasId, HasCreatedAt):
    """Somebody asks for a second look at a measure; each person once for each measure.

    ``side``: author (whom the measure is about) or flagger (whose flag was refused). ``way``: person or
    panel. ``state``: open, decided, withdrawn; ``outcome`` is one of ``OUTCOMES`` once it is decided.
    ``version`` goes up with every deed. ``lot_*`` are what the draw is computed from, so that anybody can
    compute it again.
    """

    __tablename__ = "appeal"
    __table_args__ = (UniqueConstraint("measure_id", "person_id"), Index("ix_appeal_state", "state", "id"))

    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"))
    case_id: Mapped[int] = mapped_column(ForeignKey("moderation_case.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    side: Mapped[str] = mapped_column(String(10))
    way: Mapped[str] = mapped_column(String(10), default="person")
    text: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="open")
    outcome: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    lot_line: Mapped[int | None]
    lot_hash: Mapped[str | None] = mapped_column(String(64))
    lot_pool: Mapped[list[int] | None] = mapped_column(JSON)
    lot_secret: Mapped[str | None] = mapped_column(String(64))  # told once the lot is drawn
    measure: Mapped[Measure] = relationship(lazy="joined")
    case: Mapped[Case] = relationship(lazy="joined")
    person: Mapped[User | None] = relationship(foreign_keys=[person_id])
    messages: Mapped[list["AppealMessage"]] = relationship(order_by="AppealMessage.id")
    seats: Mapped[list["PanelSeat"]] = relationship(back_populates="appeal", order_by="PanelSeat.place")


class AppealMessage(Model, HasId, HasCreatedAt):
    """The one more message of each side. ``side``: asker, or house (who acted or may decide)."""

    __tablename__ = "appeal_message"
    __table_args__ = (UniqueConstraint("appeal_id", "side"),)

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"))
    side: Mapped[str] = mapped_column(String(10))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(Text)


class Volunteer(Model, HasId, HasCreatedAt):
    """Somebody who may be drawn. The id is the number told in public; it stays while one pauses."""

    __tablename__ = "volunteer"

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    is_on: Mapped[bool] = mapped_column(default=True)
    since: Mapped[datetime] = mapped_column(default=now)
    user: Mapped[User] = relationship()


class PanelSeat(Model, HasId, HasCreatedAt):
    """One of the residents drawn for an appeal. ``place`` is the one in the lot, from 1.

    ``state``: asked, voted, replaced (did not answer, or may not judge any more), declined.
    """

    __tablename__ = "panel_seat"
    __table_args__ = (UniqueConstraint("appeal_id", "number"),)

    appeal_id: Mapped[int] = mapped_column(ForeignKey("appeal.id", ondelete="CASCADE"))
    number: Mapped[int]
    place: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="asked")
    due_at: Mapped[datetime]
    vote: Mapped[str | None] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text, default="")
    voted_at: Mapped[datetime | None]
    appeal: Mapped[Appeal] = relationship(back_populates="seats")
    user: Mapped[User | None] = relationship()
