"""Who may look at a case, decide it, flag, and read why. Pure and total."""

from collections.abc import Collection

from civicforum.accounts.models import SYSTEM, Actor, User
from civicforum.accounts.policies import has_site_role, is_in_good_standing, is_person, same_person
from civicforum.discussions.models import Post
from civicforum.discussions.policies import can_see_post
from civicforum.moderation.kinds import FOR_SITE, STATED
from civicforum.moderation.models import Appeal, Case, Flag, Measure, PanelSeat
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_moderate, can_see_project, moderates_somewhere


def can_see_queue(user: Actor) -> bool:
    return moderates_somewhere(user)


def can_see_case(user: Actor, case: Case, project: Project | None) -> bool:
    """Moderators of the place, never the one whom the case is about."""
    return can_work_on(user, case, project) and not same_person(user, case.target_author_id)


def can_work_on(user: Actor, case: Case, project: Project | None) -> bool:
    """Cases about words and threads are their place's; those about a person the whole site's."""
    return can_act_for_site(user) if case.target_type == "person" else can_work_in(user, project)


def can_act_for_site(user: Actor) -> bool:
    """Remove for law, suspend, and judge a person: moderators of the whole site, given by name."""
    return has_site_role(user, "moderator")


def may_judge(user: Actor, ties: Collection[str]) -> bool:
    """Nobody who has a part in it (``queries.ties_in``); the house has none."""
    return user is SYSTEM or not ties


def can_read_record(user: Actor, post: Post) -> bool:
    """What was removed for law: moderators of the site, where they may read at all, and with a reason."""
    return can_act_for_site(user) and can_moderate(user, post.thread.project) if user is not SYSTEM else True


def can_edit_templates(user: Actor) -> bool:
    return can_act_for_site(user)


def can_work_in(user: Actor, project: Project | None) -> bool:
    if user is SYSTEM:
        return True
    return project is not None and can_moderate(user, project)


def can_read_reasons(user: Actor, case: Case, project: Project | None) -> bool:
    """The statement of reasons is for the author, also while suspended, and for moderators of the place."""
    return same_person(user, case.target_author_id) or can_see_case(user, case, project)


def can_flag(user: Actor, post: Post) -> bool:
    """Anybody in good standing who can read it; one's own words one takes back instead."""
    return (
        is_in_good_standing(user)
        and is_person(user)
        and can_see_post(user, post)
        and not same_person(user, post.author_id)
    )


def can_flag_person(user: Actor, person: User) -> bool:
    """Anybody in good standing, the name or profile of somebody else who has one."""
    is_there = person.is_confirmed and person.erased_at is None
    return is_in_good_standing(user) and is_person(user) and is_there and not same_person(user, person.id)


def can_withdraw_flag(user: Actor, flag: Flag) -> bool:
    return same_person(user, flag.user_id)


def facilitates(user: Actor, project: Project) -> bool:
    """Leads the talk here, as an organizer or a moderator; also one who is suspended."""
    if not is_person(user):
        return user is SYSTEM
    own = {row.role for row in user.memberships if row.project_id == project.id}
    return any(user.has_role(role) or role in own for role in ("organizer", "moderator", "administrator"))


def can_rate(user: Actor, project: Project) -> bool:
    """Whoever sees it and did not lead it; also while suspended. That they took part is a fact."""
    return is_person(user) and can_see_project(user, project) and not facilitates(user, project)


def can_keep_record(actor: Actor) -> bool:
    """The house does, by its clock."""
    return actor is SYSTEM


# --- second looks ---

# What can be contested: by whom it is about, what was done; by who flagged, that nothing was.
CONTESTABLE = {
    "author": frozenset(STATED),
    "flagger": frozenset({"leave"}),
}
# After this there is nothing left to contest: a warning or what was blacked out is not undone by showing the
# words again, and a limit has an end of its own.
UNDONE_BY_RESTORING = frozenset({"hide", "decline", "remove", "request_edit"})


def is_about(user: Actor, case: Case) -> bool:
    return same_person(user, case.target_author_id)


def is_independent(user: Actor, independent_email: str) -> bool:
    """The person whom the town named for second looks: whoever owns that address, and confirmed it."""
    return (
        isinstance(user, User)
        and is_in_good_standing(user)
        and bool(independent_email)
        and user.email == independent_email
    )


def can_appeal(user: Actor, side: str | None) -> bool:
    """Whom it is about, or whose flag was refused; in whatever standing, also while suspended."""
    return is_person(user) and side is not None


def can_withdraw_appeal(user: Actor, appeal: Appeal) -> bool:
    return same_person(user, appeal.person_id)


def can_decide_appeal(
    user: Actor, appeal: Appeal, project: Project | None, independent_email: str, *, took_part: bool
) -> bool:
    """A moderator of the place (of the site, about a person), or the independent person; never who acted,
    spoke there, or is a party.

    What only moderators of the whole site do, none but they take back. Never the house by itself: a machine
    does not decide whether a machine was right.
    """
    if not isinstance(user, User) or took_part:
        return False
    if is_independent(user, independent_email):
        return True
    return can_work_on(user, appeal.case, project) and can_undo(user, appeal.measure)


def can_undo(user: Actor, measure: Measure) -> bool:
    """Only moderators of the whole site take back what only they may do."""
    return measure.action not in FOR_SITE or can_act_for_site(user)


def can_see_appeal(
    user: Actor, appeal: Appeal, project: Project | None, independent_email: str, seat: PanelSeat | None
) -> bool:
    """Who asked; who moderates in its place; the independent person; who was drawn.

    Nobody about whose words somebody else asks: they never learn who flagged.
    """
    if same_person(user, appeal.person_id):
        return True
    if not isinstance(user, User) or is_about(user, appeal.case):
        return False
    if is_independent(user, independent_email) or can_work_on(user, appeal.case, project):
        return True
    return seat is not None and (project is None or can_see_project(user, project))


def can_say_in_appeal(user: Actor, appeal: Appeal) -> bool:
    """Who asked, in whatever standing; of all others who may see it, those in good standing."""
    return same_person(user, appeal.person_id) or is_in_good_standing(user)


def can_see_lot(user: Actor, project: Project | None) -> bool:
    """Whoever may read in the project may check how residents were drawn: there are numbers alone."""
    return project is None or can_see_project(user, project)


def can_volunteer(user: Actor) -> bool:
    return is_person(user) and is_in_good_standing(user)


def can_step_back(user: Actor) -> bool:
    """No longer being drawn is everybody's own, in whatever standing."""
    return is_person(user)


def can_judge(user: Actor, seat: PanelSeat | None, *, may_still: bool) -> bool:
    """One of the three who were drawn, while nothing ties them to the case."""
    return seat is not None and may_still and same_person(user, seat.user_id) and is_in_good_standing(user)


def can_leave_panel(user: Actor, seat: PanelSeat | None) -> bool:
    """Nobody has to decide; also whoever may not any more."""
    return seat is not None and same_person(user, seat.user_id)


def can_draw(actor: Actor) -> bool:
    """The house draws, and replaces who does not answer."""
    return actor is SYSTEM
