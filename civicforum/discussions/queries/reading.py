"""What is new to somebody: counted from what is shown now, so that nothing hidden is ever unread."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, literal_column, or_, select

from civicforum.accounts.models import Actor, User
from civicforum.db import db
from civicforum.discussions.models import Post, Reading, Thread
from civicforum.discussions.ranges import Range, gaps, holds, length

# As in the index that finds these without reading the thread; a bound value would not match it.
NOT_SHOWN = Post.state != literal_column("'visible'")


@dataclass(frozen=True)
class NewToYou:
    """What of a thread one person has not seen: how many comments, and in which places.

    ``is_opened`` is False for a thread that they never looked into.
    """

    count: int
    places: Sequence[Range]
    is_opened: bool

    def holds(self, seq: int | None) -> bool:
        return seq is not None and holds(self.places, seq)


def new_to(viewer: Actor, threads: Iterable[Thread]) -> dict[int, NewToYou]:
    """What is new to ``viewer`` in each of these threads, which they may see; empty for a guest.

    Three queries, however many threads and however long.
    """
    wanted = {thread.id: thread.last_seq for thread in threads}
    if not isinstance(viewer, User) or not wanted:
        return {}
    return _counted(viewer.id, wanted, _readings(viewer.id, wanted))


def new_in(viewer: Actor, thread: Thread) -> NewToYou:
    """As ``new_to``, for one thread; nothing is new to a guest."""
    return new_to(viewer, [thread]).get(thread.id, NewToYou(0, (), False))


def find_readings(ids: Iterable[int]) -> list[Reading]:
    """These readings, whoever looks: for what is told in their person's own channel."""
    return list(db.session.scalars(select(Reading).where(Reading.id.in_(list(ids)))))


def places_read(thread_id: int) -> list[tuple[str, str, int]]:
    """(channel, kind, id) of what everybody has seen of this thread, whoever looks."""
    rows = db.session.scalars(select(Reading).where(Reading.thread_id == thread_id).order_by(Reading.id))
    return [(row.channel, "reading", row.id) for row in rows]


def first_new(thread: Thread, new: NewToYou) -> int | None:
    """The seq of the first comment that is new, to open the thread at; None if nothing is."""
    if not new.count:
        return None
    return db.session.scalar(
        select(Post.seq)
        .where(Post.thread_id == thread.id, Post.state == "visible", _in_places(new.places))
        .order_by(Post.seq)
        .limit(1)
    )


def reading_id(viewer: Actor, thread_id: int) -> int | None:
    """The row that says how far ``viewer`` has read this thread, if they ever looked into it."""
    return db.session.scalar(
        select(Reading.id).where(Reading.user_id == viewer.id, Reading.thread_id == thread_id)
    )


def _readings(user_id: int, thread_ids: Iterable[int]) -> dict[int, Reading]:
    rows = db.session.scalars(
        select(Reading).where(Reading.user_id == user_id, Reading.thread_id.in_(list(thread_ids)))
    )
    return {row.thread_id: row for row in rows}


def _counted(
    user_id: int, last_seqs: Mapping[int, int], readings: Mapping[int, Reading]
) -> dict[int, NewToYou]:
    unseen = {
        thread_id: gaps(readings[thread_id].ranges if thread_id in readings else [], last)
        for thread_id, last in last_seqs.items()
    }
    begins = {thread_id: places[0][0] for thread_id, places in unseen.items() if places}
    beside = _seqs(begins, NOT_SHOWN)
    own = _seqs(begins, and_(Post.author_id == user_id, Post.state == "visible"))
    return {
        thread_id: NewToYou(
            length(places) - sum(holds(places, seq) for seq in (*beside[thread_id], *own[thread_id])),
            places,
            thread_id in readings,
        )
        for thread_id, places in unseen.items()
    }


def _seqs(begins: Mapping[int, int], condition: ColumnElement[bool]) -> dict[int, list[int]]:
    """The places of the posts for which this holds, by thread, in each from a place on."""
    found: dict[int, list[int]] = defaultdict(list)
    if not begins:
        return found
    rows = db.session.execute(
        select(Post.thread_id, Post.seq).where(
            condition,
            or_(*(and_(Post.thread_id == id_, Post.seq >= first) for id_, first in begins.items())),
        )
    )
    for row in rows:
        found[row.thread_id].append(row.seq)
    return found


def _in_places(places: Sequence[Range]) -> ColumnElement[bool]:
    return or_(*(Post.seq.between(first, last) for first, last in places))
