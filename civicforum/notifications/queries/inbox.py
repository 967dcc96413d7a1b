"""A person's own inbox, written at the moment it is read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, select

from civicforum.accounts.models import Actor
from civicforum.db import db
from civicforum.notifications import policies, registry
from civicforum.notifications.models import Notification
from civicforum.notifications.registry import Notice

# So many of a bundle are looked at; nobody counts further.
MOST_OF_A_BUNDLE = 50


@dataclass(frozen=True)
class Entry:
    """One notification, or a bundle of them, as its reader may see it now.

    ``notice`` says the newest that they may still see, and leads to the earliest; None if there is none.
    ``count`` is how many they may see.
    """

    id: int
    reason: str
    created_at: datetime
    is_unread: bool
    notice: Notice | None
    count: int = 1


@dataclass(frozen=True)
class Inbox:
    """Some of an inbox, newest first; ``next_before`` is the id to go on from, None at the end."""

    entries: Sequence[Entry]
    next_before: int | None


def list_inbox(viewer: Actor, limit: int = 30, before_id: int | None = None) -> Inbox:
    """The viewer's newest notifications, or those older than ``before_id``."""
    if not policies.can_have_inbox(viewer):
        return Inbox((), None)
    bundles: dict[int, list[Notification]] = defaultdict(list)
    for row, newest in db.session.execute(_rows(viewer.id, before_id, limit + 1)):
        bundles[newest].append(row)
    shown = list(bundles)[:limit]
    notices = _notices(viewer, [row for newest in shown for row in bundles[newest]])
    entries = [_entry(bundles[newest], notices) for newest in shown]
    return Inbox(entries, shown[-1] if len(bundles) > limit else None)


def _rows(user_id: int | None, before_id: int | None, limit: int) -> Select[Any]:
    """(row, id of the newest of its bundle) of the newest bundles, in one query."""
    together = (Notification.reason, _bundle(), Notification.read_at)
    place = func.row_number().over(partition_by=together, order_by=Notification.id.desc())
    newest = func.max(Notification.id).over(partition_by=together)
    mine = (
        select(Notification.id, place.label("place"), newest.label("newest"))
        .where(Notification.user_id == user_id)
        .cte("mine")
    )
    first = select(mine.c.newest).where(mine.c.place == 1)
    if before_id is not None:
        first = first.where(mine.c.newest < before_id)
    page = first.order_by(mine.c.newest.desc()).limit(limit).subquery()
    return (
        select(Notification, mine.c.newest)
        .join(mine, mine.c.id == Notification.id)
        .join(page, page.c.newest == mine.c.newest)
        .where(mine.c.place <= MOST_OF_A_BUNDLE)
        .order_by(mine.c.newest.desc(), Notification.id.desc())
    )


def _bundle() -> ColumnElement[str]:
    """What a row is shown together with: by itself where it belongs to no bundle."""
    return func.coalesce(Notification.bundle, cast(Notification.id, String))


def _entry(rows: Sequence[Notification], notices: dict[int, Notice]) -> Entry:
    """``rows`` of one bundle, the newest first."""
    told = [notices[row.id] for row in rows if row.id in notices]
    notice = Notice(told[0].text, told[-1].url) if told else None
    newest = rows[0]
    return Entry(
        newest.id, newest.reason, newest.created_at, newest.read_at is None, notice, max(1, len(told))
    )


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
    """How many entries of the viewer's inbox are unread."""
    if not policies.can_have_inbox(viewer) or viewer.id is None:
        return 0
    return unread_counts([viewer.id])[viewer.id]


def unread_counts(user_ids: Iterable[int]) -> dict[int, int]:
    """The number of unread entries of each of these people, in one query."""
    people = list(user_ids)
    entries = func.count(func.distinct(Notification.reason + "/" + _bundle()))
    rows = db.session.execute(
        select(Notification.user_id, entries.label("unread"))
        .where(Notification.user_id.in_(people), Notification.read_at.is_(None))
        .group_by(Notification.user_id)
    )
    return dict.fromkeys(people, 0) | {row.user_id: row.unread for row in rows}


def told_of(kind: str, object_id: int, user_ids: Iterable[int]) -> set[int]:
    """Who of these was told of this before, for whatever reason, read or not."""
    return set(
        db.session.scalars(
            select(Notification.user_id).where(
                Notification.user_id.in_(list(user_ids)),
                Notification.kind == kind,
                Notification.object_id == object_id,
            )
        )
    )
