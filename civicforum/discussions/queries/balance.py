"""Voice balance of threads and of a whole project, from what was counted; never by name."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    cast,
    exists,
    extract,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from civicforum.accounts.models import Actor, User
from civicforum.db import db, now
from civicforum.discussions import policies
from civicforum.discussions.models import MadeRoom, Nudge, Post, Thread, VoiceCount
from civicforum.discussions.queries.threads import visible_threads
from civicforum.errors import NotFound
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_see_project
from civicforum.partnerships.queries import hat_holders
from civicforum.voices.balance import FEWEST_POSTS, MOST_ACTIVE, Balance, speaks_most

WELCOMED_WITHIN = timedelta(hours=48)


def thread_balance(viewer: Actor, thread: Thread) -> Balance:
    """How the thread is spread over those who speak in it; NotFound as ``get_thread``."""
    return thread_balances(viewer, thread.project, [thread])[thread.id]


def thread_balances(viewer: Actor, project: Project, threads: Sequence[Thread]) -> dict[int, Balance]:
    """The balance of each of these threads of a project, by id, in one query."""
    if not all(policies.can_see_thread(viewer, thread) for thread in threads):
        raise NotFound
    ids = [thread.id for thread in threads]
    counts = _of_known_people(
        select(
            VoiceCount.thread_id.label("place"),
            VoiceCount.user_id,
            VoiceCount.is_pseudonymous,
            VoiceCount.posts,
            VoiceCount.first_post_id,
        ).where(VoiceCount.thread_id.in_(ids))
    ).subquery()
    found = _measure(counts, project)
    return {thread_id: found.get(thread_id, Balance()) for thread_id in ids}


def project_balance(viewer: Actor, project: Project) -> Balance:
    """The balance of all that is said in the project: who speaks in several threads is one person."""
    if not can_see_project(viewer, project):
        raise NotFound
    counts = _of_known_people(
        select(
            Thread.project_id.label("place"),
            VoiceCount.user_id,
            VoiceCount.is_pseudonymous,
            func.sum(VoiceCount.posts).label("posts"),
            func.min(VoiceCount.first_post_id).label("first_post_id"),
        )
        .join(Thread, Thread.id == VoiceCount.thread_id)
        .where(Thread.project_id == project.id)
        .group_by(Thread.project_id, VoiceCount.user_id, VoiceCount.is_pseudonymous)
    ).subquery()
    return _measure(counts, project).get(project.id, Balance())


def _of_known_people(statement: Any) -> Any:
    """Whose account was erased is nobody any more: neither counted nor told of."""
    return statement.join(User, User.id == VoiceCount.user_id).where(User.erased_at.is_(None))


def _measure(counts: Subquery, project: Project) -> dict[int, Balance]:
    """The balance of each place of ``counts`` (place, user_id, is_pseudonymous, posts, first_post_id).

    A pseudonym is a voice of its own, without a hat: not even a number tells whose it is.
    """
    voice = counts.c
    posts = cast(voice.posts, BigInteger)
    rank = func.row_number().over(
        partition_by=voice.place, order_by=(voice.posts.desc(), voice.user_id, voice.is_pseudonymous)
    )
    people = select(
        voice.place,
        posts.label("posts"),
        rank.label("rank"),
        and_(voice.user_id.in_(hat_holders(project.id)), ~voice.is_pseudonymous).label("has_hat"),
        is_first_in_town(voice.user_id, voice.is_pseudonymous, voice.first_post_id, project.id).label(
            "is_first"
        ),
        _was_welcomed(voice.user_id, voice.is_pseudonymous, voice.first_post_id).label("is_welcomed"),
    ).subquery()
    row = people.c
    told = select(
        row.place,
        func.count(),
        func.sum(row.posts),
        func.sum(row.posts * row.posts),
        _sum_where(row.rank <= MOST_ACTIVE, row.posts),
        _sum_where(row.is_first),
        _sum_where(and_(row.is_first, row.is_welcomed)),
        _sum_where(row.has_hat),
        _sum_where(row.has_hat, row.posts),
    ).group_by(row.place)
    return {place: Balance(*map(int, numbers)) for place, *numbers in db.session.execute(told)}


def _sum_where(condition: ColumnElement[bool], value: Any = 1) -> ColumnElement[Any]:
    return func.sum(case((condition, value), else_=0))


def is_first_in_town(
    user_id: Any, is_pseudonymous: Any, post_id: Any, project_id: int
) -> ColumnElement[bool]:
    """Whether this voice said nothing earlier in any public project, or in this one.

    What was said behind closed doors, or under another name, stays there: it is not told by somebody's not
    being new.
    """
    other, place, around = aliased(VoiceCount), aliased(Thread), aliased(Project)
    is_known = or_(around.id == project_id, and_(around.is_public, ~other.is_pseudonymous))
    return ~exists(
        select(other.user_id)
        .join(place, place.id == other.thread_id)
        .join(around, around.id == place.project_id)
        .where(
            other.user_id == user_id,
            other.is_pseudonymous == is_pseudonymous,
            other.first_post_id < post_id,
            is_known,
        )
    )


def _was_welcomed(user_id: Any, is_pseudonymous: Any, post_id: Any) -> ColumnElement[bool]:
    """Whether another voice answered this post within two days: that it is the same person's is not told."""
    first, answer = aliased(Post), aliased(Post)
    waited = extract("epoch", answer.published_at) - extract("epoch", first.published_at)
    return exists(
        select(answer.id)
        .join(first, first.id == answer.reply_to_id)
        .where(
            answer.reply_to_id == post_id,
            answer.state == "visible",
            or_(answer.author_id != user_id, answer.pseudonym_id.is_not(None) != is_pseudonymous),
            waited <= WELCOMED_WITHIN.total_seconds(),
        )
    )


