"""Signing up and confirming the address."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from civicforum.accounts import actions, links, queries
from civicforum.accounts.forms import AddressForm, ConfirmForm, SignUpForm
from civicforum.accounts.models import User
from civicforum.accounts.passwords import hash_password, verify_password
from civicforum.accounts.sessions import begin_session
from civicforum.accounts.views.door import bp, count_mail, evenly, for_guests, page, unreferred
from civicforum.web.limits import address, check_limit
from civicforum.web.redirects import safe_next
from civicforum.web.viewer import viewer


@bp.route("/sign-up", methods=["GET", "POST"])
@for_guests
@evenly
def sign_up() -> Any:
    form = SignUpForm(data={"locale": str(get_locale())} if request.method == "GET" else None)
    if form.submits(lambda: _sign_up(form)):
        return redirect(url_for("accounts.mail_sent"))
    return page("accounts/sign_up.html", form)


def _sign_up(form: SignUpForm) -> bool:
    check_limit("sign-up", f"address:{address()}")
    count_mail(form.email.data)
    password_hash = _hashed(form.email.data, form.password.data) if form.password.data else None
    actions.sign_up(viewer(), form.email.data, form.name.data, password_hash, locale=form.locale.data)
    return True


def _hashed(email: str, password: str) -> str:
    """The password's hash; the earlier one, where the same person presses the button twice."""
    earlier, fresh = queries.read_password_hash(email), hash_password(password)
    return earlier if earlier and verify_password(earlier, password) else fresh


@bp.get("/mail-sent")
def mail_sent() -> Any:
    """Whatever was asked for and whoever asked: the answer is the same."""
    return page("accounts/mail_sent.html")


@bp.route("/confirm", methods=["GET", "POST"])
@for_guests
@evenly
def ask_for_confirmation() -> Any:
    """Ask again for the mail that confirms an address."""
    form = AddressForm()
    if form.submits(lambda: _ask_for_confirmation(form)):
        return redirect(url_for("accounts.mail_sent"))
    return page("accounts/ask_for_confirmation.html", form)


def _ask_for_confirmation(form: AddressForm) -> bool:
    count_mail(form.email.data)
    actions.ask_for_confirmation(viewer(), form.email.data)
    return True


@bp.route("/confirm/<token>", methods=["GET", "POST"])
def confirm(token: str) -> Any:
    """Scanners of mail open links: a look changes nothing, the button does."""
    form = ConfirmForm()
    if form.validate_on_submit():
        person = actions.confirm_address(viewer(), token)
        begin_session(person)
        flash(_("Welcome, %(name)s. Your address is confirmed.", name=person.name), "success")
        return redirect(safe_next(request.args.get("next"), url_for("pages.home")))
    return unreferred(page("accounts/confirm.html", form, person=person_of(token, "confirm"), token=token))


@bp.post("/confirm/<token>/not-me")
def discard_sign_up(token: str) -> Any:
    """Somebody used another's address: its owner removes the account."""
    actions.discard_sign_up(viewer(), token)
    flash(_("Removed. Nobody can use your address here now."), "success")
    return redirect(url_for("pages.home"))


def person_of(token: str, purpose: str) -> User:
    """The person of a link that still works; DeadLink otherwise. Changes nothing."""
    user_id, _extra = links.read_token(token, purpose)
    person = queries.find_user(user_id)
    if person is None:
        raise links.DeadLink
    links.check_token(person, token, purpose)
    return person
