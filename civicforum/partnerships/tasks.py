"""What this room does later: the mail of an invitation."""

from flask import url_for
from flask_babel import lazy_gettext as _

from civicforum import jobs, mail
from civicforum.accounts.models import SYSTEM
from civicforum.errors import NotFound
from civicforum.partnerships import actions
from civicforum.web.site import get_site


@jobs.task("partnerships.send_invitation")
def send_invitation(invitation_id: int) -> None:
    """Mail one invitation, if it still holds. Its link is a secret that this mail alone knows."""
    try:
        issued = actions.issue_invitation(SYSTEM, invitation_id)
    except NotFound:  # the project was erased meanwhile, and the invitation with it
        return
    if issued is None:
        return
    invitation, token = issued
    mail.send(
        invitation.email,
        "partnerships/mail/invitation.md",
        locale=get_site().locale,
        key=f"invitation:{invitation.id}:{invitation.token_hash}",
        because=mail.Because(_("You get this because an organizer of the project invited this address.")),
        project=invitation.project,
        expires_at=invitation.expires_at,
        url=url_for("partnerships.show_invitation", token=token, _external=True),
    )
