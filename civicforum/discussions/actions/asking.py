"""Asking with a post: a poll is put into it, and stays as it is once somebody voted."""

from datetime import timedelta

from flask_babel import gettext as _

from civicforum import jobs
from civicforum.accounts.models import Actor
from civicforum.agreement.marks import mark_listed
from civicforum.db import db, lock, now, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.gates import find_reason_to_wait
from civicforum.discussions.actions.limits import check_limits
from civicforum.discussions.actions.publishing import check_revision, hold, lock_post
from civicforum.discussions.asking import Asked, with_poll
from civicforum.discussions.models import Poll, PollOption, Post
from civicforum.errors import Conflict, NotFound, require
from civicforum.live.changes import touch

REMINDED_BEFORE = timedelta(hours=24)


def add_poll(post: Post, asked: Asked) -> Poll:
    """Put a poll into a post, in the transaction that is running; the post is locked, or new."""
    poll = Poll(post=post)
    db.session.add(poll)
    _ask(poll, asked)
    return poll


def _ask(poll: Poll, asked: Asked) -> None:
    poll.kind, poll.question = asked.kind, asked.question
    poll.results, poll.closes_at = asked.results, asked.closes_at
    # The old options go first: a place can be taken once.
    poll.options.clear()
    db.session.flush()
    poll.options.extend(PollOption(position=place, text=text) for place, text in enumerate(asked.options))
    db.session.flush()
    _set_clocks(poll)


def _set_clocks(poll: Poll) -> None:
    """Close it by itself, and remind those who have not voted a day before."""
    jobs.enqueue(
        "discussions.end_poll", run_at=poll.closes_at, unique_key=f"poll:{poll.id}:end", poll_id=poll.id
    )
    remind_at = poll.closes_at - REMINDED_BEFORE
    if remind_at > now():
        jobs.enqueue(
            "discussions.remind_of_poll",
            run_at=remind_at,
            unique_key=f"poll:{poll.id}:remind",
            poll_id=poll.id,
        )
    else:
        jobs.withdraw(f"poll:{poll.id}:remind")


@transactional
def set_poll(actor: Actor, post_id: int, asked: Asked, revision: int | None = None) -> Poll:
    """Ask with one's own post, or ask otherwise: within its day, and while nobody has voted.

    Locks the thread and the post. Raises Conflict where it is too late, or the post is not at ``revision``
    any more. Words that wait for a moderator hold the post.
    """
    post = lock_post(actor, post_id)
    require(policies.can_set_poll(actor, post), _("Only the author of a comment can ask with it."))
    check_revision(post, revision)
    check_limits(actor, post.thread)
    poll = queries.find_poll(post.id)
    _check_settable(post, poll)
    if poll is None:
        poll = add_poll(post, asked)
    else:
        _ask(poll, asked)
    post.revision += 1
    read = with_poll(post.body, asked)
    cause = find_reason_to_wait(actor, post, read, post.html)
    if cause:
        hold(actor, post, cause)
    else:
        show_poll(poll)
        mark_listed("post", post.id, read)
    db.session.flush()
    return poll


def _check_settable(post: Post, poll: Poll | None) -> None:
    if post.state not in ("visible", "pending"):
        raise Conflict(_("This comment was taken down, so there is nothing to change any more."))
    if not post.is_in_edit_window():
        raise Conflict(_("A poll can be set for a day after the comment. Ask with a new comment."))
    if poll is None:
        return
    if poll.is_closed():
        raise Conflict(_("This poll is closed. Ask again with a new comment."))
    if queries.count_voters([poll.id])[poll.id]:
        raise Conflict(_("Somebody has voted, so the question stays as it is. You can close the poll early."))


def lock_poll(actor: Actor, poll_id: int) -> Poll:
    """The poll, held by its post; NotFound for who may not read it."""
    found = db.session.get(Poll, poll_id)
    if found is None:
        raise NotFound
    post = lock(Post, found.post_id)
    poll = lock(Poll, poll_id)
    if not policies.can_see_poll(actor, post):
        raise NotFound
    return poll


def show_poll(poll: Poll) -> None:
    """Let watchers of the thread see the poll as it is now; what has no place yet shows nothing."""
    if poll.post.seq is not None:
        touch(poll.post.thread.channel, "post", poll.post_id)
