"""Choosing, before the first word, under which name one speaks in a project."""

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.accounts.queries import is_name_taken as is_somebody_called
from civicforum.agreement.objections import object_to_words
from civicforum.db import db, lock, now, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.models import Pseudonym
from civicforum.discussions.names import name_under
from civicforum.errors import Conflict, NotFound, require
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_see_project

MOST_ATTEMPTS = 1000


@transactional
def take_pseudonym(actor: Actor, project_id: int, secret: str) -> Pseudonym:
    """Speak under a pseudonym in this project from now on; taking it twice changes nothing.

    ``secret`` is the installation's, of which the project's key is made. Locks the project.
    Raises NotAllowed where the project does not offer it or the actor has a role there, Conflict for who has
    spoken by name: what they say now would be told apart in vain.
    """
    project = _lock_project(actor, project_id)
    known = queries.own_pseudonym(actor, project)
    if known is not None and known.ended_at is not None:
        raise Conflict(_("You speak by your own name here since you had a role: it stays so."))
    if known is not None:
        return known
    require(
        policies.can_take_pseudonym(actor, project),
        _("You speak by your own name here: the project asks for it, or you have a role in it."),
    )
    if queries.has_spoken_by_name(actor, project):
        raise Conflict(_("You have spoken here by your own name already, so people would know you."))
    pseudonym = Pseudonym(project_id=project.id, user_id=actor.id, name=_free_name(actor, project, secret))
    db.session.add(pseudonym)
    db.session.flush()
    return pseudonym


@transactional
def drop_pseudonym(actor: Actor, project_id: int) -> None:
    """Speak by one's own name after all, as long as nothing was said under the other. Locks the project.

    Raises NotFound without a pseudonym, Conflict once it was used: what was said keeps its name.
    """
    project = _lock_project(actor, project_id)
    # Held whole: what is being said under it just now is waited for, and would be told by name without it.
    pseudonym = queries.own_pseudonym(actor, project, is_held=True)
    if pseudonym is None:
        raise NotFound
    require(policies.can_drop_pseudonym(actor, pseudonym))
    if queries.is_pseudonym_used(pseudonym):
        raise Conflict(_("You have spoken under it already. It stays yours in this project."))
    db.session.delete(pseudonym)
    db.session.flush()


@transactional
def end_pseudonym(actor: Actor, project_id: int) -> None:
    """Speak by one's own name from now on, because one has a role; also when that is over. Locks the project.

    What was said keeps its name. Raises NotFound without a pseudonym, Conflict without a role: two names in
    one place would be two voices. Saying it twice changes nothing.
    """
    project = _lock_project(actor, project_id)
    pseudonym = queries.own_pseudonym(actor, project)
    if pseudonym is None:
        raise NotFound
    require(policies.can_end_pseudonym(actor, pseudonym))
    if not policies.speaks_by_name(actor, project):
        raise Conflict(_("You have no role here (any more), so your pseudonym stays yours."))
    pseudonym.ended_at = pseudonym.ended_at or now()


def _lock_project(actor: Actor, project_id: int) -> Project:
    project = lock(Project, project_id)
    if not can_see_project(actor, project):
        raise NotFound
    return project


def _free_name(actor: Actor, project: Project, secret: str) -> str:
    """The actor's name in this project; the next one where another has it, or it is refused."""
    for attempt in range(MOST_ATTEMPTS):
        name = name_under(secret, project.id, actor.id or 0, attempt)
        if not queries.is_name_taken(project, name) and not _is_refused(name):
            return name
    raise Conflict(_("All pseudonyms of this project are taken. Please speak by your own name."))


def _is_refused(name: str) -> bool:
    """Whether somebody in this town is called so already, or a word of it is listed."""
    return is_somebody_called(name) or bool(object_to_words("name", name, None))
