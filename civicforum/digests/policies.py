"""Who sees to digests: the house, by its clock."""

from civicforum.accounts.models import SYSTEM, Actor


def can_plan_digests(actor: Actor) -> bool:
    return actor is SYSTEM