# --- one person's part ---


@dataclass(frozen=True)
class Part:
    """How much of a thread one person wrote."""

    own_posts: int
    posts: int
    people: int


def count_part(thread_id: int, user_id: int) -> Part | None:
    """What one person's part of a thread is, for that person and the limits that bind them; None for a few
    posts, which bind to nothing: most people's, and then the thread's are not added up."""
    theirs = (VoiceCount.thread_id == thread_id, VoiceCount.user_id == user_id)
    own_posts = sum(db.session.scalars(select(VoiceCount.posts).where(*theirs)))
    if own_posts < FEWEST_POSTS:
        return None
    people, posts = db.session.execute(
        select(func.count(), func.coalesce(func.sum(VoiceCount.posts), 0)).where(
            VoiceCount.thread_id == thread_id
        )
    ).one()
    return Part(own_posts, int(posts), people)


def last_spoke_at(thread_id: int, user_id: int) -> datetime:
    """When this person, who wrote here, last sent something to the thread, whatever became of it."""
    return db.session.execute(
        select(func.max(Post.created_at)).where(Post.thread_id == thread_id, Post.author_id == user_id)
    ).scalar_one()


def find_nudge(viewer: Actor, thread_id: int) -> Nudge | None:
    """What the viewer, and nobody else, was told about their part of a thread, until they put it away."""
    return db.session.scalar(
        select(Nudge).where(
            Nudge.thread_id == thread_id, Nudge.user_id == viewer.id, Nudge.dismissed_at.is_(None)
        )
    )


def list_nudged(viewer: Actor, thread_ids: Sequence[int]) -> list[Thread]:
    """Those of these threads that the viewer was nudged in and may still see: for their inbox."""
    threads = db.session.scalars(
        select(Thread)
        .join(Nudge, Nudge.thread_id == Thread.id)
        .where(Thread.id.in_(thread_ids), Nudge.user_id == viewer.id)
        .order_by(Thread.id)
    )
    return [thread for thread in threads if policies.can_see_thread(viewer, thread)]


# --- room for others ---


def rooms_of(thread_ids: Sequence[int]) -> dict[int, MadeRoom]:
    """The room that is made just now, by thread; in one query."""
    rows = db.session.scalars(
        select(MadeRoom).where(
            MadeRoom.thread_id.in_(thread_ids), MadeRoom.ended_at.is_(None), MadeRoom.ends_at > now()
        )
    )
    return {room.thread_id: room for room in rows}


def find_room(thread_id: int) -> MadeRoom | None:
    return rooms_of([thread_id]).get(thread_id)


def speaks_again_at(viewer: Actor, thread_id: int) -> datetime | None:
    """When the viewer may write in this thread again, where room is made and they are among those who wrote
    most; None for at once."""
    room = find_room(thread_id)
    if room is None or viewer.id is None:
        return None
    part = count_part(thread_id, viewer.id)
    if part is None or not speaks_most(part.own_posts, part.posts, part.people):
        return None
    last = last_spoke_at(thread_id, viewer.id)
    again_at = min(last + timedelta(minutes=room.minutes), room.ends_at)
    return again_at if again_at > now() else None


# --- open data ---

ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class SpokenRow:
    """One post as open data: where, when, in answer to which; its author as a number that is theirs alone
    within this export."""

    thread_id: int
    seq: int
    published_at: datetime
    reply_to_seq: int | None
    author: int
    has_hat: bool
    is_first_in_town: bool


def list_spoken(viewer: Actor, project: Project) -> Iterator[SpokenRow]:
    """Every post that is shown in the project, in order: all that voice balance is computed from.

    They come from the database a few at a time: read them to the end.
    """
    if not can_see_project(viewer, project):
        raise NotFound
    rows = db.session.execute(_spoken(viewer, project), execution_options={"yield_per": ROWS_AT_ONCE})
    numbers: dict[tuple[int | None, int | None], int] = {}
    return (
        SpokenRow(
            row.thread_id,
            row.seq,
            row.published_at,
            row.reply_to_seq,
            numbers.setdefault((row.author_id, row.pseudonym_id), len(numbers) + 1),
            bool(row.has_hat),
            bool(row.is_first),
        )
        for row in rows
    )


def _spoken(viewer: Actor, project: Project) -> Select[*tuple[Any, ...]]:
    """The rows of ``list_spoken``, with whose each is."""
    parent = aliased(Post)
    return (
        select(
            Post.thread_id,
            Post.seq,
            Post.published_at,
            parent.seq.label("reply_to_seq"),
            Post.author_id,
            Post.pseudonym_id,
            and_(Post.author_id.in_(hat_holders(project.id)), Post.pseudonym_id.is_(None)).label("has_hat"),
            _is_very_first(project.id).label("is_first"),
        )
        .join(Thread, Thread.id == Post.thread_id)
        .join(User, User.id == Post.author_id)
        .join(parent, parent.id == Post.reply_to_id, isouter=True)
        .where(
            Thread.project_id == project.id,
            visible_threads(viewer, project),
            Post.state == "visible",
            Post.seq.is_not(None),
            User.erased_at.is_(None),
        )
        .order_by(Post.thread_id, Post.seq)
    )


def _is_very_first(project_id: int) -> ColumnElement[bool]:
    """Whether a post is the first that its author ever wrote in this town, under that name."""
    own = aliased(VoiceCount)
    is_pseudonymous = Post.pseudonym_id.is_not(None)
    is_first_in_thread = exists(
        select(own.user_id).where(
            own.thread_id == Post.thread_id, own.user_id == Post.author_id, own.first_post_id == Post.id
        )
    )
    is_first = is_first_in_town(Post.author_id, is_pseudonymous, Post.id, project_id)
    return and_(is_first_in_thread, is_first)
