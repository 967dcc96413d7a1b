"""Reading projects, organizations and their people: the viewer first, and only what they may see."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import selectinload

from civicforum.accounts.models import Actor, User
from civicforum.accounts.policies import has_site_role
from civicforum.accounts.queries import hash_token
from civicforum.db import db, now
from civicforum.errors import NotFound, require
from civicforum.partnerships import policies
from civicforum.partnerships.models import (
    Invitation,
    Membership,
    Organization,
    Partner,
    Project,
    Seat,
    Update,
)
from civicforum.web.pagination import Page, decode_cursor, page_of

# --- projects ---


def visible_projects_clause(viewer: Actor) -> ColumnElement[bool]:
    """``can_see_project`` as a WHERE clause on the ``project`` table, for every list of every room.

    The caller's statement joins Project. tests/partnerships hold the two together.
    """
    if has_site_role(viewer, "organizer"):
        return true()
    public = and_(Project.visibility == "public", Project.status != "draft")
    if not isinstance(viewer, User):
        return public
    own = select(Membership.project_id).where(Membership.user_id == viewer.id)
    partners = (
        select(Partner.project_id)
        .join(Seat, Seat.organization_id == Partner.organization_id)
        .where(Seat.user_id == viewer.id)
    )
    return or_(public, Project.id.in_(own), Project.id.in_(partners))


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


# --- hats: whom somebody speaks for ---


def hats_of(user: User | None, project: Project) -> list[str]:
    """What ``user`` is in ``project``, in words beside the name: organizations first, then roles."""
    return _hats(user, project, _partner_ids(project))


def hats_for(users: Iterable[User | None], project: Project) -> dict[int, list[str]]:
    """``hats_of`` for many, by person's id: one question for the partners; the rest came with the people."""
    partner_ids = _partner_ids(project)
    return {user.id: _hats(user, project, partner_ids) for user in users if user is not None}


def _partner_ids(project: Project) -> set[int]:
    return {partner.organization_id for partner in project.partners}


def _hats(user: User | None, project: Project, partner_ids: set[int]) -> list[str]:
    if user is None or user.erased_at is not None:
        return []
    names = sorted(s.organization.name for s in user.seats_at if s.organization_id in partner_ids)
    roles = {row.role for row in user.memberships if row.project_id == project.id}
    roles |= {grant.role for grant in user.grants}
    words = (("organizer", _("Organizer")), ("moderator", _("Moderator")))
    return names + [word for role, word in words if role in roles]


# --- members and invitations ---


def list_members(viewer: Actor, project: Project) -> list[tuple[User, list[Membership]]]:
    """Everybody with a role here, by name, each with their roles. For organizers."""
    require(policies.can_see_members(viewer, project))
    rows = db.session.scalars(
        select(Membership)
        .join(Membership.user)
        .where(Membership.project_id == project.id, User.erased_at.is_(None))
        .options(selectinload(Membership.user))
        .order_by(User.name, User.id, Membership.role)
    )
    people: dict[int, tuple[User, list[Membership]]] = {}
    for row in rows:
        people.setdefault(row.user_id, (row.user, []))[1].append(row)
    return list(people.values())


def get_membership(viewer: Actor, project: Project, membership_id: int) -> Membership:
    row = db.session.get(Membership, membership_id)
    if row is None or row.project_id != project.id or not policies.can_remove_member(viewer, row):
        raise NotFound
    return row


def get_member(viewer: Actor, project: Project, user_id: str | None) -> User:
    """Somebody with a role here, by the id in an organizer's form."""
    require(policies.can_see_members(viewer, project))
    wanted = int(user_id) if user_id and user_id.isascii() and user_id.isdigit() else 0
    user = db.session.get(User, wanted) if wanted < 2**31 else None
    if user is None or not has_any_role(project.id, user.id):
        raise NotFound
    return user


def get_sent_invitation(viewer: Actor, project: Project, invitation_id: int) -> Invitation:
    """One of the invitations to this project. For organizers."""
    require(policies.can_see_members(viewer, project))
    row = db.session.get(Invitation, invitation_id)
    if row is None or row.project_id != project.id:
        raise NotFound
    return row


