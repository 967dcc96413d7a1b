"""Whom a composer says it speaks for: one's own name, or a pseudonym."""

from dataclasses import dataclass

from flask import url_for

from civicforum.accounts.models import Actor
from civicforum.discussions import policies, queries
from civicforum.partnerships.models import Project


@dataclass(frozen=True)
class Speaker:
    """The name that words here will carry, and where another is chosen, if that can be.

    ``is_asked``: they spoke under a pseudonym, and say there first that their own name is meant.
    """

    name: str
    handle: str | None
    is_pseudonym: bool = False
    choose_url: str | None = None
    is_asked: bool = False


def speaker(person: Actor, project: Project) -> Speaker | None:
    """As whom this person speaks in the project; None for a guest."""
    if not person.is_authenticated:
        return None
    url = url_for("discussions.show_pseudonym", slug=project.slug)
    pseudonym = queries.find_pseudonym(person, project)
    if pseudonym is not None:
        return Speaker(pseudonym.name, None, True, url)
    if queries.would_be_unmasked(person, project):
        return Speaker(person.name, person.handle, choose_url=url, is_asked=True)
    return Speaker(person.name, person.handle, choose_url=url if _may_choose(person, project) else None)


def _may_choose(person: Actor, project: Project) -> bool:
    return (
        policies.can_take_pseudonym(person, project)
        and queries.own_pseudonym(person, project) is None
        and not queries.has_spoken_by_name(person, project)
    )
