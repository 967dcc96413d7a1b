"""Which projects a viewer sees."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import selectinload

from civicforum.accounts.models import Actor, User
from civicforum.accounts.policies import has_site_role
from civicforum.db import db
from civicforum.errors import NotFound
from civicforum.partnerships import policies
from civicforum.partnerships.models import (
    Membership,
    Partner,
    Project,
    Seat,
)
from civicforum.web.pagination import Page, decode_cursor, page_of


def visible_projects_clause(viewer: Actor) -> ColumnElement[bool]:
    """``can_see_project`` as a WHERE clause on the ``project`` table, for every list of every room.

    The caller's statement joins Project. tests/partnerships hold the two together.
    """
    if has_site_role(viewer, "organizer"):
        return true()
    if not isinstance(viewer, User):
        return Project.is_public.expression
    own = select(Membership.project_id).where(Membership.user_id == viewer.id)
    partners = (
        select(Partner.project_id)
        .join(Seat, Seat.organization_id == Partner.organization_id)
        .where(Seat.user_id == viewer.id)
    )
    return or_(Project.is_public, Project.id.in_(own), Project.id.in_(partners))


def list_projects(
    viewer: Actor, limit: int = 20, cursor: str | None = None, is_open: bool | None = None
) -> Page[Project]:
    """The projects that ``viewer`` may see, newest first, with their partners; ``is_open`` narrows to those
    that still go on, or to those that have ended."""
    statement = _projects().where(visible_projects_clause(viewer)).order_by(Project.id.desc())
    if is_open is not None:
        going = Project.status.in_(("draft", "active"))
        statement = statement.where(going if is_open else ~going)
    after = decode_cursor(cursor, int)
    if after:
        statement = statement.where(Project.id < after[0])
    rows = db.session.scalars(statement.limit(limit + 1)).all()
    return page_of(rows, limit, lambda project: [project.id])


def get_project(viewer: Actor, slug: str) -> Project:
    """The project of this slug; NotFound for who may not know that it is there."""
    return _visible(viewer, db.session.scalar(_projects().where(Project.slug == slug)))


def get_project_by_id(viewer: Actor, project_id: int) -> Project:
    """As ``get_project``, by id."""
    return _visible(viewer, db.session.scalar(_projects().where(Project.id == project_id)))


def find_projects(viewer: Actor, ids: Iterable[int]) -> list[Project]:
    """Those of these projects that ``viewer`` may see."""
    rows = db.session.scalars(_projects().where(Project.id.in_(list(ids)), visible_projects_clause(viewer)))
    return [row for row in rows if policies.can_see_project(viewer, row)]


def _projects() -> Select[Project]:
    return select(Project).options(selectinload(Project.partners), selectinload(Project.phases))


def _visible(viewer: Actor, project: Project | None) -> Project:
    if project is None or not policies.can_see_project(viewer, project):
        raise NotFound
    return project


def list_own_projects(user: Actor) -> list[Project]:
    """The projects that ``user`` runs, by title: for forms that ask 'in which project?'."""
    statement = select(Project).where(Project.status.in_(("draft", "active"))).order_by(Project.title)
    if not has_site_role(user, "organizer"):
        statement = statement.join(Project.memberships).where(
            Membership.user_id == user.id, Membership.role == "organizer"
        )
    return list(db.session.scalars(statement))


def is_project_slug_taken(slug: str) -> bool:
    return db.session.scalar(select(Project.id).where(Project.slug == slug)) is not None
