"""Calling, changing, publishing and cancelling a meeting; who comes and what they need."""

import csv
import io
from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from civicforum.errors import NotAllowed, NotFound, require
from civicforum.partnerships.models import Project
from civicforum.partnerships.queries import get_project, list_own_projects
from civicforum.townhalls import actions, policies, queries, shipped
from civicforum.townhalls.agenda import write_agenda
from civicforum.townhalls.forms import ZONES, CalendarForm, CancelForm, NeedForm, TownHallForm
from civicforum.townhalls.models import Rsvp, TownHall
from civicforum.townhalls.sheets import cell
from civicforum.townhalls.views.blueprint import bp
from civicforum.web.idempotency import Done, fingerprint, once
from civicforum.web.limits import limited, person_key
from civicforum.web.redirects import safe_next
from civicforum.web.site import get_site
from civicforum.web.viewer import viewer


@bp.get("/town-halls/new")
def choose_project() -> Any:
    """Where a meeting belongs: straight on where there is only one answer."""
    slug = request.args.get("project")
    if slug:
        return redirect(url_for("townhalls.new_town_hall", slug=slug))
    if not viewer().is_authenticated:
        raise NotAllowed
    projects = list_own_projects(viewer())
    if len(projects) == 1:
        return redirect(url_for("townhalls.new_town_hall", slug=projects[0].slug))
    return render_template("townhalls/choose.html", projects=projects)


@bp.route("/projects/<slug>/town-halls/new", methods=["GET", "POST"])
@limited("write")
def new_town_hall(slug: str) -> Any:
    project = _callable(slug)
    form = TownHallForm()
    if request.method == "GET":
        _prefill(form)
    project_id = project.id
    done = form.submits(lambda: _create(form, project_id))
    if done is None:
        return render_template("townhalls/new.html", project=project, form=form, zones=ZONES)
    if request.form.get("status") == "published":
        flash(_("The meeting is published. Print the poster, and tell people."), "success")
    else:
        flash(_("Saved as a draft: only those who run the project see it."), "info")
    return redirect(safe_next(request.args.get("next"), _page(done.object_id)))


def _create(form: TownHallForm, project_id: int) -> Done:
    status = "published" if request.form.get("status") == "published" else "draft"
    facts = form.facts()
    if not facts["access_statement"] and status == "draft":
        facts.pop("access_statement")

    def create() -> Done:
        made = actions.create_town_hall(viewer(), project_id, facts, status, form.items())
        return Done(201, "townhall", made.id)

    key = f"form:{(form.nonce.data or '')[:80]}"
    print_ = fingerprint("FORM", request.path, {"facts": facts})
    return once(viewer(), person_key(), key, print_, create)


def _callable(slug: str) -> Project:
    project = get_project(viewer(), slug)
    require(
        policies.can_call(viewer(), project),
        _("Only those who run this project can call a meeting."),
    )
    return project


def _prefill(form: TownHallForm) -> None:
    """A meeting in two weeks, at half past six, with the shipped agenda."""
    site = get_site()
    form.starts_at.data, form.ends_at.data, form.needs_until.data = actions.suggested_hours()
    form.timezone.data = site.timezone
    locale = str(get_locale() or "en")
    form.agenda.data = write_agenda(shipped.agenda(locale))
    form.access_statement.data = site.access_statement or shipped.access_statement(
        locale, _("The room"), _("the day below"), site.contact_phone or site.name
    )


def _run(town_hall_id: int) -> TownHall:
    town_hall = queries.get_town_hall(viewer(), town_hall_id)
    require(policies.can_run(viewer(), town_hall))
    return town_hall


@bp.route("/town-halls/<int:town_hall_id>/edit", methods=["GET", "POST"])
@limited("write")
def edit_town_hall(town_hall_id: int) -> Any:
    town_hall = _run(town_hall_id)
    form = TownHallForm()
    if request.method == "GET":
        form.fill(town_hall)
    done = form.submits(
        lambda: actions.edit_town_hall(viewer(), town_hall_id, form.facts(), form.revision.data, form.items())
    )
    if done is None:
        town_hall = _run(town_hall_id)
        return render_template("townhalls/edit.html", town_hall=town_hall, form=form, zones=ZONES)
    flash(_("Saved. Who said that they come is told if the time or the place is another."), "success")
    return redirect(_page(town_hall_id))


@bp.post("/town-halls/<int:town_hall_id>/publish")
@limited("write")
def publish_town_hall(town_hall_id: int) -> BaseResponse:
    actions.publish_town_hall(viewer(), town_hall_id)
    flash(_("The meeting is published. Print the poster, and tell people."), "success")
    return redirect(_page(town_hall_id))


