"""Who may propose rules, vote on them, and set them where nobody has spoken yet."""

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.accounts.policies import can_administer, can_speak, has_site_role, is_person, same_person
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_moderate, can_see_project, can_speak_in, is_organizer
from civicforum.rulemaking.models import Proposal


def can_see_proposal(viewer: Actor, proposal: Proposal) -> bool:
    """The town's are everybody's to read; a project's are for those who may see the project."""
    return proposal.project is None or can_see_project(viewer, proposal.project)


def can_propose(actor: Actor, project: Project | None) -> bool:
    """Administrators and moderators of the site; in a project, who runs it and who moderates there."""
    if not is_person(actor):
        return False
    if project is None:
        return can_administer(actor) or has_site_role(actor, "moderator")
    return can_speak_in(actor, project) and (is_organizer(actor, project) or can_moderate(actor, project))


def can_vote(actor: Actor, proposal: Proposal) -> bool:
    """Whoever may speak there: in good standing, with a confirmed address. The house has no vote."""
    if not is_person(actor):
        return False
    return can_speak(actor) if proposal.project is None else can_speak_in(actor, proposal.project)


def can_withdraw(actor: Actor, proposal: Proposal) -> bool:
    return same_person(actor, proposal.proposer_id)


def can_count(actor: Actor) -> bool:
    """Nobody ends a vote: the clock does."""
    return actor is SYSTEM


def can_correct(actor: Actor) -> bool:
    """What the law asks for does not wait for a vote."""
    return is_person(actor) and can_administer(actor)


def can_write_own(actor: Actor, project: Project) -> bool:
    """A project's own rules, before anybody has spoken under others (see ``queries.has_opened``)."""
    return is_person(actor) and project.is_open and is_organizer(actor, project)
