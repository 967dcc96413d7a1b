"""Which limits are in force. Asked by the rooms above when somebody speaks, and when a page is drawn."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, or_, select

from civicforum.accounts.models import Actor, User
from civicforum.agreement.limits.models import PERSONAL, SHARED, Limit
from civicforum.db import db, now


def _in_force() -> ColumnElement[bool]:
    return and_(Limit.ended_at.is_(None), Limit.until > now())


def shared_limits(places: Iterable[str]) -> dict[str, list[Limit]]:
    """What holds for everybody in each of these places, in one query; a place without limits is left out."""
    rows = db.session.scalars(
        select(Limit)
        .where(Limit.place.in_(list(places)), Limit.user_id.is_(None), Limit.kind.in_(SHARED), _in_force())
        .order_by(Limit.id)
    )
    found: dict[str, list[Limit]] = {}
    for row in rows:
        found.setdefault(row.place, []).append(row)
    return found


def shared_limit(place: str, kind: str) -> Limit | None:
    """The limit of this kind in a place; there is one at most."""
    return next((row for row in shared_limits([place]).get(place, ()) if row.kind == kind), None)


def limits_on(actor: Actor, places: Sequence[str]) -> Sequence[Limit]:
    """All that binds this person in these places, whether it is theirs alone or everybody's; in one query."""
    return db.session.scalars(
        select(Limit)
        .where(
            Limit.place.in_(places),
            or_(Limit.user_id.is_(None), Limit.user_id == (actor.id or 0)),
            _in_force(),
        )
        .order_by(Limit.until.desc(), Limit.id)
    ).all()


def muted_places(actor: Actor) -> Sequence[str]:
    """Where this person is muted just now."""
    if not isinstance(actor, User):
        return []
    return db.session.scalars(
        select(Limit.place).where(Limit.user_id == actor.id, Limit.kind == "mute", _in_force())
    ).all()


def own_limit(actor: Actor, places: Sequence[str]) -> Limit | None:
    """What keeps this person from speaking in one of these places: the one that lasts longest."""
    if not isinstance(actor, User):
        return None
    return db.session.scalar(
        select(Limit)
        .where(Limit.user_id == actor.id, Limit.place.in_(places), Limit.kind.in_(PERSONAL), _in_force())
        .order_by(Limit.until.desc(), Limit.id)
        .limit(1)
    )
