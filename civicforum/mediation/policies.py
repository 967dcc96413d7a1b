"""Who may ask for mediation, mediate, and read a room: its three people, and nobody else. Pure and total."""

from collections.abc import Iterable

from civicforum.accounts.models import SYSTEM, Actor, User
from civicforum.accounts.policies import has_site_role, is_in_good_standing, is_person, same_person
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.policies import can_read_words, can_see_thread
from civicforum.mediation.models import WITH_ROOM, Mediation, Participant
from civicforum.moderation.policies import can_work_in
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_moderate, is_organizer


def can_look_for_somebody(user: Actor, thread: Thread) -> bool:
    return is_person(user) and is_in_good_standing(user) and can_see_thread(user, thread)


def can_ask(user: Actor, post: Post) -> bool:
    """Anybody in good standing, about something that everybody can read there and that somebody else said."""
    return (
        can_look_for_somebody(user, post.thread)
        and post.state == "visible"
        and can_read_words(user, post)
        and not same_person(user, post.author_id)
    )


def can_propose(user: Actor, post: Post) -> bool:
    """Moderators of the place, never about their own words."""
    return can_work_in(user, post.thread.project) and not same_person(user, post.author_id)


def can_mediate(user: User, project: Project | None, sides: Iterable[User]) -> bool:
    """A mediator by name who speaks for an organization, stands with neither side, and has no power here."""
    organizations = {seat.organization_id for seat in user.seats_at}
    theirs = {seat.organization_id for side in sides for seat in side.seats_at}
    if not has_site_role(user, "mediator") or not organizations or organizations & theirs:
        return False
    return not _has_power(user, project)


def _has_power(user: User, project: Project | None) -> bool:
    """Whoever moderates or runs the place does not get to read what is said in confidence about it."""
    if has_site_role(user, "moderator", "administrator", "organizer"):
        return True
    return project is not None and (can_moderate(user, project) or is_organizer(user, project))


def part_of(user: Actor, mediation: Mediation) -> Participant | None:
    """This person's part in it, if they were asked and did not say no."""
    for person in mediation.participants:
        if same_person(user, person.user_id) and person.state in ("invited", "accepted"):
            return person
    return None


def can_see(user: Actor, mediation: Mediation) -> bool:
    """The two sides, whatever their standing, and the mediator while they are one. No role opens it."""
    part = part_of(user, mediation)
    if part is None or (mediation.purged_at is not None and not mediation.agreement):
        return False
    return part.role == "side" or has_site_role(user, "mediator")


def can_read_room(user: Actor, mediation: Mediation) -> bool:
    """The words: those of the three who said yes, once all of them have."""
    part = part_of(user, mediation)
    has_said_yes = part is not None and part.state == "accepted"
    return has_said_yes and mediation.state in WITH_ROOM and can_see(user, mediation)


def can_settle(user: Actor, mediation: Mediation) -> bool:
    """An agreement is that of the two sides; the mediator helps to word it."""
    part = part_of(user, mediation)
    return part is not None and part.role == "side" and can_read_room(user, mediation)


def can_tend(actor: Actor) -> bool:
    """What happens by the clock, and after an agreement, the house does."""
    return actor is SYSTEM
