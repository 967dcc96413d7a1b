"""Signing in by password or by a mailed link, signing out, and a new password."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from civicforum.accounts import actions, queries
from civicforum.accounts.forms import AddressForm, ConfirmForm, NewPasswordForm, SignInForm
from civicforum.accounts.models import User
from civicforum.accounts.passwords import hash_password, needs_rehash, verify_password
from civicforum.accounts.sessions import begin_session, close_session
from civicforum.accounts.views.door import (
    bp,
    count_mail,
    evenly,
    for_guests,
    page,
    signed_in,
    unreferred,
)
from civicforum.accounts.views.signing_up import person_of
from civicforum.errors import Invalid
from civicforum.web.limits import address, check_limit, refuse_if_spent
from civicforum.web.redirects import safe_next
from civicforum.web.viewer import viewer

# What a browser forgets when somebody signs out: on a library's computer others come after.
FORGET = '"cache", "storage"'


@bp.route("/sign-in", methods=["GET", "POST"])
@for_guests
def sign_in() -> Any:
    form = SignInForm()
    person = form.submits(lambda: _check_password(form.email.data, form.password.data))
    if person is None:
        next_path = safe_next(request.args.get("next"), "")
        return page("accounts/sign_in.html", form, link_form=AddressForm(), next_path=next_path)
    if not person.is_confirmed:
        count_mail(person.email)
        actions.ask_for_confirmation(viewer(), person.email)
        return redirect(url_for("accounts.mail_sent"))
    begin_session(person, stays=form.stays.data)
    if needs_rehash(person.password_hash):
        actions.renew_hash(person, person, hash_password(form.password.data))
    return _onward()


def _check_password(email: str, password: str) -> User:
    """The person with this address and password. Raises Invalid, in the same words and time for any wrong."""
    who = f"address:{address()}"
    refuse_if_spent("sign-in", who)
    check_limit("sign-in-account", who, f"email:{email}")
    if not verify_password(queries.read_password_hash(email), password):
        check_limit("sign-in", who)
        raise Invalid(_wrong_pair())
    found = queries.find_by_email(email)
    if found is None:  # erased at this very moment
        raise Invalid(_wrong_pair())
    return found


def _wrong_pair() -> str:
    return _("This address and this password do not go together. Try again, or use a link.")


def _onward() -> Any:
    return redirect(safe_next(request.args.get("next"), url_for("pages.home")))


@bp.route("/sign-in/link", methods=["GET", "POST"])
@for_guests
@evenly
def ask_for_link() -> Any:
    """Ask for a link by mail that signs in."""
    form = AddressForm()
    if form.submits(lambda: _ask_for_link(form)):
        return redirect(url_for("accounts.mail_sent"))
    return page("accounts/ask_for_link.html", form)


def _ask_for_link(form: AddressForm) -> bool:
    count_mail(form.email.data)
    actions.ask_for_link(viewer(), form.email.data)
    return True


@bp.route("/sign-in/link/<token>", methods=["GET", "POST"])
def use_link(token: str) -> Any:
    """Say whose link it is; the button signs in."""
    form = ConfirmForm()
    if form.validate_on_submit():
        begin_session(actions.use_sign_in_link(viewer(), token))
        return _onward()
    return unreferred(page("accounts/use_link.html", form, person=person_of(token, "sign-in")))


@bp.route("/reset", methods=["GET", "POST"])
@for_guests
@evenly
def ask_for_reset() -> Any:
    """Ask for a link by mail to choose a new password."""
    form = AddressForm()
    if form.submits(lambda: _ask_for_reset(form)):
        return redirect(url_for("accounts.mail_sent"))
    return page("accounts/ask_for_reset.html", form)


def _ask_for_reset(form: AddressForm) -> bool:
    count_mail(form.email.data)
    actions.ask_for_reset(viewer(), form.email.data)
    return True


@bp.route("/reset/<token>", methods=["GET", "POST"])
def reset(token: str) -> Any:
    """Choose a new password; every session of the person ends, and one begins here."""
    person = person_of(token, "reset")
    form = NewPasswordForm(known=(person.name, person.email))
    done = form.submits(lambda: _reset(token, form.password.data))
    if done is None:
        return unreferred(page("accounts/reset.html", form, person=person))
    begin_session(done)
    flash(_("Your new password holds from now on. You were signed out everywhere else."), "success")
    return redirect(url_for("pages.home"))


def _reset(token: str, password: str) -> User:
    return actions.reset_password(viewer(), token, hash_password(password))


@bp.post("/sign-out")
def sign_out() -> Any:
    """End this session, here and wherever its cookie was copied to."""
    close_session()
    return _forgotten(redirect(url_for("pages.home")))


@bp.post("/sign-out/everywhere")
def sign_out_everywhere() -> Any:
    """End every session of the person."""
    person = signed_in()
    actions.end_all_sessions(person, person)
    close_session()
    return _forgotten(redirect(url_for("accounts.sign_in")))


def _forgotten(response: Any) -> Response:
    response.headers["Clear-Site-Data"] = FORGET
    made: Response = response
    return made
