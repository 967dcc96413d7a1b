"""Putting something in people's inboxes, and marking it read."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select, update

from civicforum.accounts.models import Actor
from civicforum.db import after_commit, db, now, transactional
from civicforum.errors import require
from civicforum.live.doorbell import ring_people
from civicforum.notifications import policies
from civicforum.notifications.models import Notification


def notify(
    user_ids: Iterable[int | None],
    reason: str,
    kind: str,
    object_id: int,
    actor_id: int | None = None,
) -> None:
    """Tell these people, in the transaction that is running: it commits or vanishes with the change.

    Whoever did it is not told of it, and nobody twice of the same while it is unread.
    """
    wanted = {user_id for user_id in user_ids if user_id is not None and user_id != actor_id}
    people = sorted(wanted - _already_told(wanted, reason, kind, object_id))
    if not people:
        return
    db.session.add_all(
        Notification(user_id=user_id, reason=reason, kind=kind, object_id=object_id, actor_id=actor_id)
        for user_id in people
    )
    db.session.flush()
    after_commit(lambda: ring_people(people))


def _already_told(people: set[int], reason: str, kind: str, object_id: int) -> set[int]:
    if not people:
        return set()
    return set(
        db.session.scalars(
            select(Notification.user_id).where(
                Notification.user_id.in_(people),
                Notification.read_at.is_(None),
                Notification.reason == reason,
                Notification.kind == kind,
                Notification.object_id == object_id,
            )
        )
    )


@transactional
def mark_read(actor: Actor, ids: Sequence[int] | None = None) -> None:
    """Mark these of the actor's own notifications read; None: all of them. Others' stay untouched."""
    require(policies.can_have_inbox(actor))
    mine = update(Notification).where(Notification.user_id == actor.id, Notification.read_at.is_(None))
    if ids is not None:
        mine = mine.where(Notification.id.in_(ids))
    db.session.execute(mine.values(read_at=now()), execution_options={"synchronize_session": False})
    db.session.expire_all()
    people = [actor.id] if actor.id is not None else []
    after_commit(lambda: ring_people(people))
