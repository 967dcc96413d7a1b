"""The page a mailed invitation leads to. Looking changes nothing; accepting is a press."""

from typing import Any

from flask import flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from civicforum.partnerships import actions, policies, queries
from civicforum.partnerships.views.blueprint import bp
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.get("/invitations/<token>")
def show_invitation(token: str) -> Any:
    """What one is invited to. A closed project's name is told only to whom it was sent."""
    invitation = queries.get_invitation(token)
    is_mine = policies.can_accept_invitation(viewer(), invitation)
    page = render_template(
        "partnerships/invitation.html",
        token=token,
        invitation=invitation,
        project=invitation.project if is_mine or invitation.project.is_public else None,
        is_mine=is_mine,
    )
    response = make_response(page)
    # The address of this page is a secret: no other page learns it.
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.post("/invitations/<token>")
@limited("write")
def accept_invitation(token: str) -> Any:
    membership = actions.accept_invitation(viewer(), token)
    flash(_("Welcome. You are part of this project now."), "success")
    return redirect(url_for("partnerships.show_project", slug=membership.project.slug))
