"""Who may not judge, because they have a part in it. One truth for the queue, the page and the deed.

Asked in SQL of any person and any post: so the queue leaves out what this moderator may not judge, and a page
says how many others may.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import aliased

from civicforum.accounts.models import Actor, RoleGrant, User
from civicforum.db import db, now
from civicforum.discussions.models import Post, Thread
from civicforum.moderation.models import Case, Flag
from civicforum.partnerships.models import Membership, Organization, Project, Seat

# Written there for good, and with their own name or another: what was moved away or never shown counts not.
_NOT_SPOKEN = ("moved", "declined")


def ties_to(viewer: Actor, post_id: int) -> tuple[str, ...]:
    """What ties this person to a comment: ``author``, ``flagged``, ``posted``, ``organization``; or ()."""
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
    return ("author",) if viewer.id is not None and viewer.id == case.target_id else ()


def _names(ties: Mapping[str, ColumnElement[bool]], wanted: object, viewer: Actor) -> tuple[str, ...]:
    if viewer.id is None:
        return ()
    statement = wanted.with_only_columns(*(tie.label(name) for name, tie in ties.items()))  # type: ignore[attr-defined]
    row = db.session.execute(statement).one_or_none()
    return () if row is None else tuple(name for name, is_tied in row._mapping.items() if is_tied)


def is_free_of(viewer: Actor, post: type[Post]) -> ColumnElement[bool]:
    """Whether nothing ties this person to a row of ``post``; for lists."""
    return ~or_(false(), *(_to_post(viewer.id, post).values() if viewer.id is not None else ()))


def count_free(viewer: Actor, post: Post) -> int:
    """How many other moderators than the viewer may judge this comment."""
    others = (
        select(func.count(User.id))
        .select_from(User)
        .join(Post, Post.id == post.id)
        .where(User.id != (viewer.id or 0), may_judge_post(post))
    )
    return db.session.scalar(others) or 0


def may_judge_post(post: Post) -> ColumnElement[bool]:
    """Which rows of ``User`` joined with this comment's row moderate its place, and nothing ties to it."""
    return and_(
        User.email_confirmed_at.is_not(None),
        User.erased_at.is_(None),
        or_(User.suspended_until.is_(None), User.suspended_until <= now()),
        _moderates(post.thread.project),
        ~or_(*_to_post(User.id, Post).values()),
    )


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
        "posted": _posted_in(post.thread_id, user_id),
        "organization": is_about_own_organization(user_id, post),
    }


def _to_thread(user_id: object) -> dict[str, ColumnElement[bool]]:
    return {
        "author": and_(Thread.author_id.is_not(None), Thread.author_id == user_id),
        "posted": _posted_in(Thread.id, user_id),
    }


def _posted_in(thread_id: object, user_id: object) -> ColumnElement[bool]:
    own = aliased(Post)
    return exists().where(own.thread_id == thread_id, own.author_id == user_id, own.state.not_in(_NOT_SPOKEN))


def is_about_own_organization(user_id: object, post: type[Post]) -> ColumnElement[bool]:
    """It calls on the organization or on somebody who speaks for it, or answers one of them.

    A longer name that begins so counts, too: rather once too often than once too little.
    """
    seat, colleague, answered, called = aliased(Seat), aliased(Seat), aliased(Post), aliased(User)
    words = func.lower(post.body)
    names_it = (
        exists()
        .where(Organization.id == seat.organization_id, words.contains("@" + Organization.slug))
        .correlate_except(Organization)
    )
    names_them = (
        exists()
        .where(
            colleague.organization_id == seat.organization_id,
            called.id == colleague.user_id,
            words.contains("@" + called.handle),
        )
        .correlate_except(colleague, called)
    )
    answers_them = (
        exists()
        .where(
            answered.id == post.reply_to_id,
            answered.pseudonym_id.is_(None),
            colleague.user_id == answered.author_id,
            colleague.organization_id == seat.organization_id,
        )
        .correlate_except(colleague, answered)
    )
    is_tied = or_(names_it, names_them, answers_them)
    # By itself an inner query knows only the one around it, and would ask all comments there are.
    return exists().where(seat.user_id == user_id, is_tied).correlate_except(seat)
