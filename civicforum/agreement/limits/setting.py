"""Setting a limit and ending it; inside the moderators' action, which asked its policy."""

from datetime import datetime

from sqlalchemy import select

from civicforum.accounts.models import User
from civicforum.agreement.limits.models import EVERYWHERE, Limit
from civicforum.agreement.models import Rule
from civicforum.db import db, lock, now
from civicforum.live.changes import touch


def set_limit(
    kind: str,
    place: str,
    until: datetime,
    rule: Rule,
    user_id: int | None = None,
    minutes: int | None = None,
) -> Limit:
    """One limit of a kind holds in a place at a time, for all or for each person: a new one replaces it.

    Whoever it binds has it shown in the composer at once. The place is locked by the caller.
    """
    for former in _of(kind, place, user_id):
        former.ended_at = now()
    limit = Limit(
        kind=kind,
        place=place,
        user_id=user_id,
        minutes=minutes,
        until=until,
        rule_number=rule.number,
        rule_title=rule.title,
    )
    db.session.add(limit)
    db.session.flush()
    _show(limit)
    return limit


def end_limit(limit: Limit) -> bool:
    """End it before its time; False if it is over already."""
    if not limit.is_in_force():
        return False
    limit.ended_at = now()
    db.session.flush()
    _show(limit)
    return True


def change_limit(limit: Limit, kind: str, place: str, until: datetime) -> Limit:
    """Another in its place, under the same rule; what else binds that person there stays as it is."""
    changed = Limit(
        kind=kind,
        place=place,
        user_id=limit.user_id,
        minutes=limit.minutes,
        until=until,
        rule_number=limit.rule_number,
        rule_title=limit.rule_title,
    )
    limit.ended_at = now()
    db.session.add(changed)
    db.session.flush()
    _show(changed)
    return changed


def settle_suspension(user_id: int) -> None:
    """Let the person be suspended for as long as what is left says: the longest of them, or not at all."""
    user = lock(User, user_id)
    left = [limit.until for limit in _of("suspend", EVERYWHERE, user_id)]
    user.suspended_until = max(left, default=None)
    db.session.flush()


def _of(kind: str, place: str, user_id: int | None) -> list[Limit]:
    wanted = select(Limit).where(
        Limit.kind == kind,
        Limit.place == place,
        Limit.user_id == user_id if user_id is not None else Limit.user_id.is_(None),
        Limit.ended_at.is_(None),
        Limit.until > now(),
    )
    return list(db.session.scalars(wanted.order_by(Limit.id)))


def _show(limit: Limit) -> None:
    if limit.user_id is not None:
        touch(f"reading:{limit.user_id}", "limits", limit.user_id)
