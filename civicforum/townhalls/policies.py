"""Who may what with town halls. Pure and total; what stands against it in fact is for the actions."""

from civicforum.accounts.models import SYSTEM, Actor, Guest
from civicforum.accounts.policies import is_in_good_standing
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_see_project, is_organizer, is_steward
from civicforum.townhalls.models import Rsvp, TownHall


def can_see(viewer: Actor, town_hall: TownHall) -> bool:
    """Whoever sees the project sees its town halls; drafts are for those who run it."""
    if not can_see_project(viewer, town_hall.project):
        return False
    return town_hall.is_published or can_help(viewer, town_hall)


def can_call(actor: Actor, project: Project) -> bool:
    """Call a meeting of this project (or bring in a calendar of meetings)."""
    return is_organizer(actor, project)


def can_run(actor: Actor, town_hall: TownHall) -> bool:
    """Edit, publish, cancel, and publish the summary."""
    return is_organizer(actor, town_hall.project)


def can_help(actor: Actor, town_hall: TownHall) -> bool:
    """Work at the door and settle access needs; sees who comes."""
    return is_organizer(actor, town_hall.project) or is_steward(actor, town_hall.project)


def can_rsvp(actor: Actor, town_hall: TownHall) -> bool:
    """Answer with an account; guests answer by mail (``can_ask_by_mail``)."""
    return is_in_good_standing(actor) and actor is not SYSTEM and can_see(actor, town_hall)


def can_ask_by_mail(actor: Actor, town_hall: TownHall) -> bool:
    """Come without an account: to what everybody may see."""
    return town_hall.is_published and town_hall.project.is_public


def can_answer_by_mail(actor: Actor, rsvp: Rsvp) -> bool:
    """Change or cancel the answer that was made from this guest's address: they opened its signed link."""
    return isinstance(actor, Guest) and bool(actor.email) and actor.email == rsvp.address


def can_join_online(viewer: Actor, town_hall: TownHall, rsvp: Rsvp | None) -> bool:
    """Be shown the way in: those who are coming; when it opens is a fact of the town hall."""
    if can_help(viewer, town_hall):
        return True
    return can_see(viewer, town_hall) and rsvp is not None and rsvp.state == "going"


def can_see_people(viewer: Actor, town_hall: TownHall) -> bool:
    return can_help(viewer, town_hall)


def can_export_people(viewer: Actor, town_hall: TownHall) -> bool:
    return can_run(viewer, town_hall)


def can_settle_needs(actor: Actor, town_hall: TownHall) -> bool:
    return can_help(actor, town_hall)


def can_purge_needs(actor: Actor) -> bool:
    """The clock does it, nobody else."""
    return actor is SYSTEM


def can_check_in(actor: Actor, town_hall: TownHall) -> bool:
    return can_help(actor, town_hall)


def can_publish_summary(actor: Actor, town_hall: TownHall) -> bool:
    return can_run(actor, town_hall)
