"""A question to be answered with a vote, asked in a post.

Not the live polls of a room: those belong to a meeting, these to a comment.
"""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicforum.db import HasCreatedAt, HasId, Model, now
from civicforum.discussions.models.posts import Post

POLL_KINDS = ("single", "several", "score", "sense")
# When counts may be seen: once one has voted, or when the poll is closed.
POLL_RESULTS = ("after_vote", "after_close")
SENSES = ("agree", "depends", "disagree")
HIGHEST_SCORE = 5
# While a poll runs, fewer votes than these are not counted out: a guess would be too easy.
FEWEST_COUNTED = 5


class Poll(Model, HasId, HasCreatedAt):
    """A post's question. Everything in it changes under the lock of its post.

    It is closed by its time or by ``closed_at``, whichever is first. ``outcome`` is what happens next.
    """

    __tablename__ = "poll"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), unique=True)
    kind: Mapped[str] = mapped_column(String(10))
    question: Mapped[str] = mapped_column(String(255))
    results: Mapped[str] = mapped_column(String(20), default="after_vote")
    closes_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(Text)
    outcome_at: Mapped[datetime | None]
    review_on: Mapped[date | None]
    post: Mapped[Post] = relationship(lazy="joined")
    options: Mapped[list["PollOption"]] = relationship(
        order_by="PollOption.position", lazy="selectin", cascade="all, delete-orphan"
    )

    def is_closed(self, at: datetime | None = None) -> bool:
        return self.closed_at is not None or self.closes_at <= (at or now())

    @property
    def ended_at(self) -> datetime:
        """When it closed, or will close."""
        return min(self.closes_at, self.closed_at or self.closes_at)


class PollOption(Model, HasId):
    """One thing to choose. In a sense check its text is one of ``SENSES``."""

    __tablename__ = "poll_option"
    __table_args__ = (UniqueConstraint("poll_id", "position"),)

    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"))
    position: Mapped[int]
    text: Mapped[str] = mapped_column(String(140))


class Ballot(Model, HasId, HasCreatedAt):
    """A person's vote in a poll: one each, the last counts. ``user_id`` goes when the person is erased."""

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("poll_id", "user_id"),)

    poll_id: Mapped[int] = mapped_column(ForeignKey("poll.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)


class BallotChoice(Model, HasId):
    """What a ballot says of an option: 1 where it was chosen, or its score from 0 to 5."""

    __tablename__ = "ballot_choice"
    __table_args__ = (
        UniqueConstraint("ballot_id", "option_id"),
        Index("ix_ballot_choice_option_id_value", "option_id", "value"),
    )

    ballot_id: Mapped[int] = mapped_column(ForeignKey("ballot.id", ondelete="CASCADE"))
    option_id: Mapped[int] = mapped_column(ForeignKey("poll_option.id", ondelete="CASCADE"))
    value: Mapped[int]
