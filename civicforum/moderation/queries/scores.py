"""Who flagged, and what was flagged, as the score asks for it; see ``moderation/scoring.py``."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from civicforum.accounts.models import User
from civicforum.agreement.words import find_words
from civicforum.db import db
from civicforum.discussions.models import Post
from civicforum.discussions.policies import speaks_by_name
from civicforum.discussions.queries import find_called
from civicforum.moderation.models import Case, Flag
from civicforum.moderation.policies import can_work_on
from civicforum.moderation.queries.recusal import tied_among
from civicforum.moderation.scoring import Flagger, Target
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_moderate, is_organizer, is_partner
from civicforum.partnerships.queries import hat_holders
from civicforum.text import mentions

# Offices whose holders may have no account here: who criticizes them is heard by a person as well.
OFFICES = (
    *("mayor", "council", "council member", "councilor", "commissioner", "city hall", "city manager"),
    *("police", "sheriff", "superintendent", "alcalde", "alcaldesa", "concejo", "concejal", "concejala"),
    *("ayuntamiento", "municipalidad", "policía", "comisionado", "comisionada"),
)


def flaggers_of(case: Case, project: Project | None) -> list[Flagger]:
    """Everybody whose flag in this case is open, in a fixed number of queries."""
    flags = db.session.scalars(
        select(Flag)
        .where(Flag.case_id == case.id, Flag.state == "open")
        .options(selectinload(Flag.user))
        .order_by(Flag.id)
    ).all()
    people = [flag.user_id for flag in flags]
    tallies, tied = _tallies(people), _tied(people, case)
    return [
        _flagger(
            flag,
            can_work_on(flag.user, case, project) and flag.user_id not in tied,
            *tallies.get(flag.user_id, (0, 0)),
        )
        for flag in flags
    ]


def _tied(people: Sequence[int], case: Case) -> set[int]:
    """A moderator who may not judge it does not do so by a flag: it weighs as that of others with a role."""
    post = db.session.get(Post, case.target_id) if case.target_type == "post" else None
    return tied_among(people, post) if post is not None else set()


def _flagger(flag: Flag, is_moderator: bool, right: int, wrong: int) -> Flagger:
    user = flag.user
    return Flagger(
        account_began_at=user.created_at,
        flagged_at=flag.created_at,
        is_newcomer=user.standing is None or user.standing.is_newcomer,
        has_role=bool(user.grants) or any(row.role != "member" for row in user.memberships),
        is_moderator=is_moderator,
        right=right,
        wrong=wrong,
        organizations=frozenset(seat.organization_id for seat in user.seats_at),
    )


def _tallies(user_ids: list[int]) -> dict[int, tuple[int, int]]:
    """How often each was found right and wrong, in whatever case."""
    is_right, is_wrong = Flag.state == "agreed", Flag.state == "disagreed"
    rows = db.session.execute(
        select(Flag.user_id, func.count().filter(is_right), func.count().filter(is_wrong))
        .where(Flag.user_id.in_(user_ids))
        .group_by(Flag.user_id)
    )
    return {user_id: (right, wrong) for user_id, right, wrong in rows}


def target_of(post: Post) -> Target:
    is_by_staff = post.writer is not None and speaks_by_name(post.writer, post.thread.project)
    return Target(is_by_staff=is_by_staff, is_about_power=is_about_power(post))


def is_about_power(post: Post) -> bool:
    """Whether it answers, calls on or names somebody with a role in the project, a partner, or an office."""
    project = post.thread.project
    if _has_power(_answered(post), project):
        return True
    if any(_has_power(user, project) for user in find_called(mentions(post.body), post.thread)):
        return True
    return bool(find_words(post.body, (*OFFICES, *_names_of_power(project))))


def _answered(post: Post) -> User | None:
    """Whoever it answers, by name: what answers no comment answers whoever began the thread."""
    told = post.reply_to if post.reply_to is not None else post.thread
    return told.writer if told.pseudonym_id is None else None


def _has_power(user: User | None, project: Project) -> bool:
    if user is None:
        return False
    return is_organizer(user, project) or is_partner(user, project) or can_moderate(user, project)


def _names_of_power(project: Project) -> list[str]:
    people = db.session.scalars(
        select(User.name).where(User.id.in_(hat_holders(project.id)), User.erased_at.is_(None))
    )
    surnames = [name.split()[-1] for name in people if len(name.split()) > 1]
    return [*people, *surnames, *(partner.organization.name for partner in project.partners)]
