"""Who may see a project, and who may do what in it. The other rooms build on these.

Every function is pure and total: it takes a User, a Guest or SYSTEM and answers True or False.
"""

from civicforum.accounts.models import SYSTEM, Actor, User
from civicforum.accounts.policies import (
    can_administer,
    has_site_role,
    is_in_good_standing,
    same_person,
)
from civicforum.partnerships.models import Invitation, Membership, Organization, Project, Update

# --- projects: who sees, who holds which role ---


def can_see_project(viewer: Actor, project: Project) -> bool:
    """A public project is everybody's. A draft, or a members-only one, is for those who work in it.

    Site moderators are no exception: what a closed project says is not theirs to read.
    """
    return project.is_public or is_member(viewer, project) or is_organizer(viewer, project)


def is_organizer(user: Actor, project: Project) -> bool:
    """Runs this project: by a role in it, or as an organizer or administrator of the site."""
    return has_site_role(user, "organizer") or _works_as(user, project, "organizer")


def is_steward(user: Actor, project: Project) -> bool:
    """Helps at the door, on the phone and with paper; organizers may do so too."""
    if is_organizer(user, project) or _works_as(user, project, "steward"):
        return True
    return project.is_public and has_site_role(user, "steward")


def is_member(user: Actor, project: Project) -> bool:
    """Belongs to the project: by any role in it, or by speaking for one of its partners."""
    if user is SYSTEM:
        return True
    return bool(_roles(user, project)) or is_partner(user, project)


def is_partner(user: Actor, project: Project) -> bool:
    """Speaks for one of the project's partner organizations."""
    organizations = {seat.organization_id for seat in user.seats_at}
    # The partners are read only for people who sit anywhere at all.
    return bool(organizations) and any(
        partner.organization_id in organizations for partner in project.partners
    )


def can_moderate(user: Actor, project: Project) -> bool:
    """Keeps talk civil here: a moderator of the site or of the project, where they may read at all."""
    if not can_see_project(user, project):
        return False
    return has_site_role(user, "moderator") or _works_as(user, project, "moderator")


def moderates_somewhere(user: Actor) -> bool:
    """Whether there is any queue that this person works in."""
    if has_site_role(user, "moderator"):
        return True
    return is_in_good_standing(user) and any(row.role == "moderator" for row in user.memberships)


def can_speak_in(user: Actor, project: Project) -> bool:
    """In good standing, may see the project, and the project is still open."""
    return is_in_good_standing(user) and project.is_open and can_see_project(user, project)


def _roles(user: Actor, project: Project) -> set[str]:
    return {row.role for row in user.memberships if row.project_id == project.id}


def _works_as(user: Actor, project: Project, role: str) -> bool:
    return is_in_good_standing(user) and role in _roles(user, project)


# --- projects: who may change what ---


def can_found_project(user: Actor) -> bool:
    return has_site_role(user, "organizer")


def can_edit_project(user: Actor, project: Project) -> bool:
    return is_organizer(user, project)


def can_see_members(viewer: Actor, project: Project) -> bool:
    """The list with everybody's role, and the invitations that are on their way."""
    return is_organizer(viewer, project)


def can_invite(user: Actor, project: Project) -> bool:
    return is_organizer(user, project)


def can_issue_invitation(actor: Actor) -> bool:
    """The secret of an invitation is for its mail alone: no person sees it."""
    return actor is SYSTEM


def can_accept_invitation(user: Actor, invitation: Invitation) -> bool:
    """Only whoever owns the address that it was sent to."""
    return isinstance(user, User) and is_in_good_standing(user) and user.email == invitation.email


def can_remove_member(user: Actor, membership: Membership) -> bool:
    """Organizers end any role; everybody may lay down their own."""
    return same_person(user, membership.user_id) or is_organizer(user, membership.project)


def can_edit_partner(user: Actor, project: Project, organization: Organization) -> bool:
    """What a partner brings is said by its own people, or by the organizers."""
    if is_organizer(user, project):
        return True
    return is_partner_of(user, organization) and can_see_project(user, project)


def can_publish_update(user: Actor, project: Project) -> bool:
    return is_organizer(user, project)


def can_edit_update(user: Actor, update: Update) -> bool:
    return is_organizer(user, update.project)


# --- organizations ---


def is_partner_of(user: Actor, organization: Organization) -> bool:
    """Holds a seat in this organization, and may act."""
    return is_in_good_standing(user) and any(
        seat.organization_id == organization.id for seat in user.seats_at
    )


def can_found_organization(user: Actor) -> bool:
    return has_site_role(user, "organizer")


def can_edit_organization(user: Actor, organization: Organization) -> bool:
    """Its own people, and administrators. One partner never edits another."""
    return is_partner_of(user, organization) or can_administer(user)


def can_seat(user: Actor, organization: Organization) -> bool:
    """Who speaks for an organization is settled by its own people and by administrators."""
    return can_edit_organization(user, organization)
