"""The offer, and the room: one address for both, for three people."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.discussions.forms import new_nonce
from civicforum.discussions.policies import can_see_post
from civicforum.discussions.views import previewing
from civicforum.discussions.words import prepare_words
from civicforum.mediation import actions, forms, policies, queries, schemas
from civicforum.mediation.models import Mediation, Participant
from civicforum.mediation.views.blueprint import bp, signed_in
from civicforum.web.idempotency import Done, fingerprint, once
from civicforum.web.limits import limited, person_key
from civicforum.web.numbers import whole_number
from civicforum.web.viewer import viewer


@bp.get("/mediation")
def list_mediations() -> Any:
    """One's own offers and rooms. Everybody has this page, so that a link to it says nothing of anybody."""
    rows = queries.list_mediations(signed_in())
    return render_template("mediation/list.html", rows=[_told(row) for row in rows])


@bp.route("/mediation/<int:mediation_id>", methods=["GET", "POST"])
@limited("post")
def show(mediation_id: int) -> Any:
    mediation = queries.get_mediation(signed_in(), mediation_id)
    form = forms.SayForm()
    if request.method == "GET":
        return _draw(mediation, form)
    if previewing.is_asked_for("preview"):
        return _draw(mediation, form, previewing.drawn(form))
    done = form.submits(lambda: _say(form, mediation_id))
    if done is None:
        return _draw(mediation, form), 422
    return redirect(url_for("mediation.show", mediation_id=mediation_id, _anchor=f"post-{done.object_id}"))


def _say(form: forms.SayForm, mediation_id: int) -> Done:
    words = prepare_words(form.body.data)
    # What was said leaves no fingerprint behind: the form's own name is enough.
    print_ = fingerprint("FORM", request.path, {"room": mediation_id})

    def say() -> Done:
        return Done(201, "mediation_message", actions.say(viewer(), mediation_id, words).id)

    return once(viewer(), person_key(), f"form:{(form.nonce.data or new_nonce())[:80]}", print_, say)


def _draw(mediation: Mediation, form: forms.SayForm, preview: str | None = None) -> str:
    told = _told(mediation)
    if not told["is_room"]:
        return render_template("mediation/room.html", **told, form=form)
    live = schemas.watch_room(mediation)
    before = whole_number(request.args.get("before"))
    messages = queries.list_messages(viewer(), mediation.id, before)
    shown = messages[-queries.PAGE_MESSAGES :]
    older = shown[0].id if len(messages) > queries.PAGE_MESSAGES else None
    return render_template(
        "mediation/room.html",
        **told,
        live=live,
        messages=shown,
        older_url=url_for("mediation.show", mediation_id=mediation.id, before=older) if older else None,
        is_end=before is None,
        form=form,
        preview=preview,
    )


def _told(mediation: Mediation) -> dict[str, Any]:
    """The offer or room as this person is told of it."""
    me = policies.part_of(viewer(), mediation)
    post = mediation.post
    return {
        "mediation": mediation,
        "me": me,
        # While it is offered, the two sides are told as they were asked, whatever anybody answered.
        "others": [part for part in mediation.present if part is not me],
        "asked_alone": _is_asked_alone(mediation, me),
        "is_room": policies.can_read_room(viewer(), mediation),
        "about": post if post is not None and can_see_post(viewer(), post) else None,
        "follow_up_form": forms.FollowUpForm(formdata=None),
    }


def _is_asked_alone(mediation: Mediation, me: Participant | None) -> bool:
    """Whoever flagged, while the other side knows nothing of it."""
    is_asked = me is not None and me.state == "invited"
    return is_asked and any(side.state == "waiting" for side in mediation.sides)


@bp.get("/mediation/<int:mediation_id>/state")
def show_state(mediation_id: int) -> Any:
    """How it stands, as this person is told of it: a part of the page, asked for when something changed."""
    mediation = queries.get_room(signed_in(), mediation_id)
    return render_template("mediation/_state.html", **_told(mediation))


# --- yes, no, more time, enough ---


@bp.post("/mediation/<int:mediation_id>/accept")
@limited("write")
def accept(mediation_id: int) -> Any:
    mediation = actions.accept_offer(viewer(), mediation_id)
    is_open = mediation.state == "in_session"
    flash(
        _("The room is open.") if is_open else _("You said yes. If everybody does, you are told."), "success"
    )
    return redirect(url_for("mediation.show", mediation_id=mediation_id))


@bp.post("/mediation/<int:mediation_id>/decline")
@limited("write")
def decline(mediation_id: int) -> Any:
    actions.decline_offer(viewer(), mediation_id)
    flash(_("You said no. Nobody is told, and nothing follows from it."), "success")
    return redirect(url_for("mediation.list_mediations"))


@bp.post("/mediation/<int:mediation_id>/leave")
@limited("write")
def leave(mediation_id: int) -> Any:
    actions.leave(viewer(), mediation_id)
    flash(_("You left. The conversation is over, and nobody asks you why."), "success")
    return redirect(url_for("mediation.list_mediations"))


@bp.post("/mediation/<int:mediation_id>/longer")
@limited("write")
def ask_for_longer(mediation_id: int) -> Any:
    mediation = actions.ask_for_longer(viewer(), mediation_id)
    longer = _("All three want more time, and you have it.")
    flash(
        longer if mediation.was_prolonged else _("You want more time. It is given if all three do."),
        "success",
    )
    return redirect(url_for("mediation.show", mediation_id=mediation_id))
