"""Coming to a project by invitation, holding roles in it, and leaving."""

import secrets
from datetime import timedelta

from flask_babel import gettext as _

from civicforum import jobs
from civicforum.accounts import appearances
from civicforum.accounts.models import Actor, User
from civicforum.accounts.policies import is_in_good_standing
from civicforum.accounts.queries import hash_token
from civicforum.db import db, lock, now, transactional
from civicforum.errors import Conflict, Invalid, NotAllowed, require
from civicforum.live.changes import shrink_audience
from civicforum.partnerships import audience, policies, queries
from civicforum.partnerships.models import PROJECT_ROLES, Invitation, Membership, Project

INVITATION_DAYS = 14


@transactional
def invite(actor: Actor, project: Project, email: str, role: str = "member") -> Invitation:
    """Invite an address to a role. The link is made when the mail is; an earlier one dies."""
    project = lock(Project, project.id)
    require(policies.can_invite(actor, project))
    _check_role(role)
    email = email.strip().lower()
    for earlier in queries.list_invitations(actor, project):
        if earlier.email == email and earlier.role == role:
            earlier.withdrawn_at = now()
    invitation = Invitation(
        project_id=project.id,
        email=email,
        role=role,
        token_hash=hash_token(secrets.token_urlsafe(32)),
        invited_by_id=actor.id,
        expires_at=now() + timedelta(days=INVITATION_DAYS),
    )
    db.session.add(invitation)
    db.session.flush()
    jobs.enqueue("partnerships.send_invitation", invitation_id=invitation.id)
    return invitation


def _check_role(role: str) -> None:
    if role not in PROJECT_ROLES:
        raise Invalid(errors={"role": [_("There is no such role.")]})


@transactional
def issue_invitation(actor: Actor, invitation_id: int) -> tuple[Invitation, str] | None:
    """A fresh secret for the link of one invitation, for the mail alone; None if it holds no more.

    Only its hash is kept, so a mail that is sent twice carries two secrets: the later one works.
    """
    invitation = lock(Invitation, invitation_id)
    require(policies.can_issue_invitation(actor))
    if not invitation.is_waiting(now()):
        return None
    token = secrets.token_urlsafe(32)
    invitation.token_hash = hash_token(token)
    return invitation, token


@transactional
def withdraw_invitation(actor: Actor, invitation: Invitation) -> None:
    """Take an invitation back; its link leads nowhere from then on."""
    invitation = lock(Invitation, invitation.id)
    require(policies.can_invite(actor, invitation.project))
    if invitation.accepted_at is not None:
        raise Conflict(_("It was accepted meanwhile. You can end the membership instead."))
    invitation.withdrawn_at = invitation.withdrawn_at or now()


@transactional
def accept_invitation(actor: Actor, token: str) -> Membership:
    """Join by the link of an invitation: once, and only with the address it was sent to.

    Raises NotFound for a link that holds no more, NotAllowed for another's.
    """
    if not isinstance(actor, User):
        raise NotAllowed
    found = queries.get_invitation(token)
    project = lock(Project, found.project_id)
    invitation = lock(Invitation, found.id)
    require(
        policies.can_accept_invitation(actor, invitation),
        _("This invitation was sent to another address. Sign in with that one to accept it."),
    )
    inviter = queries.find_inviter(invitation)
    if not invitation.is_waiting(now()) or not (inviter and policies.can_invite(inviter, project)):
        raise Conflict(_("This invitation does not hold any more. Ask the organizers for a new one."))
    invitation.accepted_at = now()
    return _join(project, actor, invitation.role)


@transactional
def add_role(actor: Actor, project: Project, user: User, role: str) -> Membership:
    """Give somebody who belongs to the project one more role in it; asking again is no error."""
    project = lock(Project, project.id)
    require(policies.can_invite(actor, project))
    _check_role(role)
    if not queries.has_any_role(project.id, user.id):
        raise Invalid(errors={"role": [_("Invite them first: nobody joins without saying yes.")]})
    require(is_in_good_standing(user), _("This person cannot take on a role at present."))
    return _join(project, user, role)


def _join(project: Project, user: User, role: str) -> Membership:
    row = queries.find_membership(project.id, user.id, role)
    if row is None:
        row = Membership(user_id=user.id, role=role)
        project.memberships.append(row)
        db.session.flush()
        appearances.show_again([user.id])
    return row


@transactional
def remove_member(actor: Actor, membership: Membership) -> None:
    """End one role of one person. Who has none left is asked again wherever they watch."""
    project = lock(Project, membership.project_id)
    membership = lock(Membership, membership.id)
    require(policies.can_remove_member(actor, membership))
    if membership.role == "organizer" and queries.count_organizers(project.id) == 1:
        raise Conflict(_("A project needs an organizer. Name another one first."))
    user_id = membership.user_id
    project.memberships.remove(membership)
    appearances.show_again([user_id])
    shrink_audience(audience.channels_of(project.id))
