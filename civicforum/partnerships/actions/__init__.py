"""What happens to projects, partners, members, organizations and news."""

from civicforum.partnerships.actions.members import (
    accept_invitation,
    add_role,
    invite,
    issue_invitation,
    remove_member,
    withdraw_invitation,
)
from civicforum.partnerships.actions.organizations import (
    add_seat,
    create_organization,
    edit_organization,
    remove_seat,
)
from civicforum.partnerships.actions.partners import add_partner, edit_partner, remove_partner
from civicforum.partnerships.actions.projects import (
    PhaseDraft,
    create_project,
    edit_project,
    follow_project,
    set_phases,
)
from civicforum.partnerships.actions.updates import edit_update, publish_update, withdraw_update

__all__ = [
    "PhaseDraft",
    "accept_invitation",
    "add_partner",
    "add_role",
    "add_seat",
    "create_organization",
    "create_project",
    "edit_organization",
    "edit_partner",
    "edit_project",
    "edit_update",
    "follow_project",
    "invite",
    "issue_invitation",
    "publish_update",
    "remove_member",
    "remove_partner",
    "remove_seat",
    "set_phases",
    "withdraw_invitation",
    "withdraw_update",
]
