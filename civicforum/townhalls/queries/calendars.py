"""Which town halls stand in which calendar."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from civicforum.accounts.models import Actor, Guest, User
from civicforum.accounts.queries import find_user
from civicforum.db import db, now
from civicforum.errors import NotFound
from civicforum.partnerships.models import Project
from civicforum.townhalls.models import CalendarKey, Rsvp, TownHall
from civicforum.townhalls.queries.meetings import _visible

KEPT_DAYS = 365
MAXIMUM_ENTRIES = 1000


def list_for_calendar(viewer: Actor, project: Project | None = None) -> Sequence[TownHall]:
    """Published town halls (cancelled ones stay) since a year ago; of one project, or all that are public."""
    statement = _visible(viewer if project is not None else Guest()).where(
        TownHall.status != "draft", TownHall.ends_at > now() - timedelta(days=KEPT_DAYS)
    )
    if project is not None:
        statement = statement.where(TownHall.project_id == project.id)
    return db.session.scalars(
        statement.order_by(TownHall.starts_at, TownHall.id).limit(MAXIMUM_ENTRIES)
    ).all()


def list_personal(user_id: int, version: int) -> Sequence[TownHall]:
    """What this person said they come to (or may, or wait for); NotFound once the address was renewed.

    A meeting they may no longer see is left out.
    """
    user = find_user(user_id)
    if user is None or user.erased_at is not None or calendar_version(user) != version:
        raise NotFound
    mine = select(Rsvp.town_hall_id).where(
        Rsvp.user_id == user.id, Rsvp.state.in_(("going", "maybe", "waitlisted"))
    )
    return db.session.scalars(
        _visible(user)
        .where(
            TownHall.id.in_(mine),
            TownHall.status != "draft",
            TownHall.ends_at > now() - timedelta(days=KEPT_DAYS),
        )
        .order_by(TownHall.starts_at, TownHall.id)
    ).all()


def calendar_version(user: User) -> int:
    row = db.session.get(CalendarKey, user.id)
    return row.version if row else 1


def find_by_uid(project_id: int, uid: str) -> TownHall | None:
    return db.session.scalar(select(TownHall).where(TownHall.project_id == project_id, TownHall.uid == uid))
