"""Whose an address to answer by mail is, and what came there of late."""

from datetime import datetime

from sqlalchemy import func, select

from civicforum.accounts.models import User
from civicforum.db import db
from civicforum.discussions.models import Post, ReceivedMail, ReplyAddress, Thread
from civicforum.discussions.queries.threads import thread_to_say_it_in
from civicforum.discussions.reply_tokens import hash_reply_token


def find_reply_address(token: str) -> ReplyAddress | None:
    """The address of this token; None for one that never was or is forgotten, or of somebody who left."""
    query = select(ReplyAddress).where(ReplyAddress.token_hash == hash_reply_token(token))
    found = db.session.scalar(query)
    return found if found is not None and found.user.erased_at is None else None


def place_to_answer(address: ReplyAddress) -> tuple[Thread, int | None]:
    """The thread in which an answer to this address stands now, and the post it answers if that is there too.

    A comment may have gone to another thread, a thread may be part of another one, or be continued in one.
    Whether its person may speak or even read there is not asked here.
    """
    post = db.session.get(Post, address.post_id) if address.post_id else None
    begun = post.thread if post is not None else db.session.get_one(Thread, address.thread_id)
    thread = thread_to_say_it_in(begun)
    return thread, post.id if post is not None and post.thread_id == thread.id else None


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
