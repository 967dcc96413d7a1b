"""What is published without a vote: a project's own rules before anybody speaks, and what laws ask for."""

from typing import Any

from flask import flash, redirect, render_template
from flask_babel import gettext as _

from civicforum.agreement.forms import AgreementForm, filled
from civicforum.agreement.queries import current_agreement, newest_version
from civicforum.errors import NotFound, require
from civicforum.partnerships.queries import get_project
from civicforum.rulemaking import actions, policies, queries
from civicforum.rulemaking.forms import CorrectionForm
from civicforum.rulemaking.views.blueprint import bp, home_of, place, submits
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.route("/projects/<slug>/agreement/write", methods=["GET", "POST"])
@limited("write")
def write_own(slug: str) -> Any:
    """Rules of the project's own, beginning with those that hold."""
    project = get_project(viewer(), slug)
    require(policies.can_write_own(viewer(), project), _("Only organizers of this project do this."))
    own = newest_version(project.id)
    form = AgreementForm(data=filled(current_agreement(project.id), own.number if own else 0))
    made = submits(
        form,
        lambda: actions.write_own_agreement(viewer(), project.id, form.wording(), form.based_on.data or 0),
    )
    if made is not None:
        flash(_("Saved. These rules hold in this project."), "success")
        return redirect(home_of(project))
    page = render_template(
        "rulemaking/write_own.html",
        form=form,
        project=project,
        home_url=home_of(project),
        has_opened=queries.has_opened(project),
    )
    return page, (422 if form.errors else 200)


@bp.route("/agreement/correct", methods=["GET", "POST"], defaults={"slug": None})
@bp.route("/projects/<slug>/agreement/correct", methods=["GET", "POST"])
@limited("write")
def correct(slug: str | None) -> Any:
    """What a law asks for holds at once, with a reason that everybody reads."""
    project = place(slug)
    require(policies.can_correct(viewer()), _("Only an administrator changes the agreement."))
    project_id = project.id if project else None
    version = newest_version(project_id)
    if version is None:
        raise NotFound
    form = CorrectionForm(data=filled(version))
    made = submits(
        form,
        lambda: actions.correct_agreement(
            viewer(), form.wording(), form.reason.data, form.based_on.data or 0, project_id
        ),
    )
    if made is not None:
        flash(_("Version %(number)s is published.", number=made.number), "success")
        return redirect(home_of(project))
    page = render_template("rulemaking/correct.html", form=form, project=project, home_url=home_of(project))
    return page, (422 if form.errors else 200)
