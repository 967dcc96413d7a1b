"""News of a project."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.partnerships import actions, policies, queries
from civicforum.partnerships.forms import UpdateForm
from civicforum.partnerships.views.blueprint import bp, made_once, need
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.get("/projects/<slug>/updates")
def list_updates(slug: str) -> Any:
    project = queries.get_project(viewer(), slug)
    return render_template(
        "partnerships/updates.html",
        project=project,
        page=queries.list_updates(viewer(), project, cursor=request.args.get("cursor")),
        may_publish=policies.can_publish_update(viewer(), project),
    )


@bp.route("/projects/<slug>/updates/new", methods=["GET", "POST"])
@limited("write")
def new_update(slug: str) -> Any:
    project = queries.get_project(viewer(), slug)
    need(policies.can_publish_update(viewer(), project))
    form = UpdateForm()
    made = form.submits(
        lambda: made_once(
            form,
            "update",
            lambda: actions.publish_update(viewer(), project, form.title.data, form.body.data),
        )
    )
    if made is None:
        return render_template("partnerships/new_update.html", form=form, project=project)
    flash(_("Published. Everybody who belongs to the project was told."), "success")
    return redirect(url_for("partnerships.show_update", slug=slug, update_id=made))


@bp.get("/projects/<slug>/updates/<int:update_id>")
def show_update(slug: str, update_id: int) -> Any:
    update = queries.get_update(viewer(), update_id, slug)
    return render_template(
        "partnerships/update.html",
        update=update,
        project=update.project,
        may_edit=policies.can_edit_update(viewer(), update),
    )


@bp.route("/projects/<slug>/updates/<int:update_id>/edit", methods=["GET", "POST"])
@limited("write")
def edit_update(slug: str, update_id: int) -> Any:
    update = queries.get_update(viewer(), update_id, slug)
    need(policies.can_edit_update(viewer(), update))
    form = UpdateForm(obj=update)
    changed = form.submits(lambda: actions.edit_update(viewer(), update, form.title.data, form.body.data))
    if changed is None:
        return render_template(
            "partnerships/edit_update.html", form=form, update=update, project=update.project
        )
    return redirect(url_for("partnerships.show_update", slug=slug, update_id=update_id))


@bp.post("/projects/<slug>/updates/<int:update_id>/withdraw")
@limited("write")
def withdraw_update(slug: str, update_id: int) -> Any:
    update = queries.get_update(viewer(), update_id, slug)
    actions.withdraw_update(viewer(), update)
    flash(_("Taken back: it no longer stands on any page."), "success")
    return redirect(url_for("partnerships.list_updates", slug=slug))
