"""Room for others."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.discussions.forms import RoomForm
from civicforum.discussions.policies import can_make_room
from civicforum.discussions.queries import get_thread
from civicforum.errors import require
from civicforum.moderation import actions
from civicforum.moderation.views.blueprint import bp
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.route("/threads/<int:thread_id>/room", methods=["GET", "POST"])
@limited("write")
def make_room(thread_id: int) -> Any:
    thread = get_thread(viewer(), thread_id)
    require(can_make_room(viewer(), thread), _("Only organizers and moderators make room here."))
    form = RoomForm()
    deed = lambda: actions.make_room(  # noqa: E731 - one deed of one form
        viewer(), thread_id, form.hours.data, form.minutes.data, form.reason.data
    )
    if form.submits(deed):
        flash(_("Room is made. The rule and its end stand above the comments."), "success")
        return redirect(url_for("discussions.show_thread", thread_id=thread_id))
    page = render_template("moderation/room.html", form=form, thread=thread)
    return page, (422 if form.errors and request.method == "POST" else 200)


@bp.post("/threads/<int:thread_id>/room/end")
@limited("write")
def end_room(thread_id: int) -> Any:
    actions.end_room(viewer(), thread_id)
    flash(_("Everybody writes as always again."), "success")
    return redirect(url_for("discussions.show_thread", thread_id=thread_id))
