"""A person's own inbox, written at the moment it is read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from civicforum.accounts.models import Actor
from civicforum.db import db
from civicforum.notifications import policies, registry
from civicforum.notifications.models import Notification
from civicforum.notifications.registry import Notice


@dataclass(frozen=True)
class Entry:
    """One notification as its reader may see it now; ``notice`` is None if it is no longer theirs to see."""

    id: int
    reason: str
    created_at: datetime
    is_unread: bool
    notice: Notice | None


@dataclass(frozen=True)
class Inbox:
    """Some of an inbox, newest first; ``next_before`` is the id to go on from, None at the end."""

    entries: Sequence[Entry]
    next_before: int | None


def list_inbox(viewer: Actor, limit: int = 30, before_id: int | None = None) -> Inbox:
    """The viewer's newest notifications, or those older than ``before_id``."""
    if not policies.can_have_inbox(viewer):
        return Inbox((), None)
    rows = list(db.session.scalars(_rows(viewer.id, before_id).limit(limit + 1)))
    shown = rows[:limit]
    notices = _notices(viewer, shown)
    entries = [
        Entry(row.id, row.reason, row.created_at, row.read_at is None, notices.get(row.id)) for row in shown
    ]
    return Inbox(entries, shown[-1].id if len(rows) > limit else None)


def _rows(user_id: int | None, before_id: int | None) -> Select[Notification]:
    rows = select(Notification).where(Notification.user_id == user_id)
    if before_id is not None:
        rows = rows.where(Notification.id < before_id)
    return rows.order_by(Notification.id.desc())


def _notices(viewer: Actor, rows: Iterable[Notification]) -> dict[int, Notice]:
    """What each row says, by the row's id: one question to each kind and reason."""
    groups: dict[tuple[str, str], list[Notification]] = defaultdict(list)
    for row in rows:
        groups[row.kind, row.reason].append(row)
    found: dict[int, Notice] = {}
    for (kind, reason), group in groups.items():
        objects = list({row.object_id: None for row in group})
        said = registry.describe(viewer, kind, reason, objects)
        found.update({row.id: said[row.object_id] for row in group if row.object_id in said})
    return found


def count_unread(viewer: Actor) -> int:
    """How many of the viewer's notifications are unread."""
    if not policies.can_have_inbox(viewer) or viewer.id is None:
        return 0
    return unread_counts([viewer.id])[viewer.id]


def unread_counts(user_ids: Iterable[int]) -> dict[int, int]:
    """The number of unread notifications of each of these people, in one query."""
    people = list(user_ids)
    rows = db.session.execute(
        select(Notification.user_id, func.count().label("unread"))
        .where(Notification.user_id.in_(people), Notification.read_at.is_(None))
        .group_by(Notification.user_id)
    )
    return dict.fromkeys(people, 0) | {row.user_id: row.unread for row in rows}
