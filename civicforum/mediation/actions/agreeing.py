"""Putting an agreement into words, agreeing to it, and looking back some weeks later."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Actor
from civicforum.db import db, now, transactional
from civicforum.discussions.words import Words, prepare_words
from civicforum.errors import Conflict, Invalid, require
from civicforum.mediation import policies, queries
from civicforum.mediation.actions.entering import enter, enter_room, others, show, tell
from civicforum.mediation.models import (
    FOLLOW_UP_DAYS,
    FOLLOW_UPS,
    MAX_AGREEMENT_CHARACTERS,
    Mediation,
)
from civicforum.moderation import actions as moderation
from civicforum.moderation import agreements
from civicforum.moderation.actions import Deed
from civicforum.moderation.queries import find_case_about


@dataclass(frozen=True)
class Draft:
    """An agreement in words; ``based_on`` is the version that its writer saw."""

    words: str | Words
    follow_up_days: int
    lifts: bool = False
    based_on: int = 0


@transactional
def write_agreement(actor: Actor, mediation_id: int, draft: Draft) -> Mediation:
    """Put an agreement into words, or into better ones: whatever anybody agreed to before counts no more.

    A side who writes has agreed to it. Locks the mediation. Raises NotFound for everybody else, Conflict
    when it is over or somebody else wrote meanwhile, Invalid for words that will not do.
    """
    mediation, part = enter_room(actor, mediation_id)
    words = _check(draft)
    if draft.based_on != mediation.agreement_version:
        raise Conflict(_("Somebody changed the words meanwhile. Look at them first; yours were not kept."))
    mediation.agreement, mediation.agreement_html = words.body, words.html
    mediation.agreement_version += 1
    mediation.follow_up_days, mediation.lifts = draft.follow_up_days, draft.lifts
    for person in mediation.participants:
        person.agreed_version = None
    if part.role == "side":
        part.agreed_version = mediation.agreement_version
    show(mediation)
    tell(mediation, "mediation_text", others(mediation, part))
    return mediation


def _check(draft: Draft) -> Words:
    words = prepare_words(draft.words)
    if len(words.body) > MAX_AGREEMENT_CHARACTERS:
        most = _("This is too long: at most %(max)d characters.", max=MAX_AGREEMENT_CHARACTERS)
        raise Invalid(errors={"body": [most]})
    if draft.follow_up_days not in FOLLOW_UP_DAYS:
        raise Invalid(errors={"follow_up_days": [_("Choose when you want to look back.")]})
    return words


@transactional
def agree(actor: Actor, mediation_id: int, version: int) -> Mediation:
    """Agree to the words of this version. With the second side's yes it is an agreement.

    Locks the mediation. Raises NotFound for everybody else, NotAllowed for the mediator, Conflict when it is
    over or the words are others by now.
    """
    mediation, part = enter_room(actor, mediation_id)
    _require_side(actor, mediation)
    if not version or version != mediation.agreement_version:
        raise Conflict(_("The words have changed meanwhile. Look at them first."))
    part.agreed_version = version
    if all(side.agreed_version == version for side in mediation.sides):
        _conclude(mediation)
    show(mediation)
    tell(mediation, "mediation_text", others(mediation, part))
    return mediation


def _require_side(actor: Actor, mediation: Mediation) -> None:
    require(policies.can_settle(actor, mediation), _("The agreement is that of the two sides."))


def _conclude(mediation: Mediation) -> None:
    mediation.state = mediation.outcome = "agreement"
    mediation.due_at = now() + timedelta(days=mediation.follow_up_days or 0)
    if mediation.lifts:
        # In a transaction of its own: it holds the comment and the case, which come before a mediation.
        jobs.enqueue("mediation.lift_limits", mediation_id=mediation.id)


@transactional
def keep_agreement(actor: Actor, mediation_id: int, keeps: bool) -> Mediation:
    """Want the words of the agreement kept when the room is emptied, or not: they stay if all three do.

    Locks the mediation. Raises NotFound for everybody else, Conflict where there is no agreement to keep.
    """
    mediation, part = enter(actor, mediation_id)
    if mediation.outcome != "agreement" or mediation.purged_at is not None:
        raise Conflict(_("There is no agreement to keep."))
    part.keeps_text = keeps
    show(mediation)
    return mediation


@transactional
def answer_follow_up(actor: Actor, mediation_id: int, answer: str) -> Mediation:
    """Say how it went: well, partly or badly. With the second answer all is ended.

    Locks the mediation. Raises NotFound for everybody else, NotAllowed for the mediator, Conflict when nobody
    asks (any more), Invalid for another answer.
    """
    mediation, part = enter(actor, mediation_id)
    _require_side(actor, mediation)
    if mediation.state != "follow_up":
        raise Conflict(_("Nobody asks about this just now."))
    if answer not in FOLLOW_UPS:
        raise Invalid(errors={"answer": [_("Choose one of the answers.")]})
    part.follow_up = answer
    if all(side.follow_up for side in mediation.sides):
        mediation.state, mediation.due_at, mediation.ended_at = "ended", None, now()
    show(mediation)
    return mediation


@transactional
def lift_limits(actor: Actor, mediation_id: int) -> None:
    """Lift the limit of the case, as both sides wanted: every room that registered for it does its part.

    Locks what those lock, and never the mediation.
    """
    require(policies.can_tend(actor))
    mediation = db.session.get(Mediation, mediation_id)
    if mediation is None or mediation.post_id is None or not mediation.lifts:
        return
    people = tuple(side.user_id for side in mediation.sides)
    agreements.lift_all(agreements.Agreed(mediation.post_id, people))


def restore_mended(agreed: agreements.Agreed) -> None:
    """Show the hidden comment again whose mended words both sides agreed on; inside a running action.

    Only where nobody flagged it but who sat at the table: otherwise two friends would spare themselves the
    moderator, who looks at it as at every mended comment.
    """
    case = find_case_about("post", agreed.post_id)
    if case is None or case.state != "second_look" or case.target_author_id not in agreed.people:
        return
    if queries.is_barred(agreed.post_id) or not queries.are_all_at_the_table(agreed.post_id, agreed.people):
        return
    why = _("Those it was about agreed on the mended words, with a mediator.")
    moderation.decide_case(SYSTEM, case.id, Deed("restore", None, why), case.version)
