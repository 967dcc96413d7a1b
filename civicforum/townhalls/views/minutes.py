"""The summary of a meeting."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.errors import NotFound, require
from civicforum.townhalls import actions, policies, queries
from civicforum.townhalls.actions import Decided
from civicforum.townhalls.forms import SummaryForm
from civicforum.townhalls.models import Summary
from civicforum.townhalls.views.blueprint import bp
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.get("/town-halls/<int:town_hall_id>/minutes")
def show_minutes(town_hall_id: int) -> str:
    town_hall = queries.get_town_hall(viewer(), town_hall_id)
    versions = queries.list_summaries(town_hall)
    return render_template(
        "townhalls/minutes.html",
        town_hall=town_hall,
        versions=versions,
        summary=_chosen(versions),
        can_publish=policies.can_publish_summary(viewer(), town_hall),
    )


def _chosen(versions: Sequence[Summary]) -> Summary | None:
    number = request.args.get("version", type=int)
    if number is None:
        return versions[0] if versions else None
    for version in versions:
        if version.version == number:
            return version
    raise NotFound


@bp.route("/town-halls/<int:town_hall_id>/minutes/edit", methods=["GET", "POST"])
@limited("write")
def edit_minutes(town_hall_id: int) -> Any:
    town_hall = queries.get_town_hall(viewer(), town_hall_id)
    require(policies.can_publish_summary(viewer(), town_hall))
    newest = queries.latest_summary(town_hall)
    form = SummaryForm()
    if request.method == "GET":
        _fill(form, newest)
    done = form.submits(
        lambda: actions.publish_summary(
            viewer(), town_hall_id, form.body.data or "", _decided(form), form.based_on.data
        )
    )
    if done is None:
        form.offer_blanks()
        town_hall = queries.get_town_hall(viewer(), town_hall_id)
        return render_template(
            "townhalls/edit_minutes.html",
            town_hall=town_hall,
            form=form,
            tally=queries.tally(town_hall_id),
        )
    if done.version == 1:
        flash(_("Published. Everybody who came or wrote is told."), "success")
    else:
        flash(_("Published as a new version. The earlier ones stay."), "success")
    return redirect(url_for("townhalls.show_minutes", town_hall_id=town_hall_id))


def _fill(form: SummaryForm, newest: Summary | None) -> None:
    form.based_on.data = newest.version if newest else 0
    if newest is None:
        return
    form.body.data = newest.body
    for made in newest.decisions:
        form.decisions.append_entry({"text": made.text, "owner": made.owner, "due_on": made.due_on})


def _decided(form: SummaryForm) -> list[Decided]:
    rows = [entry.form for entry in form.decisions]
    return [
        Decided(row.text.data or "", row.owner.data or "", row.due_on.data)
        for row in rows
        if row.text.data or row.owner.data or row.due_on.data
    ]
