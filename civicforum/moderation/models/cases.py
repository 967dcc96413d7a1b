"""A question before the moderators, and what was done about it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, event
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicforum.accounts.models import User
from civicforum.agreement.models import Limit, Rule
from civicforum.db import HasCreatedAt, HasId, Model, now

MAX_REASON = 2000  # characters
WAITING = ("open", "second_look")


class Case(Model, HasId, HasCreatedAt):
    """A question before the moderators about one thing said, a thread or a person. One open for each target.

    ``state``: open, decided, second_look (the author mended it), closed. ``version`` goes up with every deed,
    so that two moderators cannot both act. ``source``: flag, hold, list, moderator.

    ``score`` is what its open flags weigh together, ``obstacle`` why they did not hide it by themselves
    although they weigh enough (``scoring``); ``awaits_person``: they did, and no moderator has looked yet.
    ``waits_since`` orders the queue: kept by itself, and empty where nobody has to look.
    """

    __tablename__ = "moderation_case"
    __table_args__ = (
        Index("ix_moderation_case_target", "target_type", "target_id"),
        Index("ix_moderation_case_queue", "state", "id"),
        Index("ix_moderation_case_awaits_person", "awaits_person", "id"),
        Index("ix_moderation_case_waits_since", "waits_since", "id"),
    )

    target_type: Mapped[str] = mapped_column(String(20))
    target_id: Mapped[int]
    target_author_id: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="SET NULL"), index=True
    )
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20), default="open")
    version: Mapped[int] = mapped_column(default=1)
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    score: Mapped[float] = mapped_column(default=0.0)
    obstacle: Mapped[str | None] = mapped_column(String(20))
    awaits_person: Mapped[bool] = mapped_column(default=False)
    mended_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    waits_since: Mapped[datetime | None]
    target_author: Mapped[User | None] = relationship(foreign_keys=[target_author_id])
    measures: Mapped[list["Measure"]] = relationship(back_populates="case", order_by="Measure.id")

    @property
    def waits(self) -> bool:
        return self.state in WAITING or bool(self.awaits_person)


@event.listens_for(Case, "before_insert")
@event.listens_for(Case, "before_update")
def _keep_waiting(_mapper: Any, _connection: Any, case: Case) -> None:
    """Whoever moves a case on need not think of the queue."""
    case.created_at = case.created_at or now()
    case.waits_since = (case.mended_at or case.created_at) if case.waits else None


class Measure(Model, HasId, HasCreatedAt):
    """One action in a case: what was done, under which rule, why, by whom.

    Never changed afterwards, but for what a second look found: ``overturned_at``, it should not have been;
    ``limit``, what is set on speaking, may be a shorter or narrower one than at first. ``until``: when the
    first was to end by itself. ``was``: the name or profile of a person that was taken back or left, to give
    it back, and to know whether it is the same.
    """

    __tablename__ = "measure"

    case_id: Mapped[int] = mapped_column(ForeignKey("moderation_case.id", ondelete="CASCADE"), index=True)
    action: Mapped[str] = mapped_column(String(20))  # see moderation.kinds
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("rule.id"))
    reason: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    is_automated: Mapped[bool] = mapped_column(default=False)
    target_revision: Mapped[int | None]
    until: Mapped[datetime | None]
    limit_id: Mapped[int | None] = mapped_column(
        ForeignKey("speaking_limit.id", ondelete="SET NULL"), index=True
    )
    overturned_at: Mapped[datetime | None]
    was: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    limit: Mapped[Limit | None] = relationship()
    case: Mapped[Case] = relationship(back_populates="measures")
    rule: Mapped[Rule | None] = relationship(lazy="joined")
    actor: Mapped[User | None] = relationship()
