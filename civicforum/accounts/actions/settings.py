"""Changing one's own account."""

from zoneinfo import available_timezones

from flask_babel import gettext as _

from civicforum import jobs
from civicforum.accounts import appearances, links, names, policies, queries, wording
from civicforum.accounts.actions.arriving import checked_email, checked_name, lock_by_token, rename
from civicforum.accounts.actions.mailing import refuse_if_taken
from civicforum.accounts.actions.sessions import end_sessions, set_password
from civicforum.accounts.actions.tokens import revoke_all
from civicforum.accounts.models import Actor, User
from civicforum.db import find_locked, lock, now, transactional
from civicforum.errors import Conflict, Invalid, require


@transactional
def update_profile(
    actor: Actor,
    user: User,
    *,
    name: str,
    handle: str,
    about: str = "",
    neighbourhood: str = "",
    locale: str | None = None,
    timezone: str | None = None,
    has_shortcuts: bool | None = None,
) -> None:
    """Change how one is called and shown. Raises Invalid for a name or handle that cannot be had, and for
    words that may not stand there (``wording``); what stays as it was is not asked about.

    ``has_shortcuts``: None leaves it as it is.
    """
    user = lock(User, user.id)
    require(policies.can_edit_account(actor, user))
    said = _said_by(user)
    typed = {"name": name, "handle": handle, "about": about.strip(), "neighbourhood": neighbourhood}
    wording.check_words(_unlike(said, typed), user.id)
    if name != user.name:
        rename(user, checked_name(name, but_for=user.id))
    if handle != user.handle:
        user.handle = _checked_handle(handle)
    if timezone and timezone not in available_timezones():
        raise Invalid(errors={"timezone": [_("This is not a time zone.")]})
    user.about, user.neighbourhood = about.strip(), neighbourhood
    user.locale, user.timezone = locale or None, timezone or None
    user.has_shortcuts = user.has_shortcuts if has_shortcuts is None else has_shortcuts
    changed = _unlike(said, _said_by(user))
    if changed.keys() - {"about"}:
        appearances.show_again([user.id])
    if changed:
        wording.let_look(user.id, changed)


def _said_by(user: User) -> dict[str, str]:
    """The words that somebody is shown with."""
    return {field: getattr(user, field) for field in ("name", "handle", "about", "neighbourhood")}


def _unlike(before: dict[str, str], after: dict[str, str]) -> dict[str, str]:
    """Which fields say something else now, and what."""
    return {field: words for field, words in after.items() if words != before[field]}


def _checked_handle(handle: str) -> str:
    try:
        clean = names.clean_handle(handle)
    except ValueError as error:
        raise Invalid(errors={"handle": [str(error)]}) from error
    if queries.is_handle_taken(clean):
        raise Invalid(errors={"handle": [_("Somebody has this one already.")]})
    return clean


@transactional
def change_password(actor: Actor, user: User, password_hash: str) -> None:
    """Set a new password; every session ends, and the door begins this one anew."""
    user = lock(User, user.id)
    require(policies.can_edit_account(actor, user))
    user.link_version += 1
    set_password(user, password_hash)


@transactional
def ask_for_new_address(actor: Actor, user: User, email: str) -> None:
    """Mail a link to a new address; nothing changes until it is used. Tells nobody who has that address."""
    user = lock(User, user.id)
    require(policies.can_edit_account(actor, user))
    email = checked_email(email)
    _refuse_if_contestable(user)
    user.link_version += 1
    other = queries.find_by_email(email)
    if other is None:
        user.pending_email = email
        jobs.enqueue("accounts.mail_new_address", user_id=user.id)
    else:
        user.pending_email = None
        jobs.enqueue("accounts.mail_existing", user_id=other.id, at=now().isoformat())


def _refuse_if_contestable(user: User) -> None:
    """Raise Conflict in the week in which the old address can undo a change: a second one would end that."""
    changed_at = user.address_changed_at
    if changed_at is not None and now() - changed_at < links.LIFETIMES["undo-email"]:
        raise Conflict(
            _("Your address was changed less than a week ago. It can be changed again after that.")
        )


@transactional
def change_address(actor: Actor, token: str) -> User:
    """Use up the link that went to the new address. The old one is told, and can undo it for a week."""
    user = lock_by_token(token, "change-email")
    if user.pending_email is None:
        raise links.DeadLink
    _refuse_if_contestable(user)
    refuse_if_taken(user.pending_email, user)
    old, user.email, user.pending_email = user.email, user.pending_email, None
    user.email_confirmed_at = user.address_changed_at = now()
    user.link_version += 1
    end_sessions(user)
    jobs.enqueue("accounts.mail_address_changed", user_id=user.id, old=old)
    return user


@transactional
def undo_change_of_address(actor: Actor, token: str) -> User:
    """Give an account back to its old address, and lock out whoever changed it.

    The password, all sessions and all API tokens end: whoever changed the address knew them. The link
    holds as long as the account has the address it was changed to.
    """
    user_id, both = links.read_token(token, "undo-email")
    old, _gap, new = both.partition(" ")
    user = find_locked(User, user_id)
    if user is None or user.email != new:
        raise links.DeadLink
    refuse_if_taken(old, user)
    user.email, user.pending_email, user.password_hash = old, None, None
    user.address_changed_at = None
    user.link_version += 1
    end_sessions(user)
    revoke_all(user)
    return user
