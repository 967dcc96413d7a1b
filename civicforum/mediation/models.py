"""Conversations between two people and a mediator that nobody else reads."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicforum.accounts.models import User
from civicforum.db import HasCreatedAt, HasId, Model
from civicforum.discussions.models import Post, Pseudonym

OFFER_DAYS = 7
USUAL_DAYS = 7
DAYS = (3, 7, 14)
FOLLOW_UP_DAYS = (14, 30, 60)
# After a conversation that came to nothing, people are asked this much later how it is now.
FOLLOW_UP_WITHOUT_AGREEMENT_DAYS = 30
FOLLOW_UP_OPEN_DAYS = 14
# Whoever is asked by so many at once is asked by nobody else meanwhile.
MOST_OFFERS = 3
# For so long the same two people are not asked again, whatever became of it.
REST_DAYS = 90
FOLLOW_UPS = ("well", "partly", "badly")
MAX_AGREEMENT_CHARACTERS = 8000
# States in which there is, or was, a conversation to read.
WITH_ROOM = ("in_session", "agreement", "no_agreement", "follow_up", "ended")


class Mediation(Model, HasId, HasCreatedAt):
    """An offer to two people to talk with a mediator, and the room if all three want it.

    ``state``: offered → in_session → agreement | no_agreement → follow_up → ended; or declined. Who said no
    is told to nobody: an offer somebody declined looks like one that waits, until ``due_at``. ``due_at`` is
    when the clock does the next thing. ``outcome``: agreement or no_agreement, once the conversation is
    over. ``revision`` goes up with whatever its people see change. ``lifts``: both want the limit of the
    case lifted.
    """

    __tablename__ = "mediation"
    __table_args__ = (Index("ix_mediation_due_at", "due_at"),)

    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(String(20), default="offered")
    outcome: Mapped[str | None] = mapped_column(String(20))
    revision: Mapped[int] = mapped_column(default=1)
    days: Mapped[int] = mapped_column(default=USUAL_DAYS)
    was_prolonged: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    purged_at: Mapped[datetime | None]
    agreement: Mapped[str] = mapped_column(Text, default="")
    agreement_html: Mapped[str] = mapped_column(Text, default="")
    agreement_version: Mapped[int] = mapped_column(default=0)
    follow_up_days: Mapped[int | None]
    lifts: Mapped[bool] = mapped_column(default=False)
    post: Mapped[Post | None] = relationship()
    participants: Mapped[list["Participant"]] = relationship(
        back_populates="mediation",
        order_by="Participant.id",
        lazy="selectin",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @property
    def channel(self) -> str:
        return f"mediation:{self.id}"

    @property
    def sides(self) -> list["Participant"]:
        return [person for person in self.participants if person.role == "side"]

    @property
    def present(self) -> list["Participant"]:
        """Those who said yes."""
        return [person for person in self.participants if person.state == "accepted"]

    def is_due(self, at: datetime) -> bool:
        """Whether the time of the present state has run out, also before the clock has seen to it."""
        return self.due_at is not None and self.due_at <= at


class Participant(Model, HasId, HasCreatedAt):
    """One of the two sides, or the mediator. ``state``: waiting (not asked yet), invited, accepted, gone.

    ``gone`` is whoever said no, or was still asked when the offer ran out: soon nobody can tell which.
    """

    __tablename__ = "mediation_participant"
    __table_args__ = (UniqueConstraint("mediation_id", "user_id"),)

    mediation_id: Mapped[int] = mapped_column(ForeignKey("mediation.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    # Without its pseudonym a side would appear by name: it goes with it instead.
    pseudonym_id: Mapped[int | None] = mapped_column(
        ForeignKey("pseudonym.id", ondelete="CASCADE"), index=True
    )
    role: Mapped[str] = mapped_column(String(10))  # side, mediator
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    wants_longer: Mapped[bool] = mapped_column(default=False)
    agreed_version: Mapped[int | None]
    keeps_text: Mapped[bool] = mapped_column(default=False)
    follow_up: Mapped[str | None] = mapped_column(String(10))
    mediation: Mapped[Mediation] = relationship(back_populates="participants")
    user: Mapped[User] = relationship(lazy="joined")
    pseudonym: Mapped[Pseudonym | None] = relationship(lazy="joined")

    @property
    def name(self) -> str:
        """Under which they are told in the room; who stands behind a pseudonym is not."""
        return (self.pseudonym or self.user).name


class Message(Model, HasId, HasCreatedAt):
    """Something said in the room. Deleted some days after the end; in no search, feed or export."""

    __tablename__ = "mediation_message"
    __table_args__ = (Index("ix_mediation_message_mediation_id", "mediation_id", "id"),)

    mediation_id: Mapped[int] = mapped_column(ForeignKey("mediation.id", ondelete="CASCADE"))
    participant_id: Mapped[int] = mapped_column(
        ForeignKey("mediation_participant.id", ondelete="CASCADE"), index=True
    )
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    participant: Mapped[Participant] = relationship(lazy="joined")
