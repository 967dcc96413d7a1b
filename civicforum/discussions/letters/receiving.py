"""The door for mails: reads one, lets its person say what is in it, and tells them if that cannot be."""

import logging
from datetime import timedelta
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _

from civicforum import mail
from civicforum.accounts.models import SYSTEM
from civicforum.db import now
from civicforum.discussions import actions, queries
from civicforum.discussions.addresses import post_url, thread_url
from civicforum.discussions.letters.reading import Letter, read_letter, token_of
from civicforum.discussions.models import Post, ReplyAddress
from civicforum.discussions.reply_tokens import is_same_mailbox
from civicforum.discussions.words import prepare_words
from civicforum.errors import CivicForumError, Invalid, NotFound, Unavailable
from civicforum.notifications.mailing import in_language_of
from civicforum.web.site import get_site

log = logging.getLogger(__name__)
MOST_REFUSALS_A_DAY = 5


def receive(content: bytes, recipient: str = "") -> str:
    """Do what a mail asks for; the outcome in one word: posted, held, refused, again or ignored.

    Whoever is told of it is the person of the address, never who the mail says it is from. Raises Unavailable
    and what the database or the mail server raise: then the same mail may come again.
    """
    ours = current_app.config["REPLY_ADDRESS"]
    # The head first: whoever has no address of ours costs nothing.
    token = token_of(content, ours, recipient)
    address = queries.find_reply_address(token) if token else None
    letter = _read(content, ours, recipient) if address is not None else None
    outcome = "ignored"
    if address is not None and letter is not None and letter.token and not letter.is_automatic:
        with in_language_of(address.user):
            outcome = _post(address, letter)
    log.info("A mail came in.", extra={"outcome": outcome})
    return outcome


def _read(content: bytes, reply_address: str, recipient: str) -> Letter | None:
    """The mail; None for one folded so deep that it cannot be read, now or the next time."""
    try:
        return read_letter(content, reply_address, recipient)
    except (RecursionError, ValueError, LookupError):
        log.warning("A mail could not be read.")
        return None


def _post(address: ReplyAddress, letter: Letter) -> str:
    address_id = address.id
    try:
        if letter.is_too_large:
            raise Invalid(_("It is too large. Files and pictures are not taken; please send words alone."))
        if "/unsubscribe/" in letter.words:
            raise Invalid(_("Your words could not be told from our mail below them. Say it on the page."))
        # Drawn before anything is locked.
        words = prepare_words(letter.words)
        post = actions.post_by_mail(SYSTEM, address_id, letter.name, letter.sender, words)
    except Unavailable:
        raise
    except CivicForumError as refusal:
        return _refuse(letter, refusal)
    if post is None:
        return "again"
    if post.state == "pending" and not queries.shown_at([post]):
        _tell(letter, "held", post=post)
        return "held"
    if letter.has_attachments:
        _tell(letter, "attachments", post=post)
    return "posted"


def _refuse(letter: Letter, refusal: CivicForumError) -> str:
    address = queries.find_reply_address(letter.token or "")
    if address is None:
        return "ignored"
    address_id = address.id
    since = now() - timedelta(days=1)
    is_new = queries.find_received(address, letter.name) is None
    if is_new and queries.count_received(address.user, since, was_posted=False) < MOST_REFUSALS_A_DAY:
        _tell(letter, "refused", reason=refusal.message)
    actions.note_refused_mail(SYSTEM, address_id, letter.name)
    return "refused"


def _tell(letter: Letter, outcome: str, post: Post | None = None, reason: Any = "") -> None:
    """One mail to the person of the address: what became of theirs, why, and their own words back."""
    address = queries.find_reply_address(letter.token or "")
    if address is None or not address.user.is_confirmed:
        return
    title, url = _place(address, post)
    # What somebody else wrote is not carried to them: nobody sends words through us.
    is_own = is_same_mailbox(letter.sender, address.user.email)
    mail.send(
        address.user.email,
        "discussions/mail/by_mail.md",
        locale=address.user.locale or get_site().locale,
        key=f"by-mail:{address.id}:{letter.name}:{outcome}",
        because=mail.Because(_("You get this because a mail to your own address for answers came in.")),
        outcome=outcome,
        reason=reason,
        title=title,
        lines=letter.words.splitlines() if is_own else [],
        url=url,
    )


def _place(address: ReplyAddress, post: Post | None) -> tuple[str, str]:
    """The thread's title and where to go on; neither where its person may not read there any more."""
    thread_id = post.thread_id if post is not None else queries.place_to_answer(address)[0].id
    try:
        thread = queries.get_thread(address.user, thread_id)
    except NotFound:
        return "", url_for("notifications.inbox", _external=True)
    if post is not None and post.seq is not None:
        return thread.title, post_url(thread, post.id, post.seq, _external=True)
    return thread.title, thread_url(thread, _external=True)
