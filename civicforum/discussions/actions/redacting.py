"""Blacking out somebody's personal facts: in the comment, its history, and where it was quoted. For good."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import or_, select

from civicforum.accounts.models import Actor
from civicforum.db import db, now, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.linking import note_links
from civicforum.discussions.actions.publishing import keep_version, lock_post, show_state, show_thread
from civicforum.discussions.models import Draft, Poll, Post, PostVersion, Thread, ThreadChange
from civicforum.discussions.redaction import blacken, blacken_quotes, holds
from civicforum.errors import Invalid, require
from civicforum.text import render_markdown, slugify


@transactional
def redact_post(actor: Actor, post_id: int, passages: Sequence[str]) -> Post:
    """Black out these passages, word for word, in a comment: its words, every earlier version, its pictures'
    descriptions and poll, the title if it began the thread, and the quotes of it in this thread.

    Nothing of them is kept. The history says that a moderator did it. Locks the thread and the post; Invalid
    where a passage is nowhere in it.
    """
    post = lock_post(actor, post_id)
    require(policies.can_moderate_post(actor, post), _("Only a moderator of this project can do this."))
    wanted = tuple(passage.strip("\n") for passage in passages)
    _check_there(post, wanted)
    _redact_words(actor, post, blacken(post.body, wanted))
    _redact_around(post, wanted)
    for other in _quoting(post, wanted):
        _redact_words(actor, other, blacken_quotes(other.body, wanted))
        _redact_versions(other, wanted, of_quotes=True)
    _redact_drafts(post, wanted)
    db.session.flush()
    return post


def _check_there(post: Post, passages: Sequence[str]) -> None:
    said = [post.body, queries.files_in_words(post), post.thread.title if post.seq == 1 else ""]
    said += [version.body for version in _versions(post)]
    poll = queries.find_poll(post.id)
    said += [poll.question, poll.outcome or "", *(option.text for option in poll.options)] if poll else []
    for passage in passages:
        if not any(passage in text for text in said):
            words = _("“%(passage)s” does not stand in this comment. Copy it word for word.", passage=passage)
            raise Invalid(errors={"passages": [words]})


def _redact_words(actor: Actor, post: Post, body: str) -> None:
    post.body = body
    # Drawn under the lock, unlike what people write: nothing must show the old words a moment longer.
    post.html = render_markdown(body)
    # The history has a line for it, in which the words are gone already.
    keep_version(actor, post, is_public=post.is_visible)
    post.revision += 1
    post.redacted_at = now()
    db.session.flush()
    if post.is_visible:
        note_links(post)
    show_state(post)


def _redact_around(post: Post, passages: Sequence[str]) -> None:
    """Everything that is told together with the comment."""
    _redact_versions(post, passages)
    for row in queries.files_of(post):
        row.alt_text = blacken(row.alt_text, passages)
    poll = queries.find_poll(post.id)
    if poll is not None:
        _redact_poll(poll, passages)
    if post.seq == 1 and holds(post.thread.title, passages):
        _redact_title(post.thread, passages)


def _redact_versions(post: Post, passages: Sequence[str], of_quotes: bool = False) -> None:
    change = blacken_quotes if of_quotes else blacken
    for version in _versions(post):
        version.body = change(version.body, passages)
        version.files = version.files and blacken(version.files, passages)


def _versions(post: Post) -> Sequence[PostVersion]:
    return db.session.scalars(select(PostVersion).where(PostVersion.post_id == post.id)).all()


def _redact_poll(poll: Poll, passages: Sequence[str]) -> None:
    poll.question = blacken(poll.question, passages)
    poll.outcome = poll.outcome and blacken(poll.outcome, passages)
    for option in poll.options:
        option.text = blacken(option.text, passages)


def _redact_title(thread: Thread, passages: Sequence[str]) -> None:
    """The address changes, too: it is made of the title. Old ones lead on, by the number in them."""
    thread.title = blacken(thread.title, passages)
    thread.slug = slugify(thread.title)
    for change in db.session.scalars(select(ThreadChange).where(ThreadChange.thread_id == thread.id)):
        change.before = change.before and blacken(change.before, passages)
    show_thread(thread)


def _quoting(post: Post, passages: Sequence[str]) -> Sequence[Post]:
    """Other comments of the thread that hold one of these passages in a quote."""
    lines = [line for passage in passages for line in passage.splitlines() if line.strip()]
    found = db.session.scalars(
        select(Post)
        .where(
            Post.thread_id == post.thread_id,
            Post.id != post.id,
            Post.body.contains(">"),
            or_(*(Post.body.contains(line, autoescape=True) for line in lines)),
        )
        .order_by(Post.id)
    ).all()
    return [other for other in found if blacken_quotes(other.body, passages) != other.body]


def _redact_drafts(post: Post, passages: Sequence[str]) -> None:
    """What somebody has begun to write as an answer may quote it."""
    for draft in db.session.scalars(select(Draft).where(Draft.place == post.thread.channel)):
        change = blacken if draft.user_id == post.author_id else blacken_quotes
        draft.body = change(draft.body, passages)
