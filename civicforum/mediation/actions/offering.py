"""Offering mediation, and saying yes or no to it. No reason is asked, and no words travel with the offer.

Locks are taken in the order of the house: the thread of the comment first, the mediation last.
"""

from datetime import timedelta

from flask_babel import gettext as _

from civicforum.accounts.models import Actor, User
from civicforum.db import db, lock, now, transactional
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.queries import find_pseudonym, get_post
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.live.changes import open_channel
from civicforum.mediation import policies, queries
from civicforum.mediation.actions.entering import enter, others, show, tell
from civicforum.mediation.models import DAYS, OFFER_DAYS, USUAL_DAYS, Mediation, Participant
from civicforum.moderation.log import record_line
from civicforum.moderation.models import Flag

# --- offering ---


@transactional
def ask_for_mediation(actor: Actor, post_id: int, days: int = USUAL_DAYS) -> Mediation:
    """Ask whoever wrote this comment to talk with a mediator. The actor has said yes by asking.

    Where a rule against threats or hate was cited, or no mediator is free of either side, it looks the same
    and nobody is asked: otherwise one could find out who flagged, or who somebody is. Locks the thread.
    Raises NotAllowed about one's own words, Conflict where nobody mediates or the two were asked lately.
    """
    post = _lock_post(actor, post_id)
    require(policies.can_ask(actor, post), _("You can ask about a comment that somebody else wrote."))
    assert isinstance(actor, User)
    _check_days(days)
    author_id = _author_of(post)
    if queries.were_asked_lately(actor.id, author_id, known_to=actor.id):
        raise Conflict(
            _("The two of you were offered mediation lately. It can be offered again after a while.")
        )
    asker = _as_they_speak(actor, post)
    asker.state = "accepted"
    mediation = _offer(post, [asker, _side(author_id, post.pseudonym_id)], days)
    _invite(mediation)
    return mediation


@transactional
def propose_mediation(actor: Actor, post_id: int, other: str, days: int = USUAL_DAYS) -> None:
    """A moderator proposes mediation between a comment's author and ``other``: ``post:7`` (its author) or
    ``flag:3`` (its sender, who is asked alone at first: saying yes tells the author who flagged).

    Nothing comes back, and nothing is offered where the two have lately been asked, or are one person: a
    moderator never learns what became of it, nor who is who. Locks the thread. Raises NotFound for who does
    not moderate here, Conflict where a rule bars it or nobody mediates, Invalid where nobody is ``other``.
    """
    post = _lock_post(actor, post_id)
    if not policies.can_propose(actor, post):
        raise NotFound
    _check_days(days)
    if queries.is_barred(post.id):
        raise Conflict(_("Mediation is never offered about threats, hate or somebody's safety."))
    author_id = _author_of(post)
    second = _read_other(actor, post, other)
    if second.user_id == author_id or queries.were_asked_lately(author_id, second.user_id):
        return
    mediation = _offer(post, [_side(author_id, post.pseudonym_id), second], days)
    if other.startswith("flag:"):
        _invite_alone(mediation, second)
    else:
        _invite(mediation)


def _lock_post(actor: Actor, post_id: int) -> Post:
    """The comment, with its thread held, so that a button pressed twice asks once."""
    post = get_post(actor, post_id)
    lock(Thread, post.thread_id)
    return post


def _check_days(days: int) -> None:
    if days not in DAYS:
        raise Invalid(errors={"days": [_("Choose how many days the conversation may take.")]})


def _author_of(post: Post) -> int:
    if post.author_id is None:
        raise Conflict(_("Whoever wrote this has left. Nobody can be asked."))
    if not queries.has_mediators():
        raise Conflict(_("Nobody mediates here yet. An organizer can find a partner who does."))
    return post.author_id


def _read_other(actor: Actor, post: Post, other: str) -> Participant:
    kind, _colon, number = other.partition(":")
    key = int(number) if number.isascii() and number.isdigit() and len(number) < 10 else 0
    found = {"post": _author_in, "flag": _sender_of}[kind](post, key) if kind in ("post", "flag") else None
    if found is None or found.user_id == actor.id:
        raise Invalid(errors={"other": [_("Choose who the other side is.")]})
    return found


def _author_in(post: Post, post_id: int) -> Participant | None:
    """Whoever spoke in the same thread, under the name in which they did."""
    other = db.session.get(Post, post_id)
    if other is None or other.thread_id != post.thread_id or not other.is_visible or other.author_id is None:
        return None
    return _side(other.author_id, other.pseudonym_id)


def _sender_of(post: Post, flag_id: int) -> Participant | None:
    flag = db.session.get(Flag, flag_id)
    if flag is None or flag.post_id != post.id or flag.state == "withdrawn":
        return None
    return _as_they_speak(flag.user, post)


