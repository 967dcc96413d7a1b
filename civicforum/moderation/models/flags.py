"""What people ask the moderators to look at."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicforum.accounts.models import User
from civicforum.agreement.models import Rule
from civicforum.db import HasCreatedAt, HasId, Model

MAX_NOTE = 500


class Flag(Model, HasId, HasCreatedAt):
    """A person says that a post breaks a rule. ``state``: open, agreed, disagreed, withdrawn.

    Without a post it is about the person of the case; ``part`` is the name, or the profile (``kinds.PARTS``).

    One of each person in each case: what was decided about an earlier one goes on counting for them.
    """

    __tablename__ = "flag"
    __table_args__ = (
        UniqueConstraint("case_id", "user_id"),
        Index("ix_flag_post_id_user_id", "post_id", "user_id"),
    )

    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"))
    part: Mapped[str | None] = mapped_column(String(10))
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[int | None] = mapped_column(
        ForeignKey("moderation_case.id", ondelete="SET NULL"), index=True
    )
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule.id"))
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[str] = mapped_column(String(20), default="open")
    decided_at: Mapped[datetime | None]
    rule: Mapped[Rule] = relationship(lazy="joined")
    user: Mapped[User] = relationship()
