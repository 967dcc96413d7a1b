"""One's own account: how one is shown, the address, the password."""

from typing import Any

from flask import flash, redirect, session, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from civicforum.accounts import actions, links, policies, queries
from civicforum.accounts.forms import (
    ChangePasswordForm,
    ConfirmForm,
    NewAddressForm,
    ProfileForm,
)
from civicforum.accounts.models import User
from civicforum.accounts.passwords import hash_password, verify_password
from civicforum.accounts.sessions import begin_session
from civicforum.accounts.views.door import bp, count_mail, evenly, page, signed_in, unreferred
from civicforum.accounts.views.signing_up import person_of
from civicforum.errors import Invalid
from civicforum.web.limits import address, check_limit, limited
from civicforum.web.viewer import viewer


@bp.route("/settings", methods=["GET", "POST"])
@limited("write")
def settings() -> Any:
    """How one is called and shown, and the way to all other settings."""
    person = signed_in()
    form = ProfileForm(obj=person)
    form.locale.data = form.locale.data or str(get_locale())
    if form.submits(lambda: _save_profile(person, form)):
        session.pop("locale", None)
        flash(_("Saved."), "success")
        return redirect(url_for("accounts.settings"))
    return page(
        "accounts/settings.html",
        form,
        person=person,
        may_administer=policies.can_administer(person),
    )


def _save_profile(person: User, form: ProfileForm) -> bool:
    actions.update_profile(
        person,
        person,
        name=form.name.data,
        handle=form.handle.data,
        about=form.about.data or "",
        neighbourhood=form.neighbourhood.data or "",
        locale=form.locale.data,
        timezone=form.timezone.data,
        has_shortcuts=form.has_shortcuts.data,
    )
    return True


@bp.route("/settings/password", methods=["GET", "POST"])
@limited("write")
def change_password() -> Any:
    """Choose a new password (or a first one); the present one is asked for."""
    person = signed_in()
    has_password = person.password_hash is not None
    form = ChangePasswordForm(known=(person.name, person.email))
    if form.submits(lambda: _change_password(person, form)):
        begin_session(person, stays=session.permanent)
        flash(_("Your new password holds from now on. You were signed out everywhere else."), "success")
        return redirect(url_for("accounts.settings"))
    return page("accounts/password.html", form, has_password=has_password)


def _change_password(person: User, form: ChangePasswordForm) -> bool:
    if person.password_hash is not None:
        _ask_password_again(person, form.current.data or "", "current")
    actions.change_password(person, person, hash_password(form.password.data))
    return True


def _ask_password_again(person: User, password: str, field: str) -> None:
    """Raise Invalid at ``field`` unless it is the person's password; tries are counted as at the door."""
    check_limit("sign-in-account", f"address:{address()}", f"email:{person.email}")
    if not verify_password(queries.read_password_hash(person.email), password):
        raise Invalid(errors={field: [_("This is not your password.")]})


@bp.route("/settings/address", methods=["GET", "POST"])
@limited("write")
@evenly
def change_address() -> Any:
    """Ask for another address; a link goes there, and nothing changes before it is used."""
    person = signed_in()
    form = NewAddressForm()
    if form.submits(lambda: _ask_for_new_address(person, form)):
        return redirect(url_for("accounts.mail_sent"))
    return page("accounts/address.html", form, person=person)


def _ask_for_new_address(person: User, form: NewAddressForm) -> bool:
    count_mail(form.email.data)
    _ask_password_again(person, form.password.data, "password")
    actions.ask_for_new_address(person, person, form.email.data)
    return True


@bp.route("/settings/address/<token>", methods=["GET", "POST"])
def confirm_new_address(token: str) -> Any:
    form = ConfirmForm()
    if form.validate_on_submit():
        begin_session(actions.change_address(viewer(), token))
        flash(_("Your new address holds from now on."), "success")
        return redirect(url_for("accounts.settings"))
    person = person_of(token, "change-email")
    return unreferred(page("accounts/confirm_address.html", form, person=person))


@bp.route("/settings/address/undo/<token>", methods=["GET", "POST"])
def undo_address(token: str) -> Any:
    """The way back that the old address was mailed."""
    form = ConfirmForm()
    if form.validate_on_submit():
        actions.undo_change_of_address(viewer(), token)
        session.clear()
        flash(_("Your account has its old address again. Now choose a new password."), "success")
        return redirect(url_for("accounts.ask_for_reset"))
    _user_id, both = links.read_token(token, "undo-email")
    return unreferred(page("accounts/undo_address.html", form, old=both.partition(" ")[0]))