def list_invitations(viewer: Actor, project: Project) -> list[Invitation]:
    """The invitations nobody has answered yet, newest first. For organizers."""
    require(policies.can_see_members(viewer, project))
    return list(
        db.session.scalars(
            select(Invitation)
            .where(Invitation.project_id == project.id, *_is_waiting())
            .order_by(Invitation.id.desc())
        )
    )


def get_invitation(token: str) -> Invitation:
    """The invitation of this link as long as it holds: not used, not taken back, not run out."""
    row = db.session.scalar(
        select(Invitation).where(Invitation.token_hash == hash_token(token), *_is_waiting())
    )
    if row is None:
        raise NotFound(_("This invitation was used, taken back, or is too old. Ask for a new one."))
    return row


def _is_waiting() -> tuple[ColumnElement[bool], ...]:
    return (
        Invitation.accepted_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now(),
    )


def find_by_handle(handle: str) -> User | None:
    """The person of this handle, with or without the @ that people write before it."""
    wanted = handle.strip().removeprefix("@").lower()
    return db.session.scalar(select(User).where(User.handle == wanted, User.erased_at.is_(None)))


def find_inviter(invitation: Invitation) -> User | None:
    if invitation.invited_by_id is None:
        return None
    return db.session.get(User, invitation.invited_by_id)


def has_any_role(project_id: int, user_id: int) -> bool:
    found = select(Membership.id).where(Membership.project_id == project_id, Membership.user_id == user_id)
    return db.session.scalar(found.limit(1)) is not None


def find_membership(project_id: int, user_id: int, role: str) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(
            Membership.project_id == project_id, Membership.user_id == user_id, Membership.role == role
        )
    )


def count_organizers(project_id: int) -> int:
    counted = select(func.count()).where(Membership.project_id == project_id, Membership.role == "organizer")
    return db.session.scalar(counted) or 0


def member_ids(project_id: int, *roles: str) -> list[int]:
    """Who has one of ``roles`` here (any role if none is named)."""
    statement = select(Membership.user_id).distinct().where(Membership.project_id == project_id)
    if roles:
        statement = statement.where(Membership.role.in_(roles))
    return list(db.session.scalars(statement.order_by(Membership.user_id)))


def audience_ids(project_id: int) -> list[int]:
    """Everybody who belongs to a project: its members, and those who speak for its partners."""
    seated = (
        select(Seat.user_id)
        .join(Partner, Partner.organization_id == Seat.organization_id)
        .where(Partner.project_id == project_id)
    )
    return sorted({*member_ids(project_id), *db.session.scalars(seated)})


# --- partners and organizations ---


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


# --- news ---


def list_updates(
    viewer: Actor, project: Project | None = None, limit: int = 20, cursor: str | None = None
) -> Page[Update]:
    """News that still stands, newest first: of one project, or of all that ``viewer`` may see."""
    statement = _updates(viewer)
    if project is not None:
        statement = statement.where(Update.project_id == project.id)
    after = decode_cursor(cursor, int)
    if after:
        statement = statement.where(Update.id < after[0])
    rows = db.session.scalars(statement.limit(limit + 1)).all()
    return page_of(rows, limit, lambda row: [row.id])


def get_update(viewer: Actor, update_id: int, slug: str) -> Update:
    """One piece of news, in the project of this slug."""
    row = db.session.scalar(_updates(viewer).where(Update.id == update_id, Project.slug == slug))
    if row is None:
        raise NotFound
    return row


def find_updates(viewer: Actor, ids: Iterable[int]) -> dict[int, Update]:
    """Those of these news that ``viewer`` may see, by id, in one query."""
    return {row.id: row for row in db.session.scalars(_updates(viewer).where(Update.id.in_(list(ids))))}


def _updates(viewer: Actor) -> Select[Update]:
    return (
        select(Update)
        .join(Update.project)
        .where(Update.withdrawn_at.is_(None), visible_projects_clause(viewer))
        .options(selectinload(Update.project), selectinload(Update.author))
        .order_by(Update.id.desc())
    )


def count_projects(viewer: Actor) -> int:
    counted: Any = select(func.count()).select_from(Project).where(visible_projects_clause(viewer))
    return db.session.scalar(counted) or 0
