"""Who may change the agreement and the word list, and who may vouch for whom."""

from civicforum.accounts.models import SYSTEM, Actor, User
from civicforum.accounts.policies import (
    has_site_role,
    is_in_good_standing,
    is_person,
    is_self,
)

VOUCHING_ROLES = ("organizer", "partner", "moderator", "mediator", "steward", "administrator")


def can_publish_agreement(actor: Actor) -> bool:
    """The house alone: rules change in public, by a proposal and a vote (see ``rulemaking``)."""
    return actor is SYSTEM


def can_accept_agreement(actor: Actor) -> bool:
    return is_person(actor)


def can_edit_words(actor: Actor) -> bool:
    """Moderators of the whole site, given by name."""
    return has_site_role(actor, "moderator")


def can_be_on_duty(actor: Actor) -> bool:
    """Whoever moderates anywhere, by a role in the site or in a project."""
    if has_site_role(actor, "moderator"):
        return is_person(actor)
    return is_in_good_standing(actor) and any(row.role == "moderator" for row in actor.memberships)


def can_vouch(actor: Actor, user: User) -> bool:
    """Whoever holds a role anywhere (site, project, organization), for anybody but themselves."""
    if actor is SYSTEM:
        return True
    return is_in_good_standing(actor) and not is_self(actor, user) and _holds_a_role(actor)


def _holds_a_role(actor: Actor) -> bool:
    return (
        has_site_role(actor, *VOUCHING_ROLES)
        or bool(actor.seats_at)
        or any(membership.role != "member" for membership in actor.memberships)
    )
