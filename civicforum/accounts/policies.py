"""Who may what with accounts; and the facts of an actor that every other policy builds on."""

from typing import Any

from civicforum.accounts.models import SYSTEM, Actor, User


def is_person(actor: Actor) -> bool:
    """Somebody signed in (not a guest, not the house itself)."""
    return isinstance(actor, User)


def is_in_good_standing(actor: Actor) -> bool:
    """Somebody signed in who confirmed the address and is not suspended; or the house itself."""
    return actor is SYSTEM or (isinstance(actor, User) and actor.is_confirmed and not actor.is_suspended())


def has_site_role(actor: Actor, *roles: str) -> bool:
    """In good standing and given one of ``roles`` for the whole site. Administrators count as any role
    but moderator and mediator: power over words is given by name."""
    if actor is SYSTEM:
        return True
    if not is_in_good_standing(actor):
        return False
    if actor.has_role("administrator") and set(roles) - {"moderator", "mediator"}:
        return True
    return any(actor.has_role(role) for role in roles)


def can_administer(actor: Actor) -> bool:
    return has_site_role(actor, "administrator")


def is_self(actor: Actor, user: User | None) -> bool:
    return isinstance(actor, User) and user is not None and actor.id == user.id


def same_person(actor: Actor, user_id: Any) -> bool:
    """Whether ``actor`` is the person with this id; never true of guests and of nobody."""
    return isinstance(actor, User) and user_id is not None and actor.id == user_id
