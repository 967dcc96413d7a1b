"""What is proposed to be the next agreement, and how people vote on it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicforum.accounts.models import User
from civicforum.agreement.models import AgreementVersion
from civicforum.agreement.wording import Wording, unpack
from civicforum.db import SHOWN, HasCreatedAt, HasId, Model
from civicforum.discussions.models import Thread
from civicforum.partnerships.models import Project

# However the town sets it, nobody decides about everybody's rules in less.
LEAST_DAYS = 3
MOST_DAYS = 90
MAX_TITLE = 120
MAX_WHY = 4000
CHOICES = ("yes", "no", "abstain")


class Proposal(Model, HasId, HasCreatedAt):
    """The next version of the town's agreement, or of a project's own, as somebody would have it; with why.

    ``state``: open → adopted | fallen | withdrawn | overtaken (the law changed what it was based on).
    ``quorum`` is how many have to vote, as it was when it opened. ``counts`` are the votes at the end.
    ``version`` is what it became.
    """

    __tablename__ = "rule_proposal"
    __table_args__ = (Index("ix_rule_proposal_state", "state", "closes_at"),)

    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"), index=True)
    based_on_id: Mapped[int] = mapped_column(ForeignKey("agreement_version.id"))
    proposer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(MAX_TITLE), info=SHOWN)
    why: Mapped[str] = mapped_column(Text, info=SHOWN)
    wording: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default="open")
    closes_at: Mapped[datetime]
    quorum: Mapped[int]
    ended_at: Mapped[datetime | None]
    counts: Mapped[dict[str, int] | None] = mapped_column(JSON)
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"))
    version_id: Mapped[int | None] = mapped_column(ForeignKey("agreement_version.id"), index=True)
    project: Mapped[Project | None] = relationship(lazy="joined")
    proposer: Mapped[User | None] = relationship(lazy="joined")
    based_on: Mapped[AgreementVersion] = relationship(foreign_keys=[based_on_id])
    version: Mapped[AgreementVersion | None] = relationship(foreign_keys=[version_id])
    thread: Mapped[Thread | None] = relationship()

    @property
    def proposed(self) -> Wording:
        return unpack(self.wording)

    def takes_votes(self, at: datetime) -> bool:
        """Until the clock says so, also before the house has counted."""
        return self.state == "open" and at < self.closes_at


class Vote(Model, HasId, HasCreatedAt):
    """How somebody votes; they may think again until the close. Shown to nobody but them."""

    __tablename__ = "rule_vote"
    __table_args__ = (UniqueConstraint("proposal_id", "user_id"),)

    proposal_id: Mapped[int] = mapped_column(ForeignKey("rule_proposal.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    choice: Mapped[str] = mapped_column(String(10))
