"""What happens by the clock: offers lapse, time runs out, people are asked how it went, rooms are emptied."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import delete

from civicforum.accounts.models import Actor
from civicforum.db import after_commit, db, find_locked, now, transactional
from civicforum.errors import require
from civicforum.live.changes import forget_channel, shrink_audience, touch
from civicforum.live.doorbell import ring_people
from civicforum.mediation import policies, queries
from civicforum.mediation.actions.entering import show, tell
from civicforum.mediation.models import (
    FOLLOW_UP_OPEN_DAYS,
    FOLLOW_UP_WITHOUT_AGREEMENT_DAYS,
    REST_DAYS,
    Mediation,
    Message,
)
from civicforum.notifications.models import Notification


@transactional
def tend_mediation(actor: Actor, mediation_id: int, keep_days: int) -> None:
    """Do the next thing whose time has come with an offer or a room; nothing where none has.

    ``keep_days`` after the end what was said is deleted. Locks the mediation.
    """
    require(policies.can_tend(actor))
    mediation = find_locked(Mediation, mediation_id)
    if mediation is None:
        return
    if mediation.is_due(now()):
        _STEPS[mediation.state](mediation)
    elif _is_to_forget(mediation):
        _forget(mediation)
    elif _is_to_empty(mediation, keep_days):
        _empty(mediation)


def _lapse(mediation: Mediation) -> None:
    """It did not come about. From now on nobody can tell who said no, or whether anybody did."""
    hopeful = mediation.present
    mediation.state, mediation.due_at = "declined", None
    for part in mediation.participants:
        # Who was never asked does not learn of it by asking somebody later.
        part.state = "waiting" if part.state == "waiting" else "gone"
    tell(mediation, "mediation_not", hopeful)


def _end_session(mediation: Mediation) -> None:
    mediation.state = mediation.outcome = "no_agreement"
    mediation.due_at = now() + timedelta(days=FOLLOW_UP_WITHOUT_AGREEMENT_DAYS)
    show(mediation)
    tell(mediation, "mediation_over", mediation.present)


def _ask_how_it_went(mediation: Mediation) -> None:
    mediation.state = "follow_up"
    mediation.due_at = now() + timedelta(days=FOLLOW_UP_OPEN_DAYS)
    show(mediation)
    tell(mediation, "mediation_follow_up", mediation.sides)


def _end(mediation: Mediation) -> None:
    mediation.state, mediation.due_at, mediation.ended_at = "ended", None, now()
    show(mediation)


_STEPS: dict[str, Callable[[Mediation], None]] = {
    "offered": _lapse,
    "in_session": _end_session,
    "agreement": _ask_how_it_went,
    "no_agreement": _ask_how_it_went,
    "follow_up": _end,
}


def _is_to_empty(mediation: Mediation, keep_days: int) -> bool:
    if mediation.ended_at is None or mediation.purged_at is not None:
        return False
    return mediation.ended_at + timedelta(days=keep_days) <= now()


def _empty(mediation: Mediation) -> None:
    """Delete what was said; the words of the agreement stay if all three want them to."""
    for message_id in queries.message_ids(mediation.id):
        touch(mediation.channel, "mediation_message", message_id)
    db.session.execute(delete(Message).where(Message.mediation_id == mediation.id))
    if not _all_keep(mediation):
        mediation.agreement = mediation.agreement_html = ""
    for part in mediation.participants:
        part.follow_up = None
    mediation.purged_at = now()
    show(mediation)
    shrink_audience([mediation.channel])


def _forget(mediation: Mediation) -> None:
    """Also the number is free then: a later room that gets it finds nothing of this one."""
    forget_channel(mediation.channel)
    people = [part.user_id for part in mediation.participants]
    about = (Notification.kind == queries.KIND, Notification.object_id == mediation.id)
    db.session.execute(delete(Notification).where(*about))
    db.session.delete(mediation)
    after_commit(lambda: ring_people(people))


def _all_keep(mediation: Mediation) -> bool:
    return mediation.outcome == "agreement" and all(part.keeps_text for part in mediation.present)


def _is_to_forget(mediation: Mediation) -> bool:
    """Nothing is left of it but that these two were asked, and that has had its time, too."""
    is_empty = mediation.state == "declined" or (mediation.purged_at is not None and not mediation.agreement)
    return is_empty and mediation.created_at <= now() - timedelta(days=REST_DAYS)
