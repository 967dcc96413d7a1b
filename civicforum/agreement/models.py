"""The community agreement: versioned rules, word lists, what is held, and each person's standing."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from civicforum.accounts.models import User
from civicforum.agreement.limits.models import Limit as Limit
from civicforum.db import HasCreatedAt, HasId, Model

DUTY_HOURS = (1, 3, 8)
_OF_THE_TOWN = text("project_id IS NULL")


class AgreementVersion(Model, HasId):
    """The agreement as it stood from ``published_at`` on. Never edited: a change is a new version.

    The town's, or where ``project_id`` is set that project's own, numbered for itself. ``way`` is how it
    came: first (it was the first), vote, law (the law asked for it, and ``reason`` says where), or direct
    (before there were votes).
    """

    __tablename__ = "agreement_version"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        # Nothing equals nothing in a constraint: the town's own numbers are unique by this.
        Index(
            "uq_agreement_version_of_town",
            "number",
            unique=True,
            sqlite_where=_OF_THE_TOWN,
            postgresql_where=_OF_THE_TOWN,
        ),
    )

    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id"))
    number: Mapped[int]
    way: Mapped[str] = mapped_column(String(10), default="first")
    reason: Mapped[str] = mapped_column(Text, default="")
    introduction: Mapped[str] = mapped_column(Text)
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    published_at: Mapped[datetime]
    rules: Mapped[list["Rule"]] = relationship(
        back_populates="version", order_by="Rule.number", lazy="selectin"
    )

    def introduction_in(self, locale: str) -> str:
        return self.translations.get(locale, {}).get("introduction") or self.introduction


class Rule(Model, HasId):
    """One numbered rule of one version. ``translations`` maps a language to title and text.

    ``no_mediation``: it is about threats, hate or somebody's safety; nobody is asked to sit down about that.
    """

    __tablename__ = "rule"
    __table_args__ = (UniqueConstraint("version_id", "number"),)

    version_id: Mapped[int] = mapped_column(ForeignKey("agreement_version.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    no_mediation: Mapped[bool] = mapped_column(default=False)
    version: Mapped[AgreementVersion] = relationship(back_populates="rules")

    def title_in(self, locale: str) -> str:
        return self.translations.get(locale, {}).get("title") or self.title

    def text_in(self, locale: str) -> str:
        return self.translations.get(locale, {}).get("text") or self.text


class Acceptance(Model, HasId, HasCreatedAt):
    """Somebody read this version of an agreement and accepted it. Kept when newer ones come."""

    __tablename__ = "agreement_acceptance"
    __table_args__ = (UniqueConstraint("user_id", "version_id"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    version_id: Mapped[int] = mapped_column(ForeignKey("agreement_version.id"), index=True)
    version: Mapped[AgreementVersion] = relationship(lazy="joined")


class ListedWord(Model, HasId, HasCreatedAt):
    """A word (or phrase) that is held, masked or flagged; whole words, case and accents ignored."""

    __tablename__ = "listed_word"

    word: Mapped[str] = mapped_column(String(80), unique=True)
    action: Mapped[str] = mapped_column(String(10))  # hold, mask, flag
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))


class Standing(Model):
    """What lifts a newcomer's limits: words that stood, a meeting attended, a partner who vouched.

    ``accepted_version``: the number of the town's agreement that was last accepted (see ``Acceptance``).
    """

    __tablename__ = "standing"

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    words_that_stood: Mapped[int] = mapped_column(default=0)
    meetings_attended: Mapped[int] = mapped_column(default=0)
    vouched_at: Mapped[datetime | None]
    vouched_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    accepted_version: Mapped[int | None]
    user: Mapped[User] = relationship(
        foreign_keys=[user_id], backref=backref("standing", uselist=False, lazy="selectin")
    )

    @property
    def is_newcomer(self) -> bool:
        return self.vouched_at is None and self.meetings_attended == 0 and self.words_that_stood < 2


class Duty(Model, HasId, HasCreatedAt):
    """A moderator reads what comes, until ``ends_at``: in every project that they moderate. One row each."""

    __tablename__ = "duty"

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), unique=True)
    ends_at: Mapped[datetime] = mapped_column(index=True)
    user: Mapped[User] = relationship(lazy="joined")


class Hold(Model, HasId, HasCreatedAt):
    """Something said that waits for a moderator before it is published.

    ``cause`` is list, links, thread, newcomer, or delay: that one is shown by itself at ``due_at``.
    ``decision`` is approved or declined, None while it waits.
    ``is_on_duty``: a moderator was on duty when it came. ``reason`` of what is approved asks for an edit.
    """

    __tablename__ = "hold"
    __table_args__ = (
        UniqueConstraint("kind", "object_id"),
        Index("ix_hold_waiting", "decided_at", "created_at"),
    )

    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int]
    project_id: Mapped[int | None]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    cause: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[datetime]
    is_on_duty: Mapped[bool] = mapped_column(default=False)
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    decision: Mapped[str | None] = mapped_column(String(10))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("rule.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    rule: Mapped[Rule | None] = relationship(lazy="joined")
