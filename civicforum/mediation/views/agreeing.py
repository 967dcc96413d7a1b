"""The words of an agreement, each side's own yes to them, and looking back."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.errors import Invalid
from civicforum.mediation import actions, forms, queries
from civicforum.mediation.models import Mediation
from civicforum.mediation.views.blueprint import bp, signed_in
from civicforum.web.limits import limited
from civicforum.web.numbers import whole_number
from civicforum.web.viewer import viewer


@bp.route("/mediation/<int:mediation_id>/agreement", methods=["GET", "POST"])
@limited("write")
def write_agreement(mediation_id: int) -> Any:
    mediation = queries.get_room(signed_in(), mediation_id)
    form = forms.AgreementForm(data=_filled(mediation))
    if form.submits(lambda: actions.write_agreement(viewer(), mediation_id, _draft(form))):
        flash(_("The words are in the room. They hold once both sides agree."), "success")
        return _back(mediation_id)
    page = render_template("mediation/agreement.html", form=form, mediation=mediation)
    return page, 422 if form.errors else 200


def _filled(mediation: Mediation) -> dict[str, Any]:
    return {
        "body": mediation.agreement,
        "follow_up_days": str(mediation.follow_up_days or 30),
        "lifts": mediation.lifts,
        "based_on": str(mediation.agreement_version),
    }


def _draft(form: forms.AgreementForm) -> actions.Draft:
    days = whole_number(form.follow_up_days.data) or 0
    return actions.Draft(form.body.data, days, form.lifts.data, whole_number(form.based_on.data) or 0)


@bp.post("/mediation/<int:mediation_id>/agree")
@limited("write")
def agree(mediation_id: int) -> Any:
    mediation = actions.agree(viewer(), mediation_id, whole_number(request.form.get("version")) or 0)
    is_done = mediation.state == "agreement"
    flash(
        _("It is agreed. Thank you, both of you.") if is_done else _("You agree to these words."), "success"
    )
    return _back(mediation_id)


@bp.post("/mediation/<int:mediation_id>/keep")
@limited("write")
def keep_agreement(mediation_id: int) -> Any:
    keeps = request.form.get("keeps") == "yes"
    actions.keep_agreement(viewer(), mediation_id, keeps)
    flash(_("Saved."), "success")
    return _back(mediation_id)


@bp.post("/mediation/<int:mediation_id>/follow-up")
@limited("write")
def answer_follow_up(mediation_id: int) -> Any:
    queries.get_room(signed_in(), mediation_id)
    form = forms.FollowUpForm()
    if form.submits(lambda: actions.answer_follow_up(viewer(), mediation_id, form.answer.data)) is None:
        raise Invalid(_("Choose one of the answers."))
    flash(_("Thank you for telling."), "success")
    return _back(mediation_id)


def _back(mediation_id: int) -> Any:
    return redirect(url_for("mediation.show", mediation_id=mediation_id))
