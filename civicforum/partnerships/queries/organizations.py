"""Organizations, their seats, and where they take part."""

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import selectinload

from civicforum.accounts.models import Actor
from civicforum.db import db
from civicforum.errors import NotFound
from civicforum.partnerships import policies
from civicforum.partnerships.models import (
    Organization,
    Partner,
    Project,
    Seat,
)
from civicforum.partnerships.queries.projects import visible_projects_clause
from civicforum.web.pagination import Page, decode_cursor, page_of


def get_partner(viewer: Actor, project: Project, partner_id: int) -> Partner:
    row = db.session.get(Partner, partner_id)
    if row is None or row.project_id != project.id:
        raise NotFound
    if not policies.can_edit_partner(viewer, project, row.organization):
        raise NotFound
    return row


def list_organizations(viewer: Actor, limit: int = 50, cursor: str | None = None) -> Page[Organization]:
    """All organizations, by name. They are public: a partner puts its name to what it does."""
    statement = select(Organization).order_by(Organization.name, Organization.id)
    after = decode_cursor(cursor, str, int)
    if after:
        name, id_ = after
        statement = statement.where(
            or_(Organization.name > name, and_(Organization.name == name, Organization.id > id_))
        )
    rows = db.session.scalars(statement.limit(limit + 1)).all()
    return page_of(rows, limit, lambda row: [row.name, row.id])


def get_organization(viewer: Actor, slug: str) -> Organization:
    row = db.session.scalar(
        select(Organization).where(Organization.slug == slug).options(selectinload(Organization.seats))
    )
    if row is None:
        raise NotFound
    return row


def get_organization_by_id(viewer: Actor, organization_id: int) -> Organization:
    row = db.session.get(Organization, organization_id)
    if row is None:
        raise NotFound
    return row


def find_organizations(viewer: Actor, ids: Iterable[int]) -> Sequence[Organization]:
    """These organizations: they are everybody's to see."""
    return db.session.scalars(select(Organization).where(Organization.id.in_(list(ids)))).all()


def list_other_organizations(viewer: Actor, project: Project) -> list[Organization]:
    """Those that are not yet partners of the project, by name: for the form that adds one."""
    partners = select(Partner.organization_id).where(Partner.project_id == project.id)
    return list(
        db.session.scalars(
            select(Organization).where(Organization.id.not_in(partners)).order_by(Organization.name)
        )
    )


def get_seat(viewer: Actor, organization: Organization, seat_id: int) -> Seat:
    """Who speaks for the organization, by the seat's id; NotFound for who may not change it."""
    row = db.session.get(Seat, seat_id)
    if row is None or row.organization_id != organization.id:
        raise NotFound
    if not policies.can_seat(viewer, organization):
        raise NotFound
    return row


def list_partnerships(viewer: Actor, organization: Organization) -> list[Partner]:
    """What an organization does in projects that ``viewer`` may see, newest first."""
    return list(
        db.session.scalars(
            select(Partner)
            .join(Partner.project)
            .where(Partner.organization_id == organization.id, visible_projects_clause(viewer))
            .options(selectinload(Partner.project))
            .order_by(Partner.id.desc())
        )
    )


def find_seat(organization_id: int, user_id: int) -> Seat | None:
    return db.session.scalar(
        select(Seat).where(Seat.organization_id == organization_id, Seat.user_id == user_id)
    )


def is_organization_slug_taken(slug: str) -> bool:
    return db.session.scalar(select(Organization.id).where(Organization.slug == slug)) is not None


def project_ids_of(organization_id: int) -> list[int]:
    """The projects an organization is a partner in, whoever may see them: for telling watchers."""
    return list(
        db.session.scalars(select(Partner.project_id).where(Partner.organization_id == organization_id))
    )
