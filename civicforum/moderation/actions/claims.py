"""Who looks at what, and what moderators note for each other. Each locks the case or the hold alone."""

from flask_babel import gettext as _
from sqlalchemy import delete

from civicforum.accounts.models import Actor, User
from civicforum.agreement.models import Hold
from civicforum.db import db, lock, now, transactional
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.moderation import policies, queries
from civicforum.moderation.actions.ties import check_ties, check_ties_to
from civicforum.moderation.models import CLAIM_LASTS, MAX_INTERNAL_NOTE, Case, QueueClaim, QueueNote
from civicforum.moderation.telling import queue_changed
from civicforum.partnerships.models import Project
from civicforum.web.filters import clock

MODELS: dict[str, type[Case] | type[Hold]] = {"case": Case, "hold": Hold}


@transactional
def claim_item(actor: Actor, kind: str, item_id: int, takes_over: bool = False) -> QueueClaim:
    """Say for half an hour that one looks at this ``case`` or ``hold``; saying it again begins anew.

    It keeps nobody from acting. Conflict where it is decided, or where somebody else looks at it and
    ``takes_over`` is not said; NotFound and NotAllowed as for acting in it. Locks the row.
    """
    item = _lock_item(actor, kind, item_id)
    if not isinstance(actor, User):
        raise NotAllowed
    if not _waits(item):
        raise Conflict(_("This is decided already, so there is nothing to look at."))
    at, claim = now(), queries.find_claim(item) or QueueClaim(**_of(item))
    holder = claim.user if claim.id and claim.ends_at > at and claim.user_id != actor.id else None
    if holder is not None and not takes_over:
        since = clock(claim.created_at)
        raise Conflict(_("%(name)s has been looking at it since %(time)s.", name=holder.name, time=since))
    if claim.user_id != actor.id or claim.ends_at <= at:
        claim.created_at, claim.taken_from_id = at, holder and holder.id
    claim.user_id, claim.ends_at = actor.id, at + CLAIM_LASTS
    db.session.add(claim)
    db.session.flush()
    queue_changed()
    return claim


@transactional
def release_item(actor: Actor, kind: str, item_id: int) -> None:
    """Say that one no longer looks at it; doing it twice changes nothing. Locks the row; raises as above."""
    item = _lock_item(actor, kind, item_id)
    claim = queries.find_claim(item)
    if claim is not None and claim.user_id == actor.id:
        db.session.delete(claim)
        db.session.flush()
        queue_changed()


@transactional
def add_note(actor: Actor, kind: str, item_id: int, text: str) -> QueueNote:
    """Note something for the other moderators. Invalid without words or where there are many notes.

    Locks the row; NotFound and NotAllowed as for acting in it.
    """
    item = _lock_item(actor, kind, item_id)
    words = text.strip()
    if not 0 < len(words) <= MAX_INTERNAL_NOTE:
        most = _("Write a few words, at most %(most)d characters.", most=MAX_INTERNAL_NOTE)
        raise Invalid(errors={"text": [most]})
    if queries.count_notes(item) >= queries.MOST_NOTES:
        raise Invalid(errors={"text": [_("There are many notes already. Decide, or talk to each other.")]})
    note = QueueNote(**_of(item), author_id=actor.id, text=words)
    db.session.add(note)
    db.session.flush()
    queue_changed()
    return note


def forget_claim(item: Case | Hold) -> None:
    """Nobody looks at what was decided; inside the deed that decided it."""
    column = QueueClaim.case_id if isinstance(item, Case) else QueueClaim.hold_id
    db.session.execute(delete(QueueClaim).where(column == item.id))


def _lock_item(actor: Actor, kind: str, item_id: int) -> Case | Hold:
    """The row, held, for a moderator of its place without a part in it."""
    if kind not in MODELS:
        raise NotFound
    item = lock(MODELS[kind], item_id)
    if isinstance(item, Case):
        if not policies.can_work_on(actor, item, queries.project_of(item)):
            raise NotFound
        check_ties(actor, item)
        return item
    project = db.session.get(Project, item.project_id) if item.project_id else None
    if item.kind != "post" or not policies.can_work_in(actor, project):
        raise NotFound
    check_ties_to(actor, item.object_id)
    return item


def _waits(item: Case | Hold) -> bool:
    return item.waits if isinstance(item, Case) else item.decided_at is None


def _of(item: Case | Hold) -> dict[str, int]:
    return {"case_id": item.id} if isinstance(item, Case) else {"hold_id": item.id}
