"""Town halls themselves, and how many seats are taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import selectinload

from civicforum.accounts.models import Actor, User
from civicforum.accounts.policies import has_site_role, is_in_good_standing
from civicforum.db import db, now
from civicforum.errors import Invalid, NotFound
from civicforum.partnerships.models import Membership, Project
from civicforum.partnerships.queries import visible_projects_clause
from civicforum.townhalls import policies
from civicforum.townhalls.models import Rsvp, TownHall
from civicforum.townhalls.plans import is_in_reach
from civicforum.web.pagination import Page, decode_cursor, page_of


@dataclass(frozen=True)
class SeatCount:
    """People, not rows: ``taken`` hold seats, ``waiting`` wait; ``capacity`` None means no limit."""

    taken: int
    waiting: int
    capacity: int | None

    @property
    def free(self) -> int | None:
        return None if self.capacity is None else max(0, self.capacity - self.taken)

    @property
    def is_full(self) -> bool:
        return self.waiting > 0 or self.free == 0


def get_town_hall(viewer: Actor, town_hall_id: int) -> TownHall:
    """The town hall with its agenda; NotFound for who may not know that it is there."""
    row = db.session.scalar(
        select(TownHall)
        .where(TownHall.id == town_hall_id)
        .options(selectinload(TownHall.agenda), selectinload(TownHall.thread))
    )
    return _shown_to(viewer, row)


def check_town_hall(viewer: Actor, town_hall_id: int) -> None:
    """As ``get_town_hall``, where nothing of it is shown: asked of each watcher when an audience changes."""
    _shown_to(viewer, db.session.get(TownHall, town_hall_id))


def _shown_to(viewer: Actor, town_hall: TownHall | None) -> TownHall:
    if town_hall is None or not policies.can_see(viewer, town_hall):
        raise NotFound
    return town_hall


def list_town_halls(
    viewer: Actor,
    project: Project | None = None,
    when: str | None = None,
    limit: int = 20,
    cursor: str | None = None,
) -> Page[TownHall]:
    """Town halls by their beginning: ``when`` is coming (soonest first), past (latest first) or None: all."""
    is_backward = when == "past"
    statement = _visible(viewer)
    if project is not None:
        statement = statement.where(TownHall.project_id == project.id)
    if when is not None:
        is_over = TownHall.ends_at <= now()
        statement = statement.where(is_over if is_backward else ~is_over)
    statement = _after(statement, cursor, is_backward)
    keys = (TownHall.starts_at, TownHall.id)
    ordered = statement.order_by(*(key.desc() if is_backward else key.asc() for key in keys))
    rows = db.session.scalars(ordered.limit(limit + 1)).all()
    return page_of(rows, limit, lambda row: [row.starts_at.isoformat(), row.id])


def _after(statement: Select[Any], cursor: str | None, is_backward: bool) -> Select[Any]:
    values = decode_cursor(cursor, str, int)
    if values is None:
        return statement
    starts_at, town_hall_id = _instant(values[0]), values[1]
    if is_backward:
        further = or_(
            TownHall.starts_at < starts_at,
            and_(TownHall.starts_at == starts_at, TownHall.id < town_hall_id),
        )
    else:
        further = or_(
            TownHall.starts_at > starts_at,
            and_(TownHall.starts_at == starts_at, TownHall.id > town_hall_id),
        )
    return statement.where(further)


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or not is_in_reach(instant):
        raise Invalid
    return instant


def list_coming(viewer: Actor, limit: int = 3, project: Project | None = None) -> Sequence[TownHall]:
    """The next published town halls that have not begun, soonest first: for front pages."""
    statement = _visible(viewer).where(TownHall.status == "published", TownHall.starts_at > now())
    if project is not None:
        statement = statement.where(TownHall.project_id == project.id)
    return db.session.scalars(statement.order_by(TownHall.starts_at, TownHall.id).limit(limit)).all()


def list_running(viewer: Actor, limit: int = 3) -> Sequence[TownHall]:
    """What is happening now."""
    at = now()
    statement = _visible(viewer).where(
        TownHall.status == "published", TownHall.starts_at <= at, TownHall.ends_at > at
    )
    return db.session.scalars(statement.order_by(TownHall.starts_at, TownHall.id).limit(limit)).all()


def find_town_halls(viewer: Actor, ids: Iterable[int]) -> dict[int, TownHall]:
    """Those of these that ``viewer`` may see, by id, in one query."""
    rows = db.session.scalars(_visible(viewer).where(TownHall.id.in_(list(ids))))
    return {row.id: row for row in rows}


def find_published(ids: Iterable[int]) -> Sequence[TownHall]:
    """Published town halls by id, for their own channel: whoever watches it has been asked for already."""
    return db.session.scalars(
        select(TownHall)
        .where(TownHall.id.in_(list(ids)), TownHall.status != "draft")
        .options(selectinload(TownHall.agenda))
        .order_by(TownHall.id)
    ).all()


def _visible(viewer: Actor) -> Select[TownHall]:
    return (
        select(TownHall)
        .join(TownHall.project)
        .where(visible_projects_clause(viewer), or_(TownHall.status != "draft", _helps(viewer)))
        .options(selectinload(TownHall.agenda))
    )


def _helps(viewer: Actor) -> ColumnElement[bool]:
    """``policies.can_help`` as a clause; the statement joins Project."""
    if has_site_role(viewer, "organizer"):
        return true()
    if not (isinstance(viewer, User) and is_in_good_standing(viewer)):
        return ~true()
    own = select(Membership.project_id).where(
        Membership.user_id == viewer.id, Membership.role.in_(("organizer", "steward"))
    )
    helps = Project.id.in_(own)
    if has_site_role(viewer, "steward"):
        return or_(helps, Project.is_public)
    return helps


def seats_by_mode(town_halls: Sequence[TownHall]) -> dict[int, dict[str, SeatCount]]:
    """For each town hall the seats of each way to come, in one query."""
    counted = db.session.execute(
        select(Rsvp.town_hall_id, Rsvp.mode, Rsvp.state, func.sum(Rsvp.party_size).label("people"))
        .where(
            Rsvp.town_hall_id.in_([row.id for row in town_halls]),
            Rsvp.state.in_(("going", "waitlisted")),
        )
        .group_by(Rsvp.town_hall_id, Rsvp.mode, Rsvp.state)
    ).all()
    people = {(row.town_hall_id, row.mode, row.state): int(row.people) for row in counted}
    return {
        row.id: {
            mode: SeatCount(
                people.get((row.id, mode, "going"), 0),
                people.get((row.id, mode, "waitlisted"), 0),
                row.capacity_for(mode),
            )
            for mode in row.modes
        }
        for row in town_halls
    }


def channels_of_project(project_id: int) -> list[str]:
    """The live channels of a project's town halls, drafts too."""
    ids = db.session.scalars(select(TownHall.id).where(TownHall.project_id == project_id))
    return [f"townhall:{town_hall_id}" for town_hall_id in ids]


def closed_channels() -> list[str]:
    """The live channels of town halls that not everybody may see."""
    is_open = Project.is_public & (TownHall.status != "draft")
    ids = db.session.scalars(select(TownHall.id).join(TownHall.project).where(~is_open))
    return [f"townhall:{town_hall_id}" for town_hall_id in ids]
