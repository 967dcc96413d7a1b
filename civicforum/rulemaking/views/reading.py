"""A project's own rules, what a version changed, and accepting it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.agreement import queries as agreement
from civicforum.agreement.actions import accept_agreement
from civicforum.agreement.forms import AcceptForm
from civicforum.agreement.models import AgreementVersion
from civicforum.agreement.wording import Wording, wording_of
from civicforum.partnerships.models import Project
from civicforum.partnerships.queries import get_project
from civicforum.rulemaking import policies, queries
from civicforum.rulemaking.views.blueprint import address_in, bp, compared, home_of, language, written
from civicforum.web.limits import limited
from civicforum.web.redirects import safe_next
from civicforum.web.viewer import viewer

NOTHING = Wording("", ())


@bp.get("/projects/<slug>/agreement", defaults={"number": None})
@bp.get("/projects/<slug>/agreement/versions/<int:number>")
def show_project_agreement(slug: str, number: int | None) -> str:
    """The rules that hold in the project: its own, or the town's."""
    project = get_project(viewer(), slug)
    present = agreement.current_agreement(project.id)
    version = agreement.get_agreement(number, project.id) if number is not None else present
    is_own = version is not None and version.project_id is not None
    return render_template(
        "rulemaking/project.html",
        project=project,
        version=version,
        is_own=is_own,
        is_current=version is present,
        has_accepted=agreement.has_accepted(viewer(), version),
        versions=agreement.list_agreements(project.id),
        write_url=_write_url(project),
        language=language(),
        written=written,
    )


def _write_url(project: Project) -> str | None:
    """Where organizers write rules of the project's own, before anybody has spoken."""
    if not policies.can_write_own(viewer(), project) or queries.has_opened(project):
        return None
    return url_for("rulemaking.write_own", slug=project.slug)


@bp.route("/agreement/changes/<int:version_id>", methods=["GET", "POST"])
@limited("write")
def show_changes(version_id: int) -> Any:
    """What a version changed since the one they accepted, or the one before; and accepting it."""
    version = queries.get_version(viewer(), version_id)
    home_url = home_of(queries.find_project(version.project_id))
    form = AcceptForm(data={"version": version.number})
    if form.is_submitted():
        form.submits(lambda: True)
        accept_agreement(viewer(), form.version.data or 0, version.project_id)
        flash(_("Thank you. We keep that you accepted this version."), "success")
        return redirect(safe_next(request.args.get("next"), home_url))
    newest, before = agreement.newest_version(version.project_id), _read_before(version)
    return render_template(
        "rulemaking/changes.html",
        version=version,
        before=before,
        form=form,
        home_url=home_url,
        is_current=newest is version,
        has_accepted=agreement.has_accepted(viewer(), version),
        **compared(_words(before), wording_of(version)),
    )


def _read_before(version: AgreementVersion) -> AgreementVersion | None:
    """What this person accepted last here; or else the version before. None: this is the first of them."""
    accepted = agreement.last_accepted(viewer(), version.project_id)
    if accepted is not None and accepted.number < version.number:
        return accepted
    if version.number == 1:
        return agreement.newest_version(None) if version.project_id is not None else None
    return agreement.get_agreement(version.number - 1, version.project_id)


def _words(version: AgreementVersion | None) -> Wording:
    return wording_of(version) if version is not None else NOTHING


def rules_to_accept(project: Project) -> dict[str, Any] | None:
    """For the box in which one speaks: what changed since one accepted the rules, if it did."""
    version = agreement.version_to_accept(viewer(), project.id)
    if version is None:
        return None
    return {
        "version": version,
        "was_accepted": agreement.last_accepted(viewer(), version.project_id) is not None,
        "url": url_for("rulemaking.show_changes", version_id=version.id),
        **compared(_words(_read_before(version)), wording_of(version)),
    }


def rulemaking_card(project: Project | None, versions: Any) -> dict[str, Any]:
    """For the pages of the rules: how each version came, what is voted on, and what this person may do."""
    project_id = project.id if project is not None else None
    is_open = queries.find_open(project_id)
    may_propose = is_open is None and bool(versions or project) and policies.can_propose(viewer(), project)
    return {
        "proposals": queries.proposals_of(versions),
        "open": is_open,
        "list_url": address_in(project, "list_proposals"),
        "new_url": address_in(project, "new_proposal") if may_propose else None,
        "correct_url": address_in(project, "correct")
        if versions and policies.can_correct(viewer())
        else None,
    }