def _as_they_speak(user: User, post: Post) -> Participant:
    """Under the name by which this person speaks in the project of the comment."""
    pseudonym = find_pseudonym(user, post.thread.project)
    return _side(user.id, pseudonym.id if pseudonym else None)


def _side(user_id: int, pseudonym_id: int | None) -> Participant:
    return Participant(user_id=user_id, pseudonym_id=pseudonym_id, role="side", state="waiting")


def _offer(post: Post, sides: list[Participant], days: int) -> Mediation:
    due_at = now() + timedelta(days=OFFER_DAYS)
    mediation = Mediation(post_id=post.id, days=days, due_at=due_at, state="offered", participants=sides)
    db.session.add(mediation)
    db.session.flush()
    return mediation


def _invite_alone(mediation: Mediation, part: Participant) -> None:
    part.state = "invited"
    tell(mediation, "mediation_offer", [part])


def _invite(mediation: Mediation) -> None:
    """Ask the sides who were not asked yet, and a mediator; nobody, where it may not be."""
    waiting = [side for side in mediation.sides if side.state == "waiting"]
    if queries.is_barred(mediation.post_id) or queries.are_asked_enough(waiting):
        return
    if _add_mediator(mediation):
        for part in (*waiting, mediation.participants[-1]):
            _invite_alone(mediation, part)


def _add_mediator(mediation: Mediation) -> bool:
    """Ask the next mediator who may sit with these two; whether there was one."""
    asked = [part.user_id for part in mediation.participants if part.role == "mediator"]
    project = mediation.post.thread.project if mediation.post else None
    user = queries.find_mediator(project, [side.user for side in mediation.sides], asked)
    if user is not None:
        part = Participant(user_id=user.id, role="mediator", state="waiting")
        mediation.participants.append(part)
        db.session.flush()
    return user is not None


# --- yes and no ---


@transactional
def accept_offer(actor: Actor, mediation_id: int) -> Mediation:
    """Say yes. With the last yes the room opens. Saying it twice changes nothing.

    Locks the mediation, so that of two who say it at once the second opens the room. Raises NotFound for who
    was not asked, Conflict for an offer that is over, NotAllowed for a mediator who stands with a side now.
    """
    mediation, part = enter(actor, mediation_id)
    _check_offered(mediation)
    _check_free(mediation, part)
    if part.state == "accepted":
        return mediation
    part.state = "accepted"
    if any(person.state == "waiting" for person in mediation.participants):
        _invite(mediation)
    elif len(mediation.present) == 3 and not queries.is_barred(mediation.post_id):
        _begin(mediation, part)
    return mediation


def _check_offered(mediation: Mediation) -> None:
    if mediation.state != "offered" or mediation.is_due(now()):
        raise Conflict(_("This offer is over. Nothing follows from it for anybody."))


def _check_free(mediation: Mediation, part: Participant) -> None:
    if part.role == "mediator":
        project = mediation.post.thread.project if mediation.post else None
        sides = [side.user for side in mediation.sides]
        require(
            policies.can_mediate(part.user, project, sides),
            _("You stand too close to one of the two. Say no, and somebody else is asked."),
        )


def _begin(mediation: Mediation, last: Participant) -> None:
    mediation.state = "in_session"
    mediation.due_at = now() + timedelta(days=mediation.days)
    open_channel(mediation.channel)
    # The fact and the date, and nothing by which the two could be found.
    record_line(action="mediation", target="", place="", rule="", actor_role="mediator", case_id=None)
    tell(mediation, "mediation_begun", others(mediation, last))


@transactional
def decline_offer(actor: Actor, mediation_id: int) -> None:
    """Say no, or take one's yes back before the room opens. Nobody is told, now or later.

    For the others it goes on waiting until its last day, as if nobody had answered. Where a mediator says
    no, the next one is asked. Locks the mediation. Raises NotFound for who was not asked, Conflict once it
    is over.
    """
    mediation, part = enter(actor, mediation_id)
    _check_offered(mediation)
    part.state = "gone"
    if part.role == "mediator" and _add_mediator(mediation):
        _invite_alone(mediation, mediation.participants[-1])


@transactional
def leave(actor: Actor, mediation_id: int) -> None:
    """Leave at any moment, without a reason: an offer is declined, a conversation is over for all three, and
    nobody is asked anything later. Leaving what has ended changes nothing.

    Locks the mediation. Raises NotFound for who has no part in it.
    """
    mediation, part = enter(actor, mediation_id)
    if mediation.state == "offered":
        decline_offer(actor, mediation_id)
    elif mediation.state != "ended":
        mediation.outcome = mediation.outcome or "no_agreement"
        mediation.state, mediation.due_at, mediation.ended_at = "ended", None, now()
        show(mediation)
        tell(mediation, "mediation_over", others(mediation, part))
