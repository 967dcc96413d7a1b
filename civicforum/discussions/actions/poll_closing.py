"""The close of a poll, and what comes of it."""

from datetime import date, timedelta

from flask_babel import gettext as _

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Actor
from civicforum.agreement.queries import find_cause
from civicforum.db import db, now, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.asking import lock_poll, show_poll
from civicforum.discussions.actions.limits import check_own_limit
from civicforum.discussions.asking import prepare_outcome
from civicforum.discussions.models import Poll
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.notifications.actions import notify


@transactional
def close_poll(actor: Actor, poll_id: int) -> Poll:
    """Take no more votes and show the counts, before its time; its author is asked for an outcome.

    Closing twice changes nothing. Raises Conflict for a poll that nobody can see yet.
    """
    poll = lock_poll(actor, poll_id)
    require(
        policies.can_close_poll(actor, poll.post),
        _("Only its author and this project’s organizers close a poll."),
    )
    if poll.is_closed():
        return poll
    if not poll.post.is_visible:
        raise Conflict(_("This comment is not shown (any more)."))
    poll.closed_at = now()
    _end(poll, actor.id)
    return poll


@transactional
def end_poll(actor: Actor, poll_id: int) -> None:
    """Close a poll whose time is over; the house does it. One that was closed early, or moved, is left."""
    require(actor is SYSTEM)
    try:
        poll = lock_poll(actor, poll_id)
    except NotFound:
        return
    if poll.closed_at is None and poll.is_closed():
        poll.closed_at = poll.closes_at
        _end(poll)


def _end(poll: Poll, by: int | None = None) -> None:
    """Show it closed, and ask the author what happens next; those who voted are not told of a close."""
    for clock in ("end", "remind"):
        jobs.withdraw(f"poll:{poll.id}:{clock}")
    if poll.post.is_visible:
        notify([poll.post.author_id], "poll_closed", "poll", poll.id, actor_id=by)
    show_poll(poll)


@transactional
def remind_of_poll(actor: Actor, poll_id: int) -> None:
    """A day before the close: tell those who speak in the thread and have not voted, and nobody else."""
    require(actor is SYSTEM)
    poll = db.session.get(Poll, poll_id)
    if poll is None or poll.is_closed() or not poll.post.is_visible or not poll.post.thread.is_open:
        return
    notify(queries.list_undecided(poll), "poll_closing", "poll", poll.id, actor_id=poll.post.author_id)


@transactional
def write_outcome(actor: Actor, poll_id: int, words: str, review_on: date | None = None) -> Poll:
    """Say what happens next after a poll, and perhaps when to look at it again. It stands at the poll.

    Those who voted are told. Raises Conflict while the poll runs, Invalid for words that will not do.
    """
    outcome = prepare_outcome(words)
    poll = lock_poll(actor, poll_id)
    require(
        policies.can_write_outcome(actor, poll.post),
        _("Only its author and this project’s organizers say what comes of a poll."),
    )
    if not poll.is_closed() or not poll.post.is_visible:
        raise Conflict(_("The poll still runs, or is not shown. Close it first, then say what happens next."))
    check_own_limit(actor, poll.post.thread)
    _check_outcome(actor, outcome, review_on)
    if (poll.outcome, poll.review_on) == (outcome, review_on):
        return poll
    poll.outcome, poll.outcome_at, poll.review_on = outcome, now(), review_on
    _set_review(poll, actor)
    notify(queries.list_voters(poll.id), "poll_outcome", "poll", poll.id, actor_id=actor.id)
    show_poll(poll)
    return poll


def _check_outcome(actor: Actor, outcome: str, review_on: date | None) -> None:
    if find_cause(actor, outcome):
        raise Invalid(
            errors={"words": [_("A word on our list is in it. Say it as a comment: a moderator reads that.")]}
        )
    today = now().date()
    if review_on is not None and not today < review_on <= today + timedelta(days=731):
        raise Invalid(errors={"review_on": [_("Choose a day after today, within two years.")]})


def _set_review(poll: Poll, actor: Actor) -> None:
    key = f"poll:{poll.id}:review"
    if poll.review_on is None:
        jobs.withdraw(key)
        return
    at = now().replace(hour=12, minute=0, second=0, microsecond=0)
    run_at = at + timedelta(days=(poll.review_on - at.date()).days)
    jobs.enqueue(
        "discussions.review_poll", run_at=run_at, unique_key=key, poll_id=poll.id, person_id=actor.id
    )


@transactional
def review_poll(actor: Actor, poll_id: int, person_id: int | None) -> None:
    """On the day that was set: remind whoever asked, and whoever wrote the outcome, to look at it again."""
    require(actor is SYSTEM)
    poll = db.session.get(Poll, poll_id)
    if poll is None or not poll.post.is_visible or poll.review_on is None or poll.review_on > now().date():
        return
    notify([poll.post.author_id, person_id], "poll_review", "poll", poll.id)
