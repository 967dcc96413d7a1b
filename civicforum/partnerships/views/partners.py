"""Who takes part in a project, and with what."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from civicforum.partnerships import actions, policies, queries
from civicforum.partnerships.forms import OwnPartnerForm, PartnerEditForm, PartnerForm
from civicforum.partnerships.models import Partner, Project
from civicforum.partnerships.views.blueprint import bp, need
from civicforum.web.forms import options
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.get("/projects/<slug>/partners")
def list_partners(slug: str) -> Any:
    project = queries.get_project(viewer(), slug)
    return render_template(
        "partnerships/partners.html",
        project=project,
        may_edit=policies.can_edit_project(viewer(), project),
        editable={p.id for p in project.partners if _may_edit(project, p)},
    )


def _may_edit(project: Project, partner: Partner) -> bool:
    return policies.can_edit_partner(viewer(), project, partner.organization)


@bp.route("/projects/<slug>/partners/new", methods=["GET", "POST"])
@limited("write")
def new_partner(slug: str) -> Any:
    project = queries.get_project(viewer(), slug)
    need(policies.can_edit_project(viewer(), project))
    form = PartnerForm()
    others = queries.list_other_organizations(viewer(), project)
    form.organization.choices = options((row.id, row.name) for row in others)
    added = form.submits(
        lambda: actions.add_partner(
            viewer(),
            project,
            queries.get_organization_by_id(viewer(), form.organization.data),
            form.role.data,
            form.brings.data,
        )
    )
    if added is None:
        return render_template(
            "partnerships/new_partner.html",
            form=form,
            project=project,
            may_found=policies.can_found_organization(viewer()),
        )
    return redirect(url_for("partnerships.list_partners", slug=slug))


@bp.route("/projects/<slug>/partners/<int:partner_id>", methods=["GET", "POST"])
@limited("write")
def edit_partner(slug: str, partner_id: int) -> Any:
    project = queries.get_project(viewer(), slug)
    partner = queries.get_partner(viewer(), project, partner_id)
    is_ours = policies.can_edit_project(viewer(), project)
    form = PartnerEditForm(obj=partner) if is_ours else OwnPartnerForm(obj=partner)
    changed = form.submits(
        lambda: actions.edit_partner(viewer(), partner, form.brings.data, form.role.data if is_ours else None)
    )
    if changed is None:
        return render_template(
            "partnerships/edit_partner.html",
            form=form,
            project=project,
            partner=partner,
            may_remove=is_ours,
        )
    return redirect(url_for("partnerships.list_partners", slug=slug))


@bp.post("/projects/<slug>/partners/<int:partner_id>/remove")
@limited("write")
def remove_partner(slug: str, partner_id: int) -> Any:
    project = queries.get_project(viewer(), slug)
    actions.remove_partner(viewer(), queries.get_partner(viewer(), project, partner_id))
    flash(_("The partnership has ended. What was said and promised stays."), "success")
    return redirect(url_for("partnerships.list_partners", slug=slug))
