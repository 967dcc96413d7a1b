"""Who may look at a case, decide it, flag, and read why. Pure and total."""

from collections.abc import Collection

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.accounts.policies import has_site_role, is_in_good_standing, is_person, same_person
from civicforum.discussions.models import Post
from civicforum.discussions.policies import can_see_post
from civicforum.moderation.models import Case, Flag
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


def can_decide_case(user: Actor, case: Case, project: Project | None) -> bool:
    return can_see_case(user, case, project)


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
