"""The list of projects, and the forms that found and change one."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.partnerships import actions, policies, queries
from civicforum.partnerships.actions import PhaseDraft
from civicforum.partnerships.forms import PhasesForm, ProjectEditForm, ProjectForm
from civicforum.partnerships.views.blueprint import bp, made_once, need, typed_revision
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

CHANGEABLE = ("title", "summary", "vision", "level", "decides", "visibility", "allows_pseudonyms", "status")


@bp.get("/projects")
def list_projects() -> Any:
    """What goes on, and below it what has ended."""
    has_ended = "ended" in request.args
    page = queries.list_projects(viewer(), cursor=request.args.get("cursor"), is_open=not has_ended)
    return render_template(
        "partnerships/projects.html",
        page=page,
        has_ended=has_ended,
        may_found=policies.can_found_project(viewer()),
    )


@bp.route("/projects/new", methods=["GET", "POST"])
@limited("write")
def new_project() -> Any:
    need(policies.can_found_project(viewer()))
    form = ProjectForm()
    made = form.submits(
        lambda: made_once(
            form,
            "project",
            lambda: actions.create_project(
                viewer(),
                form.title.data,
                form.vision.data,
                summary=form.summary.data,
                level=form.level.data,
                decides=form.decides.data,
                visibility=form.visibility.data,
                allows_pseudonyms=form.allows_pseudonyms.data,
            ),
        )
    )
    if made is None:
        return render_template("partnerships/new_project.html", form=form)
    project = queries.get_project_by_id(viewer(), made)
    return redirect(url_for("partnerships.show_project", slug=project.slug))


@bp.route("/projects/<slug>/edit", methods=["GET", "POST"])
@limited("write")
def edit_project(slug: str) -> Any:
    project = queries.get_project(viewer(), slug)
    need(policies.can_edit_project(viewer(), project))
    form = ProjectEditForm(obj=project)
    changed = form.submits(
        lambda: actions.edit_project(
            viewer(),
            project,
            typed_revision(form),
            **{name: form[name].data for name in CHANGEABLE},
        )
    )
    if changed is None:
        return render_template("partnerships/edit_project.html", form=form, project=project)
    flash(_("Saved."), "success")
    return redirect(url_for("partnerships.show_project", slug=slug))


@bp.route("/projects/<slug>/phases", methods=["GET", "POST"])
@limited("write")
def edit_phases(slug: str) -> Any:
    project = queries.get_project(viewer(), slug)
    need(policies.can_edit_project(viewer(), project))
    form = PhasesForm(obj=project)
    changed = form.submits(lambda: actions.set_phases(viewer(), project, _drafts(form)))
    if changed is None:
        form.offer_blank_rows()
        return render_template("partnerships/phases.html", form=form, project=project)
    flash(_("Saved."), "success")
    return redirect(url_for("partnerships.show_project", slug=slug))


def _drafts(form: PhasesForm) -> list[PhaseDraft]:
    rows = [row.data for row in form.phases if row.data["title"]]
    return [PhaseDraft(r["title"], r["starts_on"], r["ends_on"], r["text"]) for r in rows]


@bp.post("/projects/<slug>/follow")
@limited("write")
def follow(slug: str) -> Any:
    """Say how closely one follows the project."""
    actions.follow_project(viewer(), slug, request.form.get("level", ""))
    flash(_("Saved."), "success")
    return redirect(url_for("partnerships.show_project", slug=slug))
