"""What the whole site says of itself, and the keys that make a retried deed happen once."""

from datetime import datetime

from sqlalchemy import String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import HasCreatedAt, HasId, Model


class Site(Model):
    """One row: the town's name and how to reach it. ``set_up_at`` is None until the set-up page is done."""

    __tablename__ = "site"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), default="CivicForum")
    sentence: Mapped[str] = mapped_column(String(300), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    contact_address: Mapped[str] = mapped_column(String(200), default="")
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    locale: Mapped[str] = mapped_column(String(8), default="en")
    independent_name: Mapped[str] = mapped_column(String(80), default="")
    independent_email: Mapped[str] = mapped_column(String(254), default="")
    access_statement: Mapped[str] = mapped_column(Text, default="")
    answer_days: Mapped[int] = mapped_column(default=14)
    # How long one may ask for a second look: six months at least, as the law of the EU has it.
    appeal_months: Mapped[int] = mapped_column(default=6)
    shows_links: Mapped[bool] = mapped_column(default=False)
    set_up_at: Mapped[datetime | None]


class IdempotencyKey(Model, HasId, HasCreatedAt):
    """What a key did the first time: the status and the object, never the words it was answered with."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("person_key", "key"),)

    person_key: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(100))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    object_id: Mapped[int]
