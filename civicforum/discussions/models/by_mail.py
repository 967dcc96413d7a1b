"""Answering by mail: an address for each person and thread, and what came there."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicforum.accounts.models import User
from civicforum.db import HasCreatedAt, HasId, Model


class ReplyAddress(Model, HasId, HasCreatedAt):
    """Where one person answers in one thread (and, if ``post_id`` is set, that post) by mail.

    Only the hash of its token is kept: who reads the database cannot write to it.
    """

    __tablename__ = "reply_address"

    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("thread.id", ondelete="CASCADE"), index=True)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id", ondelete="SET NULL"), index=True)
    user: Mapped[User] = relationship(lazy="joined")


class ReceivedMail(Model, HasId, HasCreatedAt):
    """A mail that came to such an address, by a hash of its name; of its words nothing is kept."""

    __tablename__ = "received_mail"
    __table_args__ = (UniqueConstraint("address_id", "letter_hash"),)

    address_id: Mapped[int] = mapped_column(ForeignKey("reply_address.id", ondelete="CASCADE"))
    letter_hash: Mapped[str] = mapped_column(String(64))
    was_posted: Mapped[bool]
