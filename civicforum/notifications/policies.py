"""Who has an inbox: everybody with an account, in whatever standing."""

from civicforum.accounts.models import Actor
from civicforum.accounts.policies import is_person


def can_have_inbox(actor: Actor) -> bool:
    """Only people have one; a suspended person reads theirs, too (that is where the reasons are)."""
    return is_person(actor)
