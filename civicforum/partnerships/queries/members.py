"""Members, roles and invitations."""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import selectinload

from civicforum.accounts.models import Actor, User
from civicforum.accounts.queries import hash_token
from civicforum.db import db, now
from civicforum.errors import NotFound, require
from civicforum.partnerships import policies
from civicforum.partnerships.models import (
    Invitation,
    Membership,
    Partner,
    Project,
    Seat,
)
from civicforum.web.numbers import whole_number


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
    user = db.session.get(User, whole_number(user_id) or 0)
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
    return db.session.scalar(
        select(User).where(
            User.handle == wanted, User.erased_at.is_(None), User.email_confirmed_at.is_not(None)
        )
    )


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
