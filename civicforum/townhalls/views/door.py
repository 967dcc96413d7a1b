"""The door of a meeting: find a name, let people in, count. Works without JavaScript."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.townhalls import actions, queries
from civicforum.townhalls.forms import CodeForm, WalkInForm, new_nonce
from civicforum.townhalls.views.blueprint import bp
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

SHOWN = 200


@bp.get("/town-halls/<int:town_hall_id>/door")
def show_door(town_hall_id: int) -> str:
    return _render(town_hall_id, WalkInForm(formdata=None), CodeForm(formdata=None))


def _render(town_hall_id: int, walk_in: WalkInForm, code: CodeForm) -> str:
    town_hall = queries.get_town_hall(viewer(), town_hall_id)
    search = request.args.get("q", "")[:80]
    people = queries.list_people(viewer(), town_hall, search)
    return render_template(
        "townhalls/door.html",
        town_hall=town_hall,
        people=people[:SHOWN],
        more=max(0, len(people) - SHOWN),
        walk_ins=queries.list_walk_ins(viewer(), town_hall),
        tally=queries.tally(town_hall.id),
        is_open=actions.is_door_open(town_hall),
        search=search,
        walk_in_form=walk_in,
        code_form=code,
        nonce=new_nonce(),
    )


@bp.post("/town-halls/<int:town_hall_id>/door/check-in")
@limited("door")
def check_in(town_hall_id: int) -> Any:
    form = CodeForm()
    done = form.submits(
        lambda: actions.check_in(
            viewer(), town_hall_id, form.code.data or "", (form.nonce.data or new_nonce())[:64]
        )
    )
    if done is None:
        return _render(town_hall_id, WalkInForm(formdata=None), form), 422
    _say(done)
    return redirect(_door(town_hall_id))


@bp.post("/town-halls/<int:town_hall_id>/door/people/<int:rsvp_id>")
@limited("door")
def check_in_person(town_hall_id: int, rsvp_id: int) -> Response:
    nonce = f"{request.form.get('nonce', '')[:40]}:{rsvp_id}"
    _say(actions.check_in_person(viewer(), town_hall_id, rsvp_id, nonce))
    return redirect(_door(town_hall_id))


@bp.post("/town-halls/<int:town_hall_id>/door/walk-in")
@limited("door")
def walk_in(town_hall_id: int) -> Any:
    form = WalkInForm()
    done = form.submits(
        lambda: actions.walk_in(
            viewer(),
            town_hall_id,
            form.name.data or "",
            form.party_size.data or 1,
            (form.nonce.data or new_nonce())[:64],
        )
    )
    if done is None:
        return _render(town_hall_id, form, CodeForm(formdata=None)), 422
    flash(_("%(name)s is here.", name=done.name), "success")
    return redirect(_door(town_hall_id))


@bp.post("/town-halls/<int:town_hall_id>/door/<int:check_in_id>/undo")
@limited("door")
def undo_check_in(town_hall_id: int, check_in_id: int) -> Response:
    actions.undo_check_in(viewer(), town_hall_id, check_in_id)
    flash(_("Taken back."), "info")
    return redirect(_door(town_hall_id))


def _say(done: actions.Admission) -> None:
    name = done.rsvp.name if done.rsvp else ""
    words = {
        "ok": _("%(name)s is here.", name=name),
        "already": _("%(name)s is here already.", name=name),
        "not_found": _("Nobody has this code. Look for the name, or add them below."),
        "cancelled": _("%(name)s had cancelled. Add them below if they came after all.", name=name),
        "wrong_town_hall": _("This code is for another meeting."),
        "not_open": _("The door opens two hours before the meeting."),
    }
    flash(words[done.status], "success" if done.status == "ok" else "warning")


def _door(town_hall_id: int) -> str:
    return url_for("townhalls.show_door", town_hall_id=town_hall_id, q=request.form.get("q") or None)
