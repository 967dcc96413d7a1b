"""How a flagged author stands, told to them alone and without anybody's name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, func, select

from civicforum.accounts.models import Actor
from civicforum.agreement.limits.models import DELAY
from civicforum.agreement.models import Hold
from civicforum.db import db, now
from civicforum.discussions.models import Post
from civicforum.moderation.models import Flag

# Anyone can have a bad day: below this, nothing is told.
FEWEST_COMMENTS, FEWEST_THREADS = 3, 2
WITHIN = timedelta(days=90)
# Fewer people than these could be guessed at.
FEWEST_PEOPLE = 5
BINS = ((0, 0), (1, 1), (2, 2), (3, 4), (5, 9), (10, None))


@dataclass(frozen=True)
class Bin:
    """How many people have from ``low`` to ``high`` flagged comments; None where they are too few to tell."""

    low: int
    high: int | None
    people: int | None
    is_yours: bool


@dataclass(frozen=True)
class OwnFlagged:
    """How many of the viewer's comments were flagged, in how many threads; and everybody's, in bins."""

    comments: int
    threads: int
    bins: Sequence[Bin]


def own_flagged(viewer: Actor) -> OwnFlagged | None:
    """What a flagged author is told of the last 90 days; None unless of several comments in several threads.

    Counted are flags that are open or were found right: not those taken back or found wrong.
    """
    comments, threads = db.session.execute(
        select(func.count(Post.id.distinct()), func.count(Post.thread_id.distinct())).where(
            Post.author_id == viewer.id, Post.id.in_(_flagged())
        )
    ).one()
    if comments < FEWEST_COMMENTS or threads < FEWEST_THREADS:
        return None
    return OwnFlagged(comments, threads, _bins(comments))


def _flagged() -> Select[int | None]:
    return select(Flag.post_id).where(Flag.state.in_(("open", "agreed")), Flag.created_at >= now() - WITHIN)


def _bins(own: int) -> list[Bin]:
    """Everybody who wrote within these days, by how many of their comments were flagged."""
    each = (
        select(func.count(Post.id).label("comments"))
        .where(Post.author_id.is_not(None), Post.id.in_(_flagged()))
        .group_by(Post.author_id)
        .subquery()
    )
    rows = db.session.execute(select(each.c.comments, func.count().label("people")).group_by(each.c.comments))
    people = {row.comments: row.people for row in rows}
    wrote = select(func.count(Post.author_id.distinct())).where(Post.published_at >= now() - WITHIN)
    people[0] = max(0, (db.session.scalar(wrote) or 0) - sum(people.values()))
    return [_bin(low, high, people, own) for low, high in BINS]


def _bin(low: int, high: int | None, people: dict[int, int], own: int) -> Bin:
    most = float("inf") if high is None else high
    count = sum(number for comments, number in people.items() if low <= comments <= most)
    is_told = count == 0 or count >= FEWEST_PEOPLE
    return Bin(low, high, count if is_told else None, low <= own <= most)


def count_own_waiting(viewer: Actor) -> int:
    """How many of the viewer's own comments a moderator has still to read."""
    waiting = select(func.count(Hold.id)).where(
        Hold.author_id == viewer.id, Hold.decided_at.is_(None), Hold.cause != DELAY
    )
    return db.session.scalar(waiting) or 0
