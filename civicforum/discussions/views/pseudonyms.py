"""Under which name one speaks in a project."""

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.discussions import actions, policies, queries
from civicforum.discussions.views.blueprint import bp
from civicforum.errors import NotFound
from civicforum.partnerships.models import Project
from civicforum.partnerships.queries import get_project
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.get("/projects/<slug>/pseudonym")
def show_pseudonym(slug: str) -> str:
    """Which name one speaks by here, what that means, and the button that changes it where it can be."""
    person, project = viewer(), get_project(viewer(), slug)
    pseudonym = queries.own_pseudonym(person, project) if person.is_authenticated else None
    if pseudonym is None and not project.allows_pseudonyms:
        raise NotFound
    return render_template(
        "discussions/pseudonym.html",
        project=project,
        pseudonym=pseudonym,
        is_used=pseudonym is not None and queries.is_pseudonym_used(pseudonym),
        is_asked=person.is_authenticated and queries.would_be_unmasked(person, project),
        **_what_holds(project),
    )


def _what_holds(project: Project) -> dict[str, bool]:
    person = viewer()
    return {
        "by_name": policies.speaks_by_name(person, project),
        "can_take": policies.can_take_pseudonym(person, project),
        "has_spoken": person.is_authenticated and queries.has_spoken_by_name(person, project),
    }


@bp.post("/projects/<slug>/pseudonym")
@limited("write")
def take_pseudonym(slug: str) -> Response:
    project = get_project(viewer(), slug)
    pseudonym = actions.take_pseudonym(viewer(), project.id, current_app.config["SECRET_KEY"])
    flash(_("You speak as %(name)s in this project.", name=pseudonym.name), "success")
    return redirect(url_for("discussions.show_pseudonym", slug=slug))


@bp.post("/projects/<slug>/pseudonym/end")
@limited("write")
def end_pseudonym(slug: str) -> Response:
    project = get_project(viewer(), slug)
    actions.end_pseudonym(viewer(), project.id)
    flash(_("You speak by your own name in this project."), "success")
    return redirect(url_for("partnerships.show_project", slug=slug))


@bp.post("/projects/<slug>/pseudonym/drop")
@limited("write")
def drop_pseudonym(slug: str) -> Response:
    project = get_project(viewer(), slug)
    actions.drop_pseudonym(viewer(), project.id)
    flash(_("You speak by your own name in this project."), "success")
    return redirect(url_for("partnerships.show_project", slug=slug))
