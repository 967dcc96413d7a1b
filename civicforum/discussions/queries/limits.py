"""Which limits a thread has, and whether they bind somebody just now."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select

from civicforum.accounts.models import Actor, User
from civicforum.agreement.limits.models import EVERYWHERE, Limit
from civicforum.agreement.limits.queries import limits_on, muted_places, own_limit, shared_limits
from civicforum.db import db, now
from civicforum.discussions.models import Post, Thread


def limits_of(threads: Sequence[Thread]) -> dict[int, list[Limit]]:
    """What holds for everybody in each of these threads, by id; in one query."""
    found = shared_limits(thread.channel for thread in threads)
    return {thread.id: found.get(thread.channel, []) for thread in threads}


def limits_on_speaking(viewer: Actor, thread: Thread) -> Sequence[Limit]:
    """All that binds the viewer in this thread, the longest first: their own, and everybody's."""
    places = [*_places(thread), *_muted_before(viewer, thread)]
    # Of the threads before this one only what is the viewer's own goes along, and not their pace.
    return [
        limit
        for limit in limits_on(viewer, places)
        if limit.user_id is not None or limit.place == thread.channel
    ]


def own_limit_in(viewer: Actor, thread: Thread) -> Limit | None:
    """What keeps the viewer from writing in this thread: here, in its project, or everywhere."""
    return own_limit(viewer, [*_places(thread), *_muted_before(viewer, thread)])


def _places(thread: Thread) -> list[str]:
    return [thread.channel, f"project:{thread.project_id}", EVERYWHERE]


def _muted_before(viewer: Actor, thread: Thread) -> list[str]:
    """Threads in which the viewer is muted, and that go on in this one: because they were full, or merged."""
    places = [place for place in muted_places(viewer) if place != thread.channel]
    return [place for place in places if _goes_on_in(int(place.removeprefix("thread:")), thread)]


def _goes_on_in(thread_id: int, thread: Thread) -> bool:
    earlier = db.session.get(Thread, thread_id)
    seen: set[int] = set()
    while earlier is not None and earlier.id not in (thread.id, *seen):
        seen.add(earlier.id)
        earlier = earlier.merged_into or earlier.continued_in
    return earlier is not None and earlier.id == thread.id


def slow_until(viewer: Actor, thread: Thread, slow: Limit | None) -> datetime | None:
    """When the viewer may write again in a slow thread; None for at once. A change counts as a comment."""
    if slow is None or slow.minutes is None or not isinstance(viewer, User):
        return None
    said, changed = db.session.execute(
        select(func.max(Post.created_at), func.max(Post.edited_at)).where(
            Post.thread_id == thread.id, Post.author_id == viewer.id, Post.state != "moved"
        )
    ).one()
    last = max((at for at in (said, changed) if at is not None), default=None)
    if last is None:
        return None
    again_at = min(last + timedelta(minutes=slow.minutes), slow.until)
    return again_at if again_at > now() else None
