"""Who has an inbox: everybody with an account, in whatever standing."""

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.accounts.policies import is_person


def can_have_inbox(actor: Actor) -> bool:
    """Only people have one; a suspended person reads theirs, too (that is where the reasons are)."""
    return is_person(actor)


def can_follow(actor: Actor) -> bool:
    """Say how closely one follows something, and what one wants mailed. Whether one may see it is up to the
    room that it is in."""
    return is_person(actor)


def can_send_mail(actor: Actor) -> bool:
    """Mails are gathered and sent by the house alone."""
    return actor is SYSTEM
