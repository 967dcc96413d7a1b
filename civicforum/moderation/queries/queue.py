"""What waits for a moderator, item by item, in one list of cases and of what is held."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from civicforum.accounts.models import Actor, User
from civicforum.agreement.models import Hold
from civicforum.db import db
from civicforum.discussions.models import Post, Thread
from civicforum.errors import Invalid, NotFound
from civicforum.moderation import policies
from civicforum.moderation.models import Case, Flag, QueueClaim, QueueNote
from civicforum.moderation.queries.claims import claims_of, find_items, notes_about_post, notes_of, split_item
from civicforum.moderation.queries.flags import flags_of_cases
from civicforum.moderation.queries.places import posts_before, posts_of
from civicforum.moderation.queries.recusal import free_posts
from civicforum.moderation.queries.waiting import (
    ALL,
    QueueFilter,
    waiting_cases,
    waiting_holds,
    why_waits,
)
from civicforum.web.pagination import Page, decode_cursor, page_of

# So many are decided together: each is one measure, with a line of its own in the log.
MOST_AT_ONCE = 200
# Where two came at the same moment, cases stand before holds.
_CASES, _HOLDS = 0, 1


@dataclass(frozen=True)
class QueueItem:
    """Something that waits for a moderator: the post, what was said before it, and why it waits.

    ``why`` is flag, score (flags hid it by themselves), second_look, listed (a word that is worth a look),
    moderator; or of what is held list, links, thread, newcomer. One of ``case`` and ``hold`` is there. A case
    about a thread has no ``post``, one about a ``person`` no thread either. ``is_free``: nothing ties the
    viewer to it, so they may judge it and read the notes.
    """

    post: Post | None
    before: Post | None
    why: str
    since: datetime
    case: Case | None = None
    hold: Hold | None = None
    flags: Sequence[Flag] = ()
    thread: Thread | None = None
    person: User | None = None
    claim: QueueClaim | None = None
    notes: Sequence[QueueNote] = ()
    is_free: bool = True

    @property
    def key(self) -> str:
        """case-7 or hold-3: what a page calls it by."""
        return f"case-{self.case.id}" if self.case else f"hold-{self.hold.id if self.hold else 0}"

    @property
    def version(self) -> int:
        return self.case.version if self.case else 0

    @property
    def waits(self) -> bool:
        return self.case.waits if self.case else bool(self.hold and self.hold.decided_at is None)

    @property
    def place(self) -> tuple[str, int, int]:
        """Where it stands in the list; what comes behind it begins there."""
        kind = _CASES if self.case else _HOLDS
        return self.since.isoformat(), kind, int(self.key.partition("-")[2])


def list_queue(viewer: Actor, limit: int = 50) -> list[QueueItem]:
    """What waits for this moderator, oldest first; NotFound for those who moderate nowhere."""
    return list(read_queue(viewer, ALL, None, limit).items)


def read_queue(viewer: Actor, wanted: QueueFilter, cursor: str | None, limit: int) -> Page[QueueItem]:
    """A page of what waits for this moderator, oldest first; NotFound for those who moderate nowhere."""
    if not policies.can_see_queue(viewer):
        raise NotFound
    after = _after(cursor)
    cases = _some(waiting_cases(viewer, wanted), Case.waits_since, Case.id, _CASES, after, limit)
    holds = _some(waiting_holds(viewer, wanted), Hold.created_at, Hold.id, _HOLDS, after, limit)
    items = sorted(_items(viewer, cases, holds), key=lambda item: (item.since, *item.place[1:]))
    return page_of(items[: limit + 1], limit, lambda item: item.place)


def _after(cursor: str | None) -> tuple[datetime, int, int] | None:
    """The place in a cursor. Invalid where its moment is none."""
    found = decode_cursor(cursor, str, int, int)
    if found is None:
        return None
    try:
        return datetime.fromisoformat(found[0]).astimezone(UTC), found[1], found[2]
    except (ValueError, OverflowError) as error:
        damaged = _("This page's address is damaged. Start again from the first page.")
        raise Invalid(errors={"cursor": [damaged]}) from error


def _some(
    wanted: Select[Any],
    since: InstrumentedAttribute[Any],
    id_: InstrumentedAttribute[int],
    kind: int,
    after: tuple[datetime, int, int] | None,
    limit: int,
) -> Sequence[Any]:
    """The oldest of one kind that stand behind a place."""
    behind = _behind(since, id_, kind, after) if after else true()
    return db.session.scalars(wanted.where(behind).order_by(since, id_).limit(limit + 1)).all()


def _behind(
    since: InstrumentedAttribute[Any],
    id_: InstrumentedAttribute[int],
    kind: int,
    after: tuple[datetime, int, int],
) -> ColumnElement[bool]:
    moment, after_kind, after_id = after
    if kind == after_kind:
        at_once: ColumnElement[bool] = id_ > after_id
    else:
        at_once = true() if kind > after_kind else false()
    return and_(since >= moment, or_(since > moment, at_once))


@dataclass(frozen=True)
class _Around:
    """What is read of all items at once."""

    posts: Mapping[int, Post]
    before: Mapping[int, Post]
    threads: Mapping[int, Thread]
    people: Mapping[int, User]
    flags: Mapping[int, Sequence[Flag]]
    claims: Mapping[Case | Hold, QueueClaim]
    notes: Mapping[Case | Hold, Sequence[QueueNote]]
    free: Collection[int]


def _items(viewer: Actor, cases: Sequence[Case], holds: Sequence[Hold]) -> list[QueueItem]:
    """Cases and holds with all that a list tells of them, in a fixed number of statements."""
    around = _read_around(viewer, cases, holds)
    items = [*(_of_case(case, around) for case in cases), *(_of_hold(hold, around) for hold in holds)]
    return [item for item in items if item.post or item.thread or item.person]


def _read_around(viewer: Actor, cases: Sequence[Case], holds: Sequence[Hold]) -> _Around:
    held = [hold.object_id for hold in holds]
    posts, free = posts_of(_about(cases, "post") + held), free_posts(viewer, held)
    threads = _by_id(Thread, _about(cases, "thread"))
    return _Around(
        posts,
        posts_before(posts.values()),
        threads,
        _by_id(User, _about(cases, "person")),
        flags_of_cases([case.id for case in cases]),
        claims_of(cases, holds),
        notes_of(cases, [hold for hold in holds if hold.object_id in free]),
        free,
    )


def _about(cases: Sequence[Case], kind: str) -> list[int]:
    return [case.target_id for case in cases if case.target_type == kind]


def _by_id(model: type[Any], ids: Sequence[int]) -> dict[int, Any]:
    return {row.id: row for row in db.session.scalars(select(model).where(model.id.in_(ids)))}


def _of_case(case: Case, around: _Around) -> QueueItem:
    kind, id_ = case.target_type, case.target_id
    post = around.posts.get(id_) if kind == "post" else None
    return QueueItem(
        post,
        around.before.get(id_) if post else None,
        why_waits(case),
        case.waits_since or case.created_at,
        case=case,
        flags=around.flags.get(case.id, ()),
        thread=post.thread if post else around.threads.get(id_) if kind == "thread" else None,
        person=around.people.get(id_) if kind == "person" else None,
        claim=around.claims.get(case),
        notes=around.notes.get(case, ()),
    )


def _of_hold(hold: Hold, around: _Around) -> QueueItem:
    post = around.posts.get(hold.object_id)
    return QueueItem(
        post,
        around.before.get(hold.object_id),
        hold.cause,
        hold.created_at,
        hold=hold,
        thread=post.thread if post else None,
        claim=around.claims.get(hold),
        notes=around.notes.get(hold, ()),
        is_free=hold.object_id in around.free,
    )


def item_of(post: Post, case: Case | None, hold: Hold | None) -> QueueItem | None:
    """A comment as it waits, or was decided: with who looks at it, and all that moderators noted about it.

    For who may judge it alone.
    """
    item = hold or case
    if item is None:
        return None
    of_cases, of_holds = split_item(item)
    return QueueItem(
        post,
        None,
        item.cause if isinstance(item, Hold) else why_waits(item),
        item.created_at,
        case=None if hold else case,
        hold=hold,
        thread=post.thread,
        claim=claims_of(of_cases, of_holds).get(item),
        notes=notes_about_post(post.id),
    )


def subjects_of(viewer: Actor, case_ids: Sequence[int], hold_ids: Sequence[int]) -> dict[str, QueueItem]:
    """Those of these cases and holds that this moderator may look at, by their keys, decided or not."""
    cases, holds = find_items(viewer, case_ids, hold_ids)
    return {item.key: item for item in _items(viewer, list(cases.values()), list(holds.values()))}


def list_held(viewer: Actor, thread: Thread) -> list[Hold]:
    """What waits in one thread for this moderator, oldest first."""
    inside = select(Post.id).where(Post.thread_id == thread.id, Post.state == "pending")
    waiting = waiting_holds(viewer).where(Hold.object_id.in_(inside)).order_by(Hold.id)
    return list(db.session.scalars(waiting.limit(MOST_AT_ONCE)))


def list_held_posts(viewer: Actor, thread: Thread) -> list[tuple[Hold, Post]]:
    """What waits in one thread for this moderator, each with its words, oldest first."""
    holds = list_held(viewer, thread)
    posts = posts_of([hold.object_id for hold in holds])
    return [(hold, posts[hold.object_id]) for hold in holds]
