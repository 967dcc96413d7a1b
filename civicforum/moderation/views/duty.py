"""Being on duty, and what is read before it is published."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from civicforum.agreement import duty
from civicforum.discussions.policies import can_moderate_thread, can_set_gate
from civicforum.discussions.queries import files_of_posts, get_thread
from civicforum.discussions.schemas import tell_polls
from civicforum.errors import NotFound, require
from civicforum.moderation import actions, forms, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.views.blueprint import bp
from civicforum.moderation.views.choices import rules_offered
from civicforum.web.filters import clock
from civicforum.web.limits import limited
from civicforum.web.numbers import whole_number
from civicforum.web.viewer import viewer


@bp.post("/moderation/duty")
@limited("write")
def begin_duty() -> Any:
    form = forms.DutyForm()
    row = form.submits(lambda: duty.begin_duty(viewer(), form.hours.data))
    if row is None:
        flash(_("Choose for how long you are on duty."), "error")
    else:
        flash(
            _("Thank you. You are on duty until %(time)s; it ends by itself.", time=clock(row.ends_at)),
            "success",
        )
    return redirect(url_for("moderation.queue"))


@bp.post("/moderation/duty/end")
@limited("write")
def end_duty() -> Any:
    duty.end_duty(viewer())
    flash(_("You are off duty. Thank you."), "success")
    return redirect(url_for("moderation.queue"))


@bp.route("/threads/<int:thread_id>/gate", methods=["GET", "POST"])
@limited("write")
def set_gate(thread_id: int) -> Any:
    """Let comments in a thread be read before they are shown, for a bad hour."""
    thread = get_thread(viewer(), thread_id)
    require(can_set_gate(viewer(), thread), _("Only moderators of this project can do this."))
    form = forms.GateForm()
    deed = lambda: actions.set_gate(  # noqa: E731 - one deed of one form
        viewer(), thread_id, form.hours.data, form.whom.data, form.reason.data, form.takes_back.data
    )
    if form.submits(deed):
        flash(_("Comments are read first now. The rule and its end stand above them."), "success")
        return redirect(url_for("discussions.show_thread", thread_id=thread_id))
    page = render_template("moderation/gate.html", form=form, thread=thread)
    return page, (422 if form.errors and request.method == "POST" else 200)


@bp.post("/threads/<int:thread_id>/gate/end")
@limited("write")
def end_gate(thread_id: int) -> Any:
    actions.end_gate(viewer(), thread_id)
    flash(_("Comments are shown at once again."), "success")
    return redirect(url_for("discussions.show_thread", thread_id=thread_id))


@bp.route("/moderation/threads/<int:thread_id>/held", methods=["GET", "POST"])
@limited("write")
def show_held(thread_id: int) -> Any:
    """All that waits in one thread, to be published or declined together."""
    thread = get_thread(viewer(), thread_id)
    if not can_moderate_thread(viewer(), thread):
        raise NotFound
    form = forms.HeldForm()
    form.rule.choices = rules_offered(thread.project)
    chosen = _numbers("holds")
    count = form.submits(lambda: actions.decide_holds(viewer(), thread_id, _meant(chosen), _deed(form)))
    if count is not None:
        flash(ngettext("Done with %(num)d comment.", "Done with %(num)d comments.", count), "success")
        return redirect(url_for("moderation.show_held", thread_id=thread_id))
    rows = queries.list_held_posts(viewer(), thread)
    page = render_template(
        "moderation/held.html",
        thread=thread,
        form=form,
        rows=rows,
        attachments=files_of_posts([post for _hold, post in rows]),
        polls=tell_polls(viewer(), [post for _hold, post in rows]),
        chosen=chosen,
    )
    return page, (422 if form.errors and request.method == "POST" else 200)


def _meant(chosen: set[int]) -> set[int]:
    """The chosen ones, or all others that were on the page; what came since is nobody's choice yet."""
    return _numbers("seen") - chosen if request.form.get("deed") == "decline_others" else chosen


def _numbers(name: str) -> set[int]:
    return {number for each in request.form.getlist(name) if (number := whole_number(each))}


def _deed(form: forms.HeldForm) -> Deed:
    if request.form.get("deed") == "approve":
        return Deed("approve", None, "")
    return Deed("decline", whole_number(form.rule.data), form.reason.data or "")
