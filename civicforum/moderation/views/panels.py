"""Residents who decide: offering oneself, voting, and how the lot was drawn."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.accounts.policies import is_person
from civicforum.errors import SignInNeeded
from civicforum.moderation import actions, forms, policies, queries
from civicforum.moderation.lots import in_order_of_lot, seed_of
from civicforum.moderation.views.appeals import send_form
from civicforum.moderation.views.blueprint import bp
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.post("/appeals/<int:appeal_id>/vote")
@limited("write")
def vote_on_appeal(appeal_id: int) -> Any:
    form = forms.VoteForm()
    deed = lambda: actions.vote_on_appeal(viewer(), appeal_id, form.vote.data, form.reason.data)  # noqa: E731 - one deed of one form
    return send_form(appeal_id, "vote", form, deed, _("Thank you. Your answer counts; two of three decide."))


@bp.post("/appeals/<int:appeal_id>/leave")
@limited("write")
def leave_panel(appeal_id: int) -> Response:
    actions.leave_panel(viewer(), appeal_id)
    flash(_("That is fine. The next of the lot is asked."), "success")
    return redirect(url_for("moderation.list_appeals"))


@bp.get("/appeals/<int:appeal_id>/lot")
def show_lot(appeal_id: int) -> Any:
    """How the three were drawn, in numbers, so that anybody can draw them again."""
    appeal = queries.get_lot(viewer(), appeal_id)
    seed = seed_of(appeal.lot_hash or "", appeal.id, appeal.lot_secret)
    order = in_order_of_lot(seed, appeal.lot_pool or ())
    return render_template("moderation/panel_lot.html", appeal=appeal, seed=seed, order=order)


@bp.route("/appeals/volunteer", methods=["GET", "POST"])
@limited("write")
def volunteer() -> Any:
    """Offering to be drawn, and not any more."""
    if not is_person(viewer()):
        raise SignInNeeded
    if request.method == "POST":
        is_on = request.form.get("is_on") == "1"
        actions.volunteer(viewer(), is_on)
        on, off = _("Thank you. You can be drawn from now on."), _("You are not drawn any more.")
        flash(on if is_on else off, "success")
        return redirect(url_for("moderation.volunteer"))
    found = queries.find_volunteer(viewer())
    can_offer = policies.can_volunteer(viewer())
    return render_template("moderation/panel_volunteer.html", volunteer=found, can_offer=can_offer)
