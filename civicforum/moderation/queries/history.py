"""What is known of a person, or of a pseudonym alone, and of a thread, beside what waits.

Told of the places alone that the moderator moderates. What was said under a pseudonym is the pseudonym's, and
counts for nobody else: a history never says whose it is.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, union_all
from sqlalchemy.orm import joinedload

from civicforum.accounts.models import Actor
from civicforum.agreement.limits.queries import shared_limits
from civicforum.agreement.models import Hold, Limit
from civicforum.db import db, now
from civicforum.discussions.models import Post, Thread
from civicforum.moderation import policies
from civicforum.moderation.kinds import CALMING, STATED
from civicforum.moderation.models import Case, Measure
from civicforum.moderation.queries.waiting import (
    QueueFilter,
    is_in_thread,
    moderated_by,
    waiting_cases,
    waiting_holds,
)

LATEST = 10
Identity = tuple[str, int]


@dataclass
class SpeakerHistory:
    """``stood``: comments in sight. ``measures``: how often each was taken; ``overturned`` of all of them.

    ``limits``: those in force.
    """

    stood: int = 0
    measures: Counter[str] = field(default_factory=Counter)
    overturned: int = 0
    limits: list[Limit] = field(default_factory=list)


@dataclass(frozen=True)
class ThreadHistory:
    measures: Counter[str]
    waiting: int
    limits: Sequence[Limit]


def identity_of(post: Post) -> Identity | None:
    """Who is told to have said it: ("pseudonym", 3) or ("person", 7); None for who left."""
    if post.pseudonym_id is not None:
        return "pseudonym", post.pseudonym_id
    return ("person", post.author_id) if post.author_id is not None else None


def histories_of(viewer: Actor, identities: Iterable[Identity | None]) -> dict[Identity, SpeakerHistory]:
    """What is known of each, in three statements."""
    found = {each: SpeakerHistory() for each in identities if each is not None}
    for kind, id_, count in db.session.execute(_stood(viewer, found)):
        found[kind, id_].stood = count
    for kind, id_, action, count, overturned in db.session.execute(_counted(viewer, found)):
        found[kind, id_].measures[action] = count
        found[kind, id_].overturned += overturned
    for kind, id_, limit in _limits(viewer, found):
        found[kind, id_].limits.append(limit)
    return found


def _ids(identities: Iterable[Identity], wanted: str) -> list[int]:
    return [id_ for kind, id_ in identities if kind == wanted]


def _stood(viewer: Actor, identities: Iterable[Identity]) -> Any:
    people, pseudonyms = _ids(identities, "person"), _ids(identities, "pseudonym")

    def counted(kind: str, id_: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
        return (
            select(literal(kind), id_, func.count())
            .select_from(Post)
            .join(Thread, Thread.id == Post.thread_id)
            .where(*conditions, Post.state == "visible", moderated_by(viewer, Thread.project_id))
            .group_by(id_)
        )

    by_name = (Post.author_id.in_(people), Post.pseudonym_id.is_(None))
    return union_all(
        counted("person", Post.author_id, *by_name),
        counted("pseudonym", Post.pseudonym_id, Post.pseudonym_id.in_(pseudonyms)),
    )


def _measures(viewer: Actor, identities: Iterable[Identity], *columns: Any) -> list[Select[Any]]:
    """Measures about each, with who it is in front: those by their own name, and those of a pseudonym."""
    people, pseudonyms = _ids(identities, "person"), _ids(identities, "pseudonym")
    here = moderated_by(viewer, Case.project_id)
    is_post = and_(Case.target_type == "post", Post.id == Case.target_id)
    of_person = Case.target_type == "person" if policies.can_act_for_site(viewer) else false()
    by_name = (
        select(literal("person"), Case.target_author_id, *columns)
        .select_from(Case)
        .join(Measure, Measure.case_id == Case.id)
        .outerjoin(Post, is_post)
        .where(
            Case.target_author_id.in_(people),
            or_(and_(Case.target_type == "post", Post.pseudonym_id.is_(None), here), of_person),
            Measure.action.in_(STATED),
        )
    )
    masked = (
        select(literal("pseudonym"), Post.pseudonym_id, *columns)
        .select_from(Post)
        .join(Case, is_post)
        .join(Measure, Measure.case_id == Case.id)
        .where(Post.pseudonym_id.in_(pseudonyms), here, Measure.action.in_(STATED))
    )
    return [by_name, masked]


def _counted(viewer: Actor, identities: Iterable[Identity]) -> Any:
    columns = (Measure.action, func.count(), func.count(Measure.overturned_at))
    by_name, masked = _measures(viewer, identities, *columns)
    return union_all(
        by_name.group_by(Case.target_author_id, Measure.action),
        masked.group_by(Post.pseudonym_id, Measure.action),
    )


def _limits(viewer: Actor, identities: Iterable[Identity]) -> list[tuple[str, int, Limit]]:
    by_name, masked = _measures(viewer, identities, Measure.limit_id)
    rows = db.session.execute(
        union_all(*(each.where(Measure.limit_id.is_not(None)) for each in (by_name, masked)))
    ).all()
    limits = db.session.scalars(
        select(Limit).where(
            Limit.id.in_([row[2] for row in rows]), Limit.ended_at.is_(None), Limit.until > now()
        )
    )
    in_force = {limit.id: limit for limit in limits}
    return [(kind, id_, in_force[limit]) for kind, id_, limit in rows if limit in in_force]


def latest_about(viewer: Actor, identity: Identity | None) -> Sequence[Measure]:
    """The latest measures about one, newest first."""
    if identity is None:
        return []
    by_name, masked = _measures(viewer, [identity], Measure.id)
    ids = [row[2] for row in db.session.execute(union_all(by_name, masked))]
    return db.session.scalars(
        select(Measure)
        .where(Measure.id.in_(ids))
        .options(joinedload(Measure.case))
        .order_by(Measure.id.desc())
        .limit(LATEST)
    ).all()


def history_of_thread(viewer: Actor, thread: Thread) -> ThreadHistory:
    """Measures in a thread, what waits there, and what is set on it."""
    rows = db.session.execute(
        select(Measure.action, func.count().label("times"))
        .join(Case, Case.id == Measure.case_id)
        .where(is_in_thread(thread.id), Measure.action.in_((*STATED, *CALMING)))
        .group_by(Measure.action)
    )
    here = QueueFilter(thread_id=thread.id)
    cases = waiting_cases(viewer, here).with_only_columns(func.count(Case.id))
    holds = waiting_holds(viewer, here).with_only_columns(func.count(Hold.id))
    waiting = (db.session.scalar(cases) or 0) + (db.session.scalar(holds) or 0)
    limits = shared_limits([thread.channel]).get(thread.channel, [])
    return ThreadHistory(Counter({row.action: row.times for row in rows}), waiting, limits)
