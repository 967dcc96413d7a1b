"""How much waits, of what kind and where; counted up to a bound, so that 10,000 cost no more than 200."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, literal, select
from sqlalchemy.orm import aliased

from civicforum.accounts.models import Actor
from civicforum.agreement.models import Hold
from civicforum.db import db, now
from civicforum.discussions.models import Post, Thread
from civicforum.moderation import policies
from civicforum.moderation.models import Case, QueueClaim
from civicforum.moderation.queries.waiting import (
    QueueFilter,
    moderated_by,
    waiting_cases,
    waiting_holds,
    why_waits,
)
from civicforum.partnerships.models import Project

MOST_COUNTED = 200
# A thread in which so many wait is worth a look of its own.
CROWDED = 5


@dataclass(frozen=True)
class QueueCounts:
    """Of the oldest that wait: how many of each kind, for each reason, in each project, and whose.

    ``is_capped``: more wait than were counted, so each number is that many or more. ``crowded``: the thread
    in which most wait, and how many, where they are many.
    """

    total: int = 0
    is_capped: bool = False
    kinds: Counter[str] = field(default_factory=Counter)
    whys: Counter[str] = field(default_factory=Counter)
    projects: Counter[int] = field(default_factory=Counter)
    whose: Counter[str] = field(default_factory=Counter)
    crowded: tuple[Thread, int] | None = None


def count_waiting(viewer: Actor) -> QueueCounts:
    """All that waits for this moderator, counted up to ``MOST_COUNTED``, in a fixed number of statements."""
    if not policies.can_see_queue(viewer):
        return QueueCounts()
    rows = [*_grouped(_cases(viewer)), *_grouped(_holds(viewer))]
    total = sum(row.times for row in rows)
    return QueueCounts(
        total=min(total, MOST_COUNTED),
        is_capped=total >= MOST_COUNTED,
        kinds=_counted((row.kind, row.times) for row in rows),
        whys=_counted((row.source if row.kind == "held" else why_waits(row), row.times) for row in rows),
        projects=_counted((row.project_id, row.times) for row in rows if row.project_id),
        whose=_counted((_whose(viewer, row.claimed_by), row.times) for row in rows),
        crowded=_crowded(rows),
    )


def _grouped(some: Any) -> Sequence[Any]:
    """The oldest, those that are alike as one row with how many ``times``."""
    each = some.limit(MOST_COUNTED).subquery()
    return db.session.execute(select(*each.c, func.count().label("times")).group_by(*each.c)).all()


def _counted(pairs: Iterable[tuple[Any, int]]) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for key, times in pairs:
        found[key] += times
    return found


# Names of their own: what waits is asked for with subqueries of the same tables.
_post, _claim = aliased(Post), aliased(QueueClaim)


def _cases(viewer: Actor) -> Any:
    claim = and_(_claim.case_id == Case.id, _claim.ends_at > now())
    is_post = and_(Case.target_type == "post", _post.id == Case.target_id)
    return (
        waiting_cases(viewer)
        .outerjoin(_claim, claim)
        .outerjoin(_post, is_post)
        .with_only_columns(
            Case.target_type.label("kind"),
            Case.source,
            Case.state,
            Case.awaits_person,
            Case.project_id,
            _claim.user_id.label("claimed_by"),
            _post.thread_id,
        )
        .order_by(Case.waits_since)
    )


def _holds(viewer: Actor) -> Any:
    claim = and_(_claim.hold_id == Hold.id, _claim.ends_at > now())
    return (
        waiting_holds(viewer)
        .outerjoin(_claim, claim)
        .outerjoin(_post, _post.id == Hold.object_id)
        .with_only_columns(
            literal("held").label("kind"),
            Hold.cause.label("source"),
            Hold.project_id,
            _claim.user_id.label("claimed_by"),
            _post.thread_id,
        )
        .order_by(Hold.created_at)
    )


def _whose(viewer: Actor, claimed_by: int | None) -> str:
    if claimed_by is None:
        return "nobody"
    return "mine" if claimed_by == viewer.id else "others"


def _crowded(rows: Sequence[Any]) -> tuple[Thread, int] | None:
    threads = _counted((row.thread_id, row.times) for row in rows if row.thread_id)
    ((thread_id, count),) = threads.most_common(1) or ((0, 0),)
    thread = db.session.get(Thread, thread_id)
    return (thread, count) if thread is not None and count >= CROWDED else None


def count_queue(viewer: Actor) -> int:
    """How many things wait for this moderator; ``MOST_COUNTED`` where there are that many or more."""
    if not policies.can_see_queue(viewer):
        return 0
    return min(MOST_COUNTED, _count(waiting_cases(viewer), Case) + _count(waiting_holds(viewer), Hold))


def count_since(viewer: Actor, wanted: QueueFilter, moment: datetime) -> int:
    """How many came after a moment, up to ``MOST_COUNTED``."""
    cases = waiting_cases(viewer, wanted).where(Case.waits_since > moment)
    holds = waiting_holds(viewer, wanted).where(Hold.created_at > moment)
    return min(MOST_COUNTED, _count(cases, Case) + _count(holds, Hold))


def _count(waiting: Select[Any], model: type[Any]) -> int:
    some = waiting.with_only_columns(model.id).limit(MOST_COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def projects_moderated(viewer: Actor, project_ids: Sequence[int]) -> Sequence[Project]:
    """Those of these projects that the viewer moderates, by name."""
    return db.session.scalars(
        select(Project)
        .where(Project.id.in_(project_ids), moderated_by(viewer, Project.id))
        .order_by(Project.title, Project.id)
    ).all()
