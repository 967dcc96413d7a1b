"""Who may not judge, because they have a part in it. One truth for the queue, the page and the deed.

Asked in SQL of any person and any post: so the queue leaves out what this moderator may not judge, and a page
says how many others may.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from civicforum.accounts.models import Actor, RoleGrant, User
from civicforum.accounts.queries import is_standing_well
from civicforum.db import db
from civicforum.discussions.models import Post, Thread
from civicforum.moderation.models import Case, Flag
from civicforum.partnerships.models import Membership, Organization, Project, Seat

# Written there for good, and with their own name or another: what was moved away or never shown counts not.
_NOT_SPOKEN = ("moved", "declined")
# Others would learn from a count who flagged, and who sits in a room of three.
_NOT_TOLD = ("flagged", "mediated")

# Each inner query's own rows. Made once: an alias copies every column of its table.
_SPOKEN, _TRACE, _STOOD, _ANSWERED = (aliased(Post) for _ in range(4))
_SEAT, _COLLEAGUES_SEAT, _CALLED = aliased(Seat), aliased(Seat), aliased(User)

Bond = Callable[[object, type[Post]], ColumnElement[bool]]
_bonds: dict[Bond, None] = {}


def ties_to(viewer: Actor, post_id: int) -> tuple[str, ...]:
    """What ties this person to a comment (``author``, ``flagged``, ``posted``, ``organization``,
    ``mediated``); or ()."""
    return _names(_to_post(viewer.id, Post), select(Post.id).where(Post.id == post_id), viewer)


def ties_to_thread(viewer: Actor, thread_id: int) -> tuple[str, ...]:
    """As ``ties_to``, of a whole thread: ``author`` or ``posted``."""
    return _names(_to_thread(viewer.id), select(Thread.id).where(Thread.id == thread_id), viewer)


def ties_in(viewer: Actor, case: Case) -> tuple[str, ...]:
    """What ties this person to what the case is about."""
    if case.target_type == "post":
        return ties_to(viewer, case.target_id)
    if case.target_type == "thread":
        return ties_to_thread(viewer, case.target_id)
    return ties_to_person(viewer, case.target_id)


def ties_to_person(viewer: Actor, person_id: int) -> tuple[str, ...]:
    """What ties this person to another as such: ``author`` (it is they), or ``flagged`` in the case that is
    not closed."""
    is_flagged = exists().where(Case.target_id == User.id, ~is_free_of_person(viewer, Case))
    own = {"author": User.id == (viewer.id or 0), "flagged": is_flagged}
    return _names(own, select(User.id).where(User.id == person_id), viewer)


def is_free_of_person(viewer: Actor, case: type[Case]) -> ColumnElement[bool]:
    """Whether nothing ties this person to a row of ``case`` that is about a person; for lists."""
    flagged = exists().where(
        Flag.case_id == case.id, Flag.user_id == (viewer.id or 0), Flag.state != "withdrawn"
    )
    is_open = and_(case.target_type == "person", case.closed_at.is_(None))
    return ~or_(case.target_id == (viewer.id or 0), and_(is_open, flagged))


def _names(ties: Mapping[str, ColumnElement[bool]], wanted: object, viewer: Actor) -> tuple[str, ...]:
    if viewer.id is None:
        return ()
    statement = wanted.with_only_columns(*(tie.label(name) for name, tie in ties.items()))  # type: ignore[attr-defined]
    row = db.session.execute(statement).one_or_none()
    return () if row is None else tuple(name for name, is_tied in row._mapping.items() if is_tied)


def is_free_of(viewer: Actor, post: type[Post]) -> ColumnElement[bool]:
    """Whether nothing ties this person to a row of ``post``; for lists."""
    return ~or_(false(), *(_to_post(viewer.id, post).values() if viewer.id is not None else ()))


def is_free_of_thread(viewer: Actor) -> ColumnElement[bool]:
    """As ``is_free_of``, of a row of threads."""
    return ~or_(false(), *(_to_thread(viewer.id).values() if viewer.id is not None else ()))


def free_posts(viewer: Actor, post_ids: Sequence[int]) -> set[int]:
    """Those of these comments that nothing ties this person to."""
    return set(db.session.scalars(select(Post.id).where(Post.id.in_(post_ids), is_free_of(viewer, Post))))


def count_free(viewer: Actor, post: Post) -> int:
    """How many other moderators than the viewer may judge this comment, as far as anybody may know."""
    others = (
        select(func.count(User.id))
        .select_from(User)
        .join(Post, Post.id == post.id)
        .where(
            User.id != (viewer.id or 0),
            is_standing_well(),
            _moderates(post.thread.project),
            ~or_(*(tie for name, tie in _to_post(User.id, Post).items() if name not in _NOT_TOLD)),
        )
    )
    return db.session.scalar(others) or 0


def may_judge_post(post: Post) -> ColumnElement[bool]:
    """Which rows of ``User`` joined with this comment's row moderate its place, and nothing ties to it."""
    return and_(is_standing_well(), _moderates(post.thread.project), ~or_(*_to_post(User.id, Post).values()))


