"""Putting something in people's inboxes, and marking it read."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from civicforum import jobs
from civicforum.accounts.models import Actor
from civicforum.db import after_commit, db, now, transactional
from civicforum.errors import require
from civicforum.live.doorbell import ring_people
from civicforum.notifications import policies
from civicforum.notifications.models import Notification

# Whoever is reading just now needs no mail; and a burst becomes one.
GRACE = timedelta(minutes=5)


def notify(
    user_ids: Iterable[int | None],
    reason: str,
    kind: str,
    object_id: int,
    actor_id: int | None = None,
    bundle: str | None = None,
    mailed_by: str | None = None,
) -> None:
    """Tell these people, in the transaction that is running: it commits or vanishes with the change.

    Whoever did it is not told of it, and nobody twice of the same while it is unread. Unread rows of one
    ``bundle`` are shown as one. ``mailed_by`` is the task that mails a person their bundle, after a while.
    """
    wanted = {user_id for user_id in user_ids if user_id is not None and user_id != actor_id}
    people = sorted(wanted - _already_told(wanted, reason, kind, object_id))
    if not people:
        return
    db.session.add_all(
        Notification(
            user_id=user_id,
            reason=reason,
            kind=kind,
            object_id=object_id,
            actor_id=actor_id,
            bundle=bundle,
            wants_mail=mailed_by is not None,
        )
        for user_id in people
    )
    db.session.flush()
    if mailed_by is not None and bundle is not None:
        for user_id in people:
            mail_later(mailed_by, user_id, bundle)
    after_commit(lambda: ring_people(people))


def mail_later(task: str, user_id: int, bundle: str) -> None:
    """Mail this person what waits in the bundle, soon; a job that waits already does it at its own time."""
    jobs.enqueue_unless_waiting(
        task, unique_key=mail_key(user_id, bundle), run_at=now() + GRACE, user_id=user_id, bundle=bundle
    )


def mail_key(user_id: int, bundle: str) -> str:
    return f"mail:{user_id}:{bundle}"


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
    """Mark these of the actor's own notifications read; None: all of them. Others' stay untouched.

    A notification stands for its bundle as it was seen: what came later stays unread. Locks nothing.
    """
    require(policies.can_have_inbox(actor))
    mine = update(Notification).where(Notification.user_id == actor.id, Notification.read_at.is_(None))
    if ids is not None:
        mine = mine.where(or_(Notification.id.in_(ids), *_shown_with(actor, ids)))
    db.session.execute(mine.values(read_at=now()), execution_options={"synchronize_session": False})
    db.session.expire_all()
    people = [actor.id] if actor.id is not None else []
    after_commit(lambda: ring_people(people))


def _shown_with(actor: Actor, ids: Sequence[int]) -> Iterable[ColumnElement[bool]]:
    """The older rows that each of these stands for."""
    rows = db.session.execute(
        select(Notification.reason, Notification.bundle, func.max(Notification.id).label("newest"))
        .where(Notification.user_id == actor.id, Notification.id.in_(ids), Notification.bundle.is_not(None))
        .group_by(Notification.reason, Notification.bundle)
    )
    return [
        and_(
            Notification.reason == row.reason,
            Notification.bundle == row.bundle,
            Notification.id < row.newest,
        )
        for row in rows
    ]