@bp.route("/town-halls/<int:town_hall_id>/cancel", methods=["GET", "POST"])
@limited("write")
def cancel_town_hall(town_hall_id: int) -> Any:
    town_hall = _run(town_hall_id)
    form = CancelForm()
    done = form.submits(lambda: actions.cancel_town_hall(viewer(), town_hall_id, form.reason.data or ""))
    if done is None:
        return render_template("townhalls/cancel.html", town_hall=town_hall, form=form)
    flash(_("Cancelled. Everybody who answered is told once."), "success")
    return redirect(_page(town_hall_id))


# --- who comes ---


@bp.get("/town-halls/<int:town_hall_id>/people")
def list_people(town_hall_id: int) -> str:
    town_hall = queries.get_town_hall(viewer(), town_hall_id)
    return render_template(
        "townhalls/people.html",
        town_hall=town_hall,
        people=queries.list_people(viewer(), town_hall),
        seats=queries.seats_by_mode([town_hall])[town_hall.id],
        can_export=policies.can_export_people(viewer(), town_hall),
    )


@bp.get("/town-halls/<int:town_hall_id>/people.csv")
def export_people(town_hall_id: int) -> Response:
    """The list for the door, without addresses; with access needs only where they were asked for."""
    town_hall = queries.get_town_hall(viewer(), town_hall_id)
    require(policies.can_export_people(viewer(), town_hall))
    with_needs = request.args.get("needs") == "1" and policies.can_settle_needs(viewer(), town_hall)
    words = _csv(queries.list_people(viewer(), town_hall), with_needs)
    name = f"meeting-{town_hall.id}-people.csv"
    return Response(
        "\ufeff" + words,
        mimetype="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
        },
    )


def _csv(people: Sequence[Rsvp], with_needs: bool) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["name", "people", "answer", "way", "code", "here", *(["needs"] * with_needs)])
    for row in people:
        is_here = any(present.undone_at is None for present in row.check_ins)
        line = [row.name, row.party_size, row.state, row.mode, row.code, "yes" if is_here else ""]
        if with_needs:
            line.append("; ".join(f"{need.kind} ({need.state})" for need in row.needs))
        writer.writerow([cell(value) for value in line])
    return out.getvalue()


# --- access needs ---


@bp.get("/town-halls/<int:town_hall_id>/needs")
def list_needs(town_hall_id: int) -> str:
    town_hall = queries.get_town_hall(viewer(), town_hall_id)
    needs = queries.list_needs(viewer(), town_hall)
    return render_template(
        "townhalls/needs.html",
        town_hall=town_hall,
        needs=needs,
        open_count=sum(need.state == "requested" for need in needs),
        forms_of={need.id: _need_form(need) for need in needs},
    )


def _need_form(need: Any) -> NeedForm:
    form = NeedForm(formdata=None, prefix=f"need{need.id}-")
    # The usual answer is ready: one press says yes.
    form.state.data = "confirmed" if need.state == "requested" else need.state
    form.reply.data = need.reply
    return form


@bp.post("/town-halls/<int:town_hall_id>/needs/<int:need_id>")
@limited("write")
def settle_need(town_hall_id: int, need_id: int) -> Any:
    form = NeedForm(prefix=f"need{need_id}-")
    done = form.submits(
        lambda: actions.settle_need(viewer(), town_hall_id, need_id, form.state.data, form.reply.data or "")
    )
    if done is None:
        town_hall = queries.get_town_hall(viewer(), town_hall_id)
        needs = queries.list_needs(viewer(), town_hall)
        if need_id not in {need.id for need in needs}:
            raise NotFound
        shown = {need.id: form if need.id == need_id else _need_form(need) for need in needs}
        open_count = sum(need.state == "requested" for need in needs)
        page = render_template(
            "townhalls/needs.html",
            town_hall=town_hall,
            needs=needs,
            open_count=open_count,
            forms_of=shown,
        )
        return page, 422
    flash(_("Saved, and the person is told."), "success")
    return redirect(url_for("townhalls.list_needs", town_hall_id=town_hall_id))


# --- bringing in a calendar ---


@bp.route("/projects/<slug>/town-halls/import", methods=["GET", "POST"])
@limited("write")
def import_calendar(slug: str) -> Any:
    project = _callable(slug)
    form = CalendarForm()
    project_id = project.id
    done = form.submits(lambda: actions.import_calendar(viewer(), project_id, form.file.data.read()))
    if done is None:
        page = render_template("townhalls/import.html", project=get_project(viewer(), slug), form=form)
        return page, (422 if request.method == "POST" else 200)
    flash(
        ngettext("%(num)d meeting is new", "%(num)d meetings are new", len(done.made))
        + "; "
        + ngettext("%(num)d has changed", "%(num)d have changed", len(done.changed))
        + "; "
        + ngettext("%(num)d is as it was.", "%(num)d are as they were.", len(done.unchanged)),
        "success",
    )
    return redirect(url_for("townhalls.list_town_halls", project=slug))


def _page(town_hall_id: int) -> str:
    return url_for("townhalls.show_town_hall", town_hall_id=town_hall_id)
