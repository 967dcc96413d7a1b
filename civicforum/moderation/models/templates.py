"""Reasons that moderators begin with, so that the same thing is said in the same words."""

from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import HasCreatedAt, HasId, Model

MAX_LABEL = 80


class ReasonTemplate(Model, HasId, HasCreatedAt):
    """The town's own wording. ``key`` names the shipped one it stands for; empty words take that away.

    ``translations`` maps a language to its words. A rule of None fits every rule.
    """

    __tablename__ = "reason_template"

    key: Mapped[str] = mapped_column(String(40), unique=True)
    rule_number: Mapped[int | None]
    label: Mapped[str] = mapped_column(String(MAX_LABEL))
    words: Mapped[str] = mapped_column(Text)
    translations: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    edited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    def words_in(self, locale: str) -> str:
        return str(self.translations.get(locale) or self.words)
