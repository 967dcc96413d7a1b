"""Hats: whom somebody speaks for in a project."""

from collections.abc import Iterable

from flask_babel import gettext as _

from civicforum.accounts.models import User
from civicforum.partnerships.models import (
    Project,
)


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
