"""Whose an address to answer by mail is, and what came there of late."""

from datetime import datetime

from sqlalchemy import func, select

from civicforum.accounts.models import User
from civicforum.db import db
from civicforum.discussions.models import ReceivedMail, ReplyAddress
from civicforum.discussions.reply_tokens import hash_reply_token


def find_reply_address(token: str) -> ReplyAddress | None:
    """The address of this token; None for one that never was or is forgotten, or of somebody who left."""
    query = select(ReplyAddress).where(ReplyAddress.token_hash == hash_reply_token(token))
    found = db.session.scalar(query)
    return found if found is not None and found.user.erased_at is None else None


def find_received(address: ReplyAddress, letter_hash: str) -> ReceivedMail | None:
    return db.session.scalar(
        select(ReceivedMail).where(
            ReceivedMail.address_id == address.id, ReceivedMail.letter_hash == letter_hash
        )
    )


def count_received(user: User, since: datetime, was_posted: bool) -> int:
    """How many mails of this person were posted, or refused, since then."""
    query = (
        select(func.count(ReceivedMail.id))
        .join(ReplyAddress, ReplyAddress.id == ReceivedMail.address_id)
        .where(
            ReplyAddress.user_id == user.id,
            ReceivedMail.was_posted == was_posted,
            ReceivedMail.created_at > since,
        )
    )
    return db.session.scalar(query) or 0
