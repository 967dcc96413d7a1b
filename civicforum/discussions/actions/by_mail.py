"""Speaking by answering a mail: the same deed as on the page, through an address of one's own."""

import hmac
import re
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete

from civicforum.accounts.models import Actor, User
from civicforum.db import db, lock, now, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.posts import post_reply
from civicforum.discussions.actions.threads import continue_thread
from civicforum.discussions.models import Post, ReceivedMail, ReplyAddress, Thread
from civicforum.discussions.reply_tokens import hash_reply_token, is_same_mailbox, make_reply_token
from civicforum.discussions.words import Words, prepare_words
from civicforum.errors import NotAllowed, TooMany, require

ADDRESS_LASTS = timedelta(days=90)
MOST_AN_HOUR = 20
HOUR = timedelta(hours=1)


@transactional
def open_reply_address(actor: Actor, user_id: int, thread_id: int, post_id: int | None = None) -> str:
    """The token by which this person answers in this thread (and this post) by mail. Locks nothing; the same
    again for the same. Raises NotAllowed for anybody but the house."""
    require(policies.can_handle_mail(actor))
    token = make_reply_token(db.session.get_one(User, user_id), thread_id, post_id)
    if queries.find_reply_address(token) is None:
        row = ReplyAddress(user_id=user_id, thread_id=thread_id, post_id=post_id)
        row.token_hash = hash_reply_token(token)
        db.session.add(row)
        db.session.flush()
    return token


@transactional
def post_by_mail(
    actor: Actor, address_id: int, letter_hash: str, sender: str, body: str | Words
) -> Post | None:
    """Say what came in a mail as the person of the address, once for each mail; None for the second copy.

    It stands where what it answers stands by now, or in the continuation of a thread that is full. Locks
    the address, then as ``post_reply`` or ``continue_thread``. Raises NotAllowed where the address has ended
    or the mail is from somebody else, or would tell whose a pseudonym is, TooMany, and what those two raise.
    """
    require(policies.can_handle_mail(actor))
    words = prepare_words(body)
    address = lock(ReplyAddress, address_id)
    if queries.find_received(address, letter_hash) is not None:
        return None
    _check_address(address)
    _check_sender(address.user, sender)
    if queries.count_received(address.user, now() - HOUR, was_posted=True) >= MOST_AN_HOUR:
        raise TooMany(_("Those were many comments by mail in an hour. Wait a little, or go on on the page."))
    post = _say(address, words)
    db.session.add(ReceivedMail(address_id=address.id, letter_hash=letter_hash, was_posted=True))
    return post


def _say(address: ReplyAddress, words: Words) -> Post:
    thread, post_id = queries.place_to_answer(address)
    _check_unsigned(address.user, thread, words)
    if thread.goes_on_elsewhere:
        return continue_thread(address.user, thread.id, words, forgets_draft=False)
    return post_reply(address.user, thread.id, words, post_id)


def _check_unsigned(user: User, thread: Thread, words: Words) -> None:
    """Mail programs sign by themselves: who speaks under a pseudonym there is not given away by that."""
    if queries.find_pseudonym(user, thread.project) is None:
        return
    if _is_signed(user, words.body):
        raise NotAllowed(
            _("Your own name stands in it, and you speak under a pseudonym there. Send it without your name.")
        )


def _is_signed(user: User, body: str) -> bool:
    """The name or the address anywhere; or a line that is only a part of the name: “Ana”, or “Ana R.”"""
    if any(re.search(rf"(?<!\w){re.escape(own)}(?!\w)", body) for own in (user.name, user.email)):
        return True
    part = "|".join(map(re.escape, user.name.split()))
    signature = re.compile(rf"\W*(?:{part})(?:\W+(?:{part}|\w\.))*\W*", re.IGNORECASE)
    return any(signature.fullmatch(line) for line in body.splitlines())


def _check_address(address: ReplyAddress) -> None:
    """Whether it is still alive: not too old, and of the person's present password and standing."""
    token = make_reply_token(address.user, address.thread_id, address.post_id)
    is_present = hmac.compare_digest(hash_reply_token(token), address.token_hash)
    if not is_present or now() - address.created_at > ADDRESS_LASTS:
        raise NotAllowed(_("That mail is too old to be answered by mail, or your sign-in has changed since."))


def _check_sender(user: User, sender: str) -> None:
    """A forwarded mail carries the token: only from the account's own address do words count as theirs."""
    if not is_same_mailbox(sender, user.email):
        raise NotAllowed(
            _(
                "It came from an address that is not your account’s. Answer from %(email)s.",
                email=user.email,
            )
        )


@transactional
def note_refused_mail(actor: Actor, address_id: int, letter_hash: str) -> None:
    """A mail to this address was refused. Locks the address; noting it twice is once."""
    require(policies.can_handle_mail(actor))
    address = lock(ReplyAddress, address_id)
    if queries.find_received(address, letter_hash) is None:
        db.session.add(ReceivedMail(address_id=address.id, letter_hash=letter_hash, was_posted=False))
        db.session.flush()


@transactional
def forget_reply_addresses(actor: Actor) -> None:
    """Forget addresses that ended, and what came there, a month after they did. Locks nothing."""
    require(policies.can_handle_mail(actor))
    db.session.execute(
        delete(ReplyAddress).where(ReplyAddress.created_at < now() - ADDRESS_LASTS - timedelta(days=30)),
        execution_options={"synchronize_session": False},
    )