def tied_among(people: Sequence[int], post: Post) -> set[int]:
    """Those of these people who have a part in the comment, other than by a flag."""
    ties = (tie for name, tie in _to_post(User.id, Post).items() if name != "flagged")
    wanted = select(User.id).join(Post, Post.id == post.id).where(User.id.in_(people), or_(*ties))
    return set(db.session.scalars(wanted))


def count_free_of_person(viewer: Actor, person: User) -> int:
    """How many other moderators of the site may judge what is asked about this person, as far as anybody may
    know: that somebody else flagged it is not told by a number."""
    others = (
        select(func.count(User.id))
        .join(RoleGrant, and_(RoleGrant.user_id == User.id, RoleGrant.role == "moderator"))
        .where(User.id.not_in((viewer.id or 0, person.id)), is_standing_well())
    )
    return db.session.scalar(others) or 0


def _moderates(project: Project) -> ColumnElement[bool]:
    """Moderators of the project, and those of the site where they may read it."""
    belongs = exists().where(Membership.user_id == User.id, Membership.project_id == project.id)
    of_site = exists().where(RoleGrant.user_id == User.id, RoleGrant.role == "moderator")
    of_project = exists().where(
        Membership.user_id == User.id,
        Membership.project_id == project.id,
        Membership.role == "moderator",
    )
    return or_(of_project, of_site if project.is_public else and_(of_site, belongs))


def _to_post(user_id: object, post: type[Post]) -> dict[str, ColumnElement[bool]]:
    return {
        "author": and_(post.author_id.is_not(None), post.author_id == user_id),
        "flagged": exists().where(
            Flag.post_id == post.id, Flag.user_id == user_id, Flag.state != "withdrawn"
        ),
        "posted": spoke_beside(user_id, post, not_counted=_NOT_SPOKEN),
        "organization": is_about_own_organization(user_id, post),
        "mediated": sat_together_about(user_id, post),
    }


def _to_thread(user_id: object) -> dict[str, ColumnElement[bool]]:
    return {
        "author": and_(Thread.author_id.is_not(None), Thread.author_id == user_id),
        "posted": _spoke_in(user_id, lambda thread_id: thread_id == Thread.id, _NOT_SPOKEN),
    }


def bind(bond: Bond) -> None:
    """Let a room above say who has a part in a comment by what happened there: ``bond(person, post)``."""
    _bonds[bond] = None


def sat_together_about(user_id: object, post: type[Post]) -> ColumnElement[bool]:
    """Whether a room above knows a part that this person has in it: they talked it over in confidence."""
    return or_(false(), *(bond(user_id, post) for bond in _bonds))


def spoke_beside(user_id: object, post: type[Post], not_counted: Sequence[str] = ()) -> ColumnElement[bool]:
    """Whether this person said something where the comment stands, or where it stood before it was moved.

    Nor do they get free by moving their own words: each leaves a trace at the place it had.
    """
    stood = select(_STOOD.thread_id).where(_STOOD.moved_to_id == post.id).correlate_except(_STOOD)
    return _spoke_in(user_id, lambda thread: or_(thread == post.thread_id, thread.in_(stood)), not_counted)


def _spoke_in(
    user_id: object,
    is_there: Callable[[InstrumentedAttribute[int]], ColumnElement[bool]],
    not_counted: Sequence[str],
) -> ColumnElement[bool]:
    was_there = (
        exists().where(_TRACE.moved_to_id == _SPOKEN.id, is_there(_TRACE.thread_id)).correlate_except(_TRACE)
    )
    return (
        exists()
        .where(
            _SPOKEN.author_id == user_id,
            _SPOKEN.state.not_in(not_counted),
            or_(is_there(_SPOKEN.thread_id), was_there),
        )
        .correlate_except(_SPOKEN)
    )


def is_about_own_organization(user_id: object, post: type[Post]) -> ColumnElement[bool]:
    """It calls on the organization or on somebody who speaks for it, or answers one of them.

    A longer name that begins so counts, too: rather once too often than once too little.
    """
    words = func.lower(post.body)
    names_it = (
        exists()
        .where(Organization.id == _SEAT.organization_id, words.contains("@" + Organization.slug))
        .correlate_except(Organization)
    )
    names_them = (
        exists()
        .where(
            _COLLEAGUES_SEAT.organization_id == _SEAT.organization_id,
            _CALLED.id == _COLLEAGUES_SEAT.user_id,
            words.contains("@" + _CALLED.handle),
        )
        .correlate_except(_COLLEAGUES_SEAT, _CALLED)
    )
    answers_them = (
        exists()
        .where(
            _ANSWERED.id == post.reply_to_id,
            _ANSWERED.pseudonym_id.is_(None),
            _COLLEAGUES_SEAT.user_id == _ANSWERED.author_id,
            _COLLEAGUES_SEAT.organization_id == _SEAT.organization_id,
        )
        .correlate_except(_COLLEAGUES_SEAT, _ANSWERED)
    )
    is_tied = or_(names_it, names_them, answers_them)
    # By itself an inner query knows only the one around it, and would ask all comments there are.
    return exists().where(_SEAT.user_id == user_id, is_tied).correlate_except(_SEAT)
