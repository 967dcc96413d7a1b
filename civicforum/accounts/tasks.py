"""Mails of accounts, and cleaning up. Each asks the present state first."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _

from civicforum import jobs, mail
from civicforum.accounts import actions, links, queries
from civicforum.accounts.models import SYSTEM, User
from civicforum.web.site import get_site

# Why each comes. They are about one's own deed or one's own account, and cannot be stopped.
BECAUSE = {
    "confirm": _("You get this because somebody signed up with this address."),
    "existing": _("You get this because somebody signed up with this address."),
    "sign_in_link": _("You get this because somebody asked for a link to sign in with this address."),
    "reset": _("You get this because somebody asked for a new password with this address."),
    "password_changed": _("You get this because the password of your account was changed."),
    "new_address": _("You get this because somebody wants to use this address for their account."),
    "address_changed": _("You get this because this was the address of your account."),
    "test": _("You get this because you set up this forum, or asked for a test."),
}


def _send(user: User, template: str, key: str, to: str | None = None, **context: Any) -> None:
    site = get_site()
    mail.send(
        to or user.email,
        f"accounts/mail/{template}.md",
        locale=user.locale or site.locale,
        key=f"account:{user.id}:{template}:{key}",
        because=mail.Because(BECAUSE[template]),
        site=site,
        person=user,
        **context,
    )


def _find(user_id: int | None) -> User | None:
    """The person to write to; None for an address without an account, and for those who left."""
    user = queries.find_user(user_id) if user_id is not None else None
    return user if user is not None and user.erased_at is None else None


def _link(door: str, user: User, purpose: str, extra: str = "") -> str:
    return url_for(door, token=links.make_token(user, purpose, extra), _external=True)


@jobs.task("accounts.mail_confirmation")
def mail_confirmation(user_id: int | None) -> None:
    user = _find(user_id)
    if user is not None and not user.is_confirmed:
        url = _link("accounts.confirm", user, "confirm")
        _send(user, "confirm", str(user.link_version), url=url)


@jobs.task("accounts.mail_existing")
def mail_existing(user_id: int, at: str) -> None:
    """Somebody asked for an account with an address that has one: only its owner is told."""
    user = _find(user_id)
    if user is not None and user.is_confirmed:
        _send(user, "existing", at, url=url_for("accounts.sign_in", _external=True))


@jobs.task("accounts.mail_sign_in_link")
def mail_sign_in_link(user_id: int | None) -> None:
    user = _find(user_id)
    if user is not None:
        url = _link("accounts.use_link", user, "sign-in")
        _send(user, "sign_in_link", str(user.link_version), url=url)


@jobs.task("accounts.mail_reset")
def mail_reset(user_id: int | None) -> None:
    user = _find(user_id)
    if user is not None:
        url = _link("accounts.reset", user, "reset")
        _send(user, "reset", str(user.link_version), url=url)


@jobs.task("accounts.mail_password_changed")
def mail_password_changed(user_id: int, at: str) -> None:
    user = _find(user_id)
    if user is not None:
        _send(user, "password_changed", at, url=url_for("accounts.ask_for_reset", _external=True))


@jobs.task("accounts.mail_new_address")
def mail_new_address(user_id: int) -> None:
    """To the new address: the link that makes it the account's."""
    user = _find(user_id)
    if user is not None and user.pending_email:
        url = _link("accounts.confirm_new_address", user, "change-email")
        _send(user, "new_address", str(user.link_version), to=user.pending_email, url=url)


@jobs.task("accounts.mail_address_changed")
def mail_address_changed(user_id: int, old: str) -> None:
    """To the old address: what happened, and the way back."""
    user = _find(user_id)
    if user is not None:
        url = _link("accounts.undo_address", user, "undo-email", f"{old} {user.email}")
        _send(user, "address_changed", f"{old}:{user.link_version}", to=old, url=url)


@jobs.task("accounts.mail_test")
def mail_test(user_id: int, at: str) -> None:
    user = _find(user_id)
    if user is not None:
        _send(user, "test", at, url=url_for("accounts.settings", _external=True))


@jobs.task("accounts.drop_unconfirmed")
def drop_unconfirmed(user_id: int) -> None:
    actions.drop_unconfirmed(SYSTEM, user_id)


@jobs.task("accounts.forget_ended_sessions")
def forget_ended_sessions() -> None:
    actions.forget_ended_sessions(SYSTEM)
