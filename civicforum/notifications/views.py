"""The inbox, one's mail, and the way out of it."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.accounts.models import User
from civicforum.agreement.policies import can_be_on_duty
from civicforum.errors import SignInNeeded
from civicforum.notifications import actions, policies, queries
from civicforum.notifications.forms import WishesForm
from civicforum.notifications.stops import Stop, read_stop
from civicforum.web.limits import limited
from civicforum.web.one_click import opened_by_its_address
from civicforum.web.pagination import decode_cursor, encode_cursor
from civicforum.web.viewer import viewer

bp = Blueprint("notifications", __name__)

ENTRIES_ON_A_PAGE = 30


def _signed_in() -> User:
    person = viewer()
    if not policies.can_have_inbox(person):
        raise SignInNeeded(_("Please sign in, and you will come right back here."))
    return person


@bp.get("/inbox")
def inbox() -> Any:
    """What waits for the viewer, newest first. Looking marks nothing read."""
    _signed_in()
    cursor = decode_cursor(request.args.get("cursor"), int)
    found = queries.list_inbox(viewer(), ENTRIES_ON_A_PAGE, cursor[0] if cursor else None)
    older = found.next_before and encode_cursor([found.next_before])
    return render_template(
        "notifications/inbox.html",
        entries=found.entries,
        is_first_page=cursor is None,
        older_url=url_for("notifications.inbox", cursor=older) if older else None,
    )


@bp.post("/inbox/read")
@limited("write")
def mark_all_read() -> Any:
    actions.mark_read(viewer())
    flash(_("All marked as read."), "success")
    return redirect(url_for("notifications.inbox"))


@bp.post("/inbox/<int:notification_id>/read")
@limited("write")
def mark_read(notification_id: int) -> Any:
    actions.mark_read(viewer(), [notification_id])
    return redirect(url_for("notifications.inbox"))


# --- one's own mail ---


@bp.route("/settings/mail", methods=["GET", "POST"])
@limited("write")
def mail_settings() -> Any:
    """What is mailed at once, when the digest comes, and what one follows how closely."""
    person = _signed_in()
    wishes = queries.read_wishes(person)
    form = WishesForm(obj=wishes)
    if not can_be_on_duty(person):
        del form.held
    if form.submits(lambda: actions.save_wishes(viewer(), _wishes(form))):
        flash(_("Saved."), "success")
        return redirect(url_for("notifications.mail_settings"))
    return render_template(
        "notifications/mail.html",
        form=form,
        person=person,
        is_refused=wishes.refused_address == person.email,
        followed=queries.list_followed(person),
    )


def _wishes(form: WishesForm) -> dict[str, Any]:
    return {name: value for name, value in form.data.items() if name != "csrf_token"}


@bp.post("/settings/mail/followed/<int:attention_id>")
@limited("write")
def change_attention(attention_id: int) -> Any:
    level = request.form.get("level")
    actions.change_attention(viewer(), attention_id, None if level == "forget" else level or "")
    flash(_("Saved."), "success")
    return redirect(url_for("notifications.mail_settings", _anchor="followed"))


# --- the way out, from a mail ---


@bp.get("/unsubscribe/<token>")
def stop_mails(token: str) -> Any:
    """What would be stopped, and a button: whoever looks through mails by machine changes nothing."""
    return _stop_page(read_stop(token), token, state="asked")


@bp.post("/unsubscribe/<token>")
@opened_by_its_address
def stop_mails_now(token: str) -> Any:
    """Stop them, or with ``again`` take that back. By a mail program (RFC 8058) or the page's own buttons."""
    if request.form.get("again"):
        return _stop_page(actions.resume_mails(viewer(), token), token, state="resumed")
    return _stop_page(actions.stop_mails(viewer(), token), token, state="stopped")


def _stop_page(stop: Stop, token: str, state: str) -> Any:
    response = make_response(render_template("notifications/stop.html", stop=stop, token=token, state=state))
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
