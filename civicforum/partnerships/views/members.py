"""For organizers: who has which role, and who is invited. For everybody: leaving."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from civicforum.accounts.actions.arriving import plain_email
from civicforum.partnerships import actions, policies, queries
from civicforum.partnerships.forms import InviteForm, RoleForm
from civicforum.partnerships.views.blueprint import bp, need
from civicforum.web.limits import count_mail, limited
from civicforum.web.viewer import viewer


@bp.route("/projects/<slug>/members", methods=["GET", "POST"])
@limited("write")
def list_members(slug: str) -> Any:
    """The members; posting invites one more."""
    project = queries.get_project(viewer(), slug)
    need(policies.can_see_members(viewer(), project))
    form = InviteForm()
    if form.submits(lambda: _invite(project, form)) is not None:
        flash(_("The invitation is on its way. Its link holds for 14 days."), "success")
        return redirect(url_for("partnerships.list_members", slug=slug))
    return render_template(
        "partnerships/members.html",
        form=form,
        role_form=RoleForm(formdata=None),
        project=project,
        members=queries.list_members(viewer(), project),
        invitations=queries.list_invitations(viewer(), project),
    )


def _invite(project: Any, form: InviteForm) -> Any:
    email = plain_email(form.email.data)
    count_mail(email)
    return actions.invite(viewer(), project, email, form.role.data)


@bp.post("/projects/<slug>/roles")
@limited("write")
def add_role(slug: str) -> Any:
    project = queries.get_project(viewer(), slug)
    form = RoleForm()
    user = queries.get_member(viewer(), project, form.user_id.data)
    if form.submits(lambda: actions.add_role(viewer(), project, user, form.role.data)):
        flash(_("Done."), "success")
    else:
        flash(" ".join(form.role.errors), "error")
    return redirect(url_for("partnerships.list_members", slug=slug))


@bp.post("/projects/<slug>/members/<int:membership_id>/remove")
@limited("write")
def remove_member(slug: str, membership_id: int) -> Any:
    project = queries.get_project(viewer(), slug)
    membership = queries.get_membership(viewer(), project, membership_id)
    actions.remove_member(viewer(), membership)
    flash(_("That role has ended."), "success")
    if policies.can_see_members(viewer(), project):
        return redirect(url_for("partnerships.list_members", slug=slug))
    return redirect(url_for("partnerships.list_projects"))


@bp.post("/projects/<slug>/invitations/<int:invitation_id>/withdraw")
@limited("write")
def withdraw_invitation(slug: str, invitation_id: int) -> Any:
    project = queries.get_project(viewer(), slug)
    invitation = queries.get_sent_invitation(viewer(), project, invitation_id)
    actions.withdraw_invitation(viewer(), invitation)
    flash(_("The invitation was taken back. Its link leads nowhere now."), "success")
    return redirect(url_for("partnerships.list_members", slug=slug))
