"""Asking for a link by mail. Nobody learns here whether an address has an account."""

from flask_babel import gettext as _

from civicforum import jobs
from civicforum.accounts import queries
from civicforum.accounts.actions.arriving import checked_email
from civicforum.accounts.models import Actor, User
from civicforum.db import find_locked, transactional
from civicforum.errors import Conflict


@transactional
def ask_for_link(actor: Actor, email: str) -> None:
    """Mail a link that signs in, if the address has an account."""
    _mail("accounts.mail_sign_in_link", queries.find_by_email(checked_email(email)))


@transactional
def ask_for_reset(actor: Actor, email: str) -> None:
    """Mail a link to choose a new password, if the address has an account."""
    _mail("accounts.mail_reset", queries.find_by_email(checked_email(email)))


@transactional
def ask_for_confirmation(actor: Actor, email: str) -> None:
    """Mail the link that confirms a new account once more, if one waits for it."""
    user = queries.find_by_email(checked_email(email))
    _mail("accounts.mail_confirmation", None if user is None or user.is_confirmed else user)


def _mail(task: str, user: User | None) -> None:
    """Enqueue in either case, so that both cases cost the same."""
    user = find_locked(User, user.id) if user is not None else None
    if user is not None:
        user.link_version += 1
    jobs.enqueue(task, user_id=user.id if user is not None else None)


def refuse_if_taken(email: str, user: User) -> None:
    """Raise Conflict if somebody else has taken the address since."""
    other = queries.find_by_email(email)
    if other is not None and other.id != user.id:
        raise Conflict(_("This address belongs to another account by now."))
