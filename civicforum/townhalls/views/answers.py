"""Saying that one comes: with an account, or by a link in a mail."""

from contextlib import suppress
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.accounts.models import Guest
from civicforum.accounts.names import normalize_email
from civicforum.townhalls import actions, queries, schemas, tokens
from civicforum.townhalls.forms import AnswerForm, GuestForm
from civicforum.townhalls.models import Rsvp
from civicforum.townhalls.views.blueprint import bp
from civicforum.townhalls.views.meetings import render_page
from civicforum.web.limits import count_mail, limited
from civicforum.web.viewer import viewer


@bp.post("/town-halls/<int:town_hall_id>/rsvp")
@limited("rsvp")
def rsvp(town_hall_id: int) -> Any:
    if not viewer().is_authenticated:
        return _ask_by_mail(town_hall_id)
    town_hall = queries.get_town_hall(viewer(), town_hall_id)
    form = AnswerForm()
    form.offer(town_hall)
    row = form.submits(lambda: _answer(form, town_hall_id))
    if row is None:
        town_hall = queries.get_town_hall(viewer(), town_hall_id)
        return render_page(town_hall, queries.find_own(viewer(), town_hall), form), 422
    flash(said(row), "success")
    return redirect(_page(town_hall_id))


def _answer(form: AnswerForm, town_hall_id: int) -> Rsvp:
    wish = form.wish()
    return actions.rsvp(viewer(), town_hall_id, wish.answer, wish.mode, wish.party_size, wish.needs)


def _ask_by_mail(town_hall_id: int) -> Any:
    town_hall = queries.get_town_hall(viewer(), town_hall_id)
    form = GuestForm()
    form.offer(town_hall)
    done = form.submits(lambda: _send_link(form, town_hall_id))
    if done is None:
        town_hall = queries.get_town_hall(viewer(), town_hall_id)
        return render_page(town_hall, None, form), 422
    flash(
        _(
            "Almost done: we sent a link to %(email)s. Open it and press the button; only then is your "
            "seat kept.",
            email=form.email.data,
        ),
        "info",
    )
    return redirect(_page(town_hall_id))


def _send_link(form: GuestForm, town_hall_id: int) -> bool:
    _count_mail(form.email.data or "")
    actions.ask_by_mail(
        viewer(),
        town_hall_id,
        form.name.data or "",
        form.email.data or "",
        form.wish(),
        str(get_locale() or "en"),
    )
    return True


def _count_mail(email: str) -> None:
    """Count in the bucket of the address as it is kept; what is no address gets no mail."""
    with suppress(ValueError):
        count_mail(normalize_email(email))


@bp.post("/town-halls/<int:town_hall_id>/rsvp/cancel")
@limited("rsvp")
def cancel_rsvp(town_hall_id: int) -> Response:
    actions.cancel_rsvp(viewer(), town_hall_id)
    flash(_("You are not coming. Thank you for telling us: whoever waits moves up."), "success")
    return redirect(_page(town_hall_id))


def said(row: Rsvp) -> str:
    """What came of an answer, in a sentence."""
    if row.state == "waitlisted":
        place = queries.count_ahead(row)
        return _(
            "All seats are taken. You are number %(place)s on the waiting list; we tell you as soon as "
            "there is a seat.",
            place=place,
        )
    return {
        "going": _("You are coming. We look forward to seeing you."),
        "maybe": _("Noted: maybe. No seat is kept yet."),
        "not_going": _("Noted: you are not coming."),
    }[row.state]


# --- the link in a mail: looking changes nothing ---


@bp.get("/answers/<token>")
def show_answer(token: str) -> str:
    row = _linked(token)
    form = AnswerForm(formdata=None)
    form.fill(row)
    form.offer(row.town_hall)
    return _render_answer(token, row, form)


def _render_answer(token: str, row: Rsvp, form: AnswerForm) -> str:
    town_hall = row.town_hall
    link = town_hall.online_url if row.state == "going" and town_hall.is_link_open() else None
    return render_template(
        "townhalls/answer.html",
        token=token,
        town_hall=town_hall,
        rsvp=row,
        own=schemas.tell_rsvp(row),
        form=form,
        link=link,
    )


@bp.post("/answers/<token>/confirm")
@limited("rsvp")
def confirm_answer(token: str) -> Response:
    row = _linked(token)
    flash(said(actions.answer_by_mail(_guest(row), row.id)), "success")
    return redirect(url_for("townhalls.show_answer", token=token))


@bp.post("/answers/<token>")
@limited("rsvp")
def change_answer(token: str) -> Any:
    row = _linked(token)
    form = AnswerForm()
    form.offer(row.town_hall)
    guest, rsvp_id = _guest(row), row.id
    done = form.submits(lambda: actions.answer_by_mail(guest, rsvp_id, form.wish()))
    if done is None:
        return _render_answer(token, _linked(token), form), 422
    flash(said(done), "success")
    return redirect(url_for("townhalls.show_answer", token=token))


@bp.post("/answers/<token>/cancel")
@limited("rsvp")
def cancel_answer(token: str) -> Response:
    row = _linked(token)
    actions.cancel_by_mail(_guest(row), row.id)
    flash(_("You are not coming. Thank you for telling us: whoever waits moves up."), "success")
    return redirect(url_for("townhalls.show_answer", token=token))


def _linked(token: str) -> Rsvp:
    return queries.get_answer(tokens.read_answer(current_app.config["SECRET_KEY"], token))


def _guest(row: Rsvp) -> Guest:
    """Whoever opened the signed link acts for the address it was sent to."""
    return Guest(name=row.name, email=row.address or "")


def _page(town_hall_id: int) -> str:
    return url_for("townhalls.show_town_hall", town_hall_id=town_hall_id)
