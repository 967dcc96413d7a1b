"""Organizations coming to a project, saying what they bring, and leaving."""

from typing import Any

from flask_babel import gettext as _

from civicforum.accounts import appearances
from civicforum.accounts.models import Actor
from civicforum.db import db, lock, transactional
from civicforum.errors import Invalid, require
from civicforum.live.changes import shrink_audience
from civicforum.partnerships import audience, policies
from civicforum.partnerships.models import Organization, Partner, Project


@transactional
def add_partner(
    actor: Actor, project: Project, organization: Organization, role: str = "member", brings: str = ""
) -> Partner:
    """Bring an organization into a project. Its people see the project from then on."""
    project = lock(Project, project.id)
    require(policies.can_edit_project(actor, project))
    if any(partner.organization_id == organization.id for partner in project.partners):
        raise Invalid(errors={"organization": [_("This organization is a partner already.")]})
    partner = Partner(
        organization_id=organization.id, role=role, brings=brings, position=_next_place(project)
    )
    project.partners.append(partner)
    project.revision += 1
    db.session.flush()
    _show_people_of(organization)
    return partner


def _show_people_of(organization: Organization) -> None:
    """Beside the names of its people stands in each project whether it is a partner there."""
    appearances.show_again(seat.user_id for seat in organization.seats)


def _next_place(project: Project) -> int:
    return 1 + max((partner.position for partner in project.partners), default=-1)


@transactional
def edit_partner(
    actor: Actor, partner: Partner, brings: str | None = None, role: str | None = None
) -> Partner:
    """Change what a partner brings (its own people may), or its role (only the organizers)."""
    project = lock(Project, partner.project_id)
    partner = lock(Partner, partner.id)
    require(policies.can_edit_partner(actor, project, partner.organization))
    changes: dict[str, Any] = {}
    if brings is not None:
        changes["brings"] = brings
    if role is not None and role != partner.role:
        require(
            policies.can_edit_project(actor, project),
            _("The organizers settle which role a partner has."),
        )
        changes["role"] = role
    for name, value in changes.items():
        setattr(partner, name, value)
    project.revision += 1
    return partner


@transactional
def remove_partner(actor: Actor, partner: Partner) -> None:
    """End a partnership. Those who saw a closed project only through it see it no longer."""
    project = lock(Project, partner.project_id)
    partner = lock(Partner, partner.id)
    require(policies.can_edit_project(actor, project))
    _show_people_of(partner.organization)
    project.partners.remove(partner)
    project.revision += 1
    shrink_audience(audience.channels_of(project.id))
