"""What every deed in a room begins with, and how its people are told."""

from collections.abc import Iterable
from datetime import timedelta

from flask_babel import gettext as _

from civicforum import jobs
from civicforum.accounts.models import Actor
from civicforum.db import lock, now
from civicforum.errors import Conflict, NotFound
from civicforum.live.changes import touch
from civicforum.mediation import policies, queries
from civicforum.mediation.models import Mediation, Participant
from civicforum.notifications.actions import mark_read, notify

# Whoever is in the room just now needs no mail.
GRACE = timedelta(minutes=5)


def enter(actor: Actor, mediation_id: int) -> tuple[Mediation, Participant]:
    """The offer or room, held, with the actor's part in it; what waits in their inbox about it is read.

    NotFound for everybody who has no part in it.
    """
    mediation = lock(Mediation, mediation_id)
    part = policies.part_of(actor, mediation)
    if part is None or not policies.can_see(actor, mediation):
        raise NotFound
    unread = queries.unread_of(mediation.id, [part.user_id]).get(part.user_id)
    if unread:
        mark_read(actor, unread)
    return mediation, part


def enter_room(actor: Actor, mediation_id: int) -> tuple[Mediation, Participant]:
    """As ``enter``, while the three are talking. Conflict before and afterwards."""
    mediation, part = enter(actor, mediation_id)
    if mediation.state != "in_session" or mediation.is_due(now()):
        raise Conflict(_("Nobody is talking in this room now. What you wrote was not sent."))
    return mediation, part


def show(mediation: Mediation) -> None:
    """Let those who have the room open see that something about it changed."""
    mediation.revision += 1
    touch(mediation.channel, "mediation", mediation.id)


def tell(mediation: Mediation, reason: str, people: Iterable[Participant], is_urgent: bool = True) -> None:
    """Tell these people in their inbox; and by one mail without content, until they have looked.

    Nobody is named as who did it: the row says that there is something, and no more.
    """
    ids = [person.user_id for person in people]
    unread = queries.unread_of(mediation.id, ids)
    notify(ids, reason, queries.KIND, mediation.id, bundle=mediation.channel)
    for user_id in ids:
        if user_id not in unread:
            _mail(mediation, user_id, is_urgent)


def _mail(mediation: Mediation, user_id: int, is_urgent: bool) -> None:
    jobs.enqueue_unless_waiting(
        "mediation.mail_person",
        unique_key=f"{mediation.channel}:{user_id}",
        run_at=now() if is_urgent else now() + GRACE,
        mediation_id=mediation.id,
        user_id=user_id,
    )


def others(mediation: Mediation, part: Participant) -> list[Participant]:
    return [person for person in mediation.present if person is not part]
