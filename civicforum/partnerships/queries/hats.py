"""Hats: whom somebody speaks for in a project."""

from collections.abc import Iterable

from flask_babel import gettext as _
from sqlalchemy import CompoundSelect, select, union

from civicforum.accounts.models import RoleGrant, User
from civicforum.partnerships.models import Membership, Partner, Project, Seat

ROLES_WITH_A_HAT = ("organizer", "moderator")


def hats_of(user: User | None, project: Project) -> list[str]:
    """What ``user`` is in ``project``, in words beside the name: organizations first, then roles."""
    return _hats(user, project, _partner_ids(project))


def hats_for(users: Iterable[User | None], project: Project) -> dict[int, list[str]]:
    """``hats_of`` for many, by person's id: one question for the partners; the rest came with the people."""
    partner_ids = _partner_ids(project)
    return {user.id: _hats(user, project, partner_ids) for user in users if user is not None}


def hat_holders(project_id: int) -> CompoundSelect[int]:
    """The ids of everybody who wears a hat in the project, for a WHERE clause; ``hats_of`` as SQL."""
    return union(
        select(Membership.user_id).where(
            Membership.project_id == project_id, Membership.role.in_(ROLES_WITH_A_HAT)
        ),
        select(RoleGrant.user_id).where(RoleGrant.role.in_(ROLES_WITH_A_HAT)),
        select(Seat.user_id)
        .join(Partner, Partner.organization_id == Seat.organization_id)
        .where(Partner.project_id == project_id),
    )


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
