"""Organizations: who they are, what they do here, and who speaks for them."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.accounts import namesakes
from civicforum.partnerships import actions, policies, queries
from civicforum.partnerships.forms import OrganizationForm, SeatForm
from civicforum.partnerships.views.blueprint import bp, need, typed_revision
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.get("/organizations")
def list_organizations() -> Any:
    return render_template(
        "partnerships/organizations.html",
        page=queries.list_organizations(viewer(), cursor=request.args.get("cursor")),
        may_found=policies.can_found_organization(viewer()),
    )


@bp.route("/organizations/new", methods=["GET", "POST"])
@limited("write")
def new_organization() -> Any:
    need(policies.can_found_organization(viewer()))
    form = OrganizationForm()
    made = form.submits(
        lambda: actions.create_organization(
            viewer(), form.name.data, form.kind.data, form.about.data, form.url.data
        )
    )
    if made is None:
        return render_template("partnerships/new_organization.html", form=form)
    return redirect(url_for("partnerships.show_organization", slug=made.slug))


def _page_of_namesake(name: str) -> str | None:
    """The page of the organization that is mentioned as ``@name``."""
    if not queries.is_organization_slug_taken(name.lower()):
        return None
    return url_for("partnerships.show_organization", slug=name.lower())


bp.record_once(lambda _state: namesakes.register(_page_of_namesake))


@bp.get("/organizations/<slug>")
def show_organization(slug: str) -> Any:
    organization = queries.get_organization(viewer(), slug)
    return render_template(
        "partnerships/organization.html",
        organization=organization,
        partnerships=queries.list_partnerships(viewer(), organization),
        may_edit=policies.can_edit_organization(viewer(), organization),
    )


@bp.route("/organizations/<slug>/edit", methods=["GET", "POST"])
@limited("write")
def edit_organization(slug: str) -> Any:
    organization = queries.get_organization(viewer(), slug)
    need(policies.can_edit_organization(viewer(), organization))
    form = OrganizationForm(obj=organization)
    changed = form.submits(
        lambda: actions.edit_organization(
            viewer(),
            organization,
            typed_revision(form),
            name=form.name.data,
            kind=form.kind.data,
            about=form.about.data,
            url=form.url.data,
        )
    )
    if changed is None:
        return _edit_page(organization, form)
    flash(_("Saved."), "success")
    return redirect(url_for("partnerships.show_organization", slug=slug))


@bp.post("/organizations/<slug>/seats")
@limited("write")
def add_seat(slug: str) -> Any:
    organization = queries.get_organization(viewer(), slug)
    need(policies.can_seat(viewer(), organization))
    form = SeatForm()
    if form.submits(lambda: actions.add_seat(viewer(), organization, form.handle.data)) is None:
        return _edit_page(organization, OrganizationForm(formdata=None, obj=organization), form)
    return redirect(url_for("partnerships.edit_organization", slug=slug))


def _edit_page(organization: Any, form: OrganizationForm, seat_form: SeatForm | None = None) -> Any:
    return render_template(
        "partnerships/edit_organization.html",
        organization=organization,
        form=form,
        seat_form=seat_form or SeatForm(formdata=None),
    )


@bp.post("/organizations/<slug>/seats/<int:seat_id>/remove")
@limited("write")
def remove_seat(slug: str, seat_id: int) -> Any:
    organization = queries.get_organization(viewer(), slug)
    actions.remove_seat(viewer(), queries.get_seat(viewer(), organization, seat_id))
    return redirect(url_for("partnerships.edit_organization", slug=slug))
