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


def can_speak(actor: Actor) -> bool:
    """Whether somebody's words are taken at all; rooms add what their own place asks."""
    return is_in_good_standing(actor)


def can_sign_up(actor: Actor) -> bool:
    return not is_person(actor)


def can_edit_account(actor: Actor, user: User) -> bool:
    """One's own account alone; also when suspended."""
    return is_self(actor, user)


def can_add_people(actor: Actor) -> bool:
    return can_administer(actor)


def can_grant_roles(actor: Actor) -> bool:
    return can_administer(actor)


def can_suspend(actor: Actor, user: User) -> bool:
    """Moderators of the whole site and administrators; nobody themselves, and nobody an administrator."""
    if actor is SYSTEM:
        return True
    is_entitled = has_site_role(actor, "moderator") or can_administer(actor)
    return is_entitled and not is_self(actor, user) and not user.is_administrator


def can_make_token(actor: Actor, user: User) -> bool:
    return actor is SYSTEM or (is_self(actor, user) and is_in_good_standing(actor))


def can_revoke_token(actor: Actor, user_id: int) -> bool:
    return actor is SYSTEM or same_person(actor, user_id)


def can_set_up(actor: Actor, has_administrator: bool) -> bool:
    """Anybody at all, while there is no administrator; the door asks for the code."""
    return not has_administrator


def token_scopes(user: User) -> list[str]:
    """What a token of this person may be made for: never more than the person's own roles."""
    scopes = ["read", "write"]
    if _may_moderate_somewhere(user):
        scopes.append("moderate")
    return [*scopes, "admin"] if can_administer(user) else scopes


def _may_moderate_somewhere(user: User) -> bool:
    return has_site_role(user, "moderator", "organizer") or any(
        membership.role in ("moderator", "organizer") for membership in user.memberships
    )
