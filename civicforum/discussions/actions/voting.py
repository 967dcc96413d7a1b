"""Voting in a poll: each person once, and until the close again."""

from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import delete

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.db import db, lock, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.asking import lock_poll, show_poll
from civicforum.discussions.actions.posts import post_reply
from civicforum.discussions.asking import check_choices
from civicforum.discussions.models import Ballot, BallotChoice, Poll, Post
from civicforum.discussions.words import Words
from civicforum.errors import Conflict, require


@transactional
def cast_vote(actor: Actor, poll_id: int, choices: Mapping[int, int]) -> Poll:
    """Vote: a value for each option chosen, 1 or a score. Until the close it can be changed; the last counts.

    Locks the post alone, so that a hall that votes does not stop the thread. Raises NotAllowed for who may
    not speak there, Conflict after the close, Invalid for what is no vote in this poll.
    """
    poll = lock_poll(actor, poll_id)
    require(policies.can_vote(actor, poll.post), _cannot_vote(actor))
    _check_taking_votes(poll)
    check_choices(poll, choices)
    if queries.own_votes(actor, [poll.id]).get(poll.id) != dict(choices):
        _write_ballot(poll, actor, choices)
        show_poll(poll)
    return poll


def _cannot_vote(actor: Actor) -> str | None:
    if not actor.is_authenticated:
        return None
    return _("Your account cannot vote here just now, or the project is over.")


def _check_taking_votes(poll: Poll) -> None:
    if poll.is_closed():
        raise Conflict(_("This poll is closed, so no vote is taken or changed any more."))
    if not poll.post.is_visible:
        raise Conflict(_("This comment is not shown (any more)."))
    if not poll.post.thread.is_open:
        raise Conflict(_("This thread is closed, so its polls take no votes."))


def _write_ballot(poll: Poll, actor: Actor, choices: Mapping[int, int]) -> None:
    ballot = queries.find_ballot(poll.id, actor.id)
    if ballot is None:
        ballot = Ballot(poll_id=poll.id, user_id=actor.id)
        db.session.add(ballot)
        db.session.flush()
    db.session.execute(delete(BallotChoice).where(BallotChoice.ballot_id == ballot.id))
    db.session.add_all(
        BallotChoice(ballot_id=ballot.id, option_id=option_id, value=value)
        for option_id, value in choices.items()
    )
    db.session.flush()


@transactional
def vote_and_say(actor: Actor, poll_id: int, choices: Mapping[int, int], why: str | Words) -> Post:
    """Vote, and say why: the words are one's own comment, with one's name, like any other.

    The thread is locked before the post, as everywhere. Raises what ``post_reply`` and ``cast_vote`` raise.
    """
    poll = queries.get_poll(actor, poll_id)
    reply = post_reply(actor, poll.post.thread_id, why, poll.post_id)
    cast_vote(actor, poll_id, choices)
    return reply


@transactional
def take_back_vote(actor: Actor, poll_id: int) -> Poll:
    """Take one's vote out of a poll that still runs; taking back what was not given changes nothing."""
    poll = lock_poll(actor, poll_id)
    require(policies.can_take_back_vote(actor, poll.post))
    ballot = queries.find_ballot(poll.id, actor.id)
    if ballot is None:
        return poll
    if poll.is_closed():
        raise Conflict(_("This poll is closed, so no vote is taken or changed any more."))
    db.session.delete(ballot)
    show_poll(poll)
    return poll


@transactional
def forget_votes(actor: Actor, user_id: int) -> None:
    """Somebody is erased: out of polls that run their votes go, in closed ones the numbers stay, nobody's."""
    require(actor is SYSTEM)
    for _ballot, poll in queries.ballots_of(user_id):
        lock(Post, poll.post_id)
    for ballot, poll in queries.ballots_of(user_id):
        if poll.is_closed():
            ballot.user_id = None
        else:
            db.session.delete(ballot)
            show_poll(poll)
    db.session.flush()
