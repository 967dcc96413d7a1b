"""A thread with very many posts, written down in bulk: as if all of them had been posted one by one."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from html import escape
from typing import Any

from sqlalchemy import func, insert, select, update

from civicforum.db import db, now, transaction
from civicforum.discussions.actions.counting import count_author
from civicforum.discussions.models import Post, Thread
from civicforum.live.models import Channel, LiveChange
from civicforum.search import index
from civicforum.voices.models import Voice

BATCH = 1000
FEW = 20


def words_of_comment(number: int) -> str:
    """What a comment says: words that all have, some of its own, in the first few a rare one."""
    rare = " needle" if number <= FEW else ""
    return f"Words of comment {number}: the bench on street {number % 97} faces number {number % 1013}{rare}."


def fill_thread(
    thread_id: int,
    posts: int,
    authors: Sequence[int | None] = (None,),
    body: Callable[[int], str] = words_of_comment,
) -> None:
    """Add ``posts`` visible posts by ``authors`` in turn, with their voices, live changes, counts and index.

    Works inside an application context, in one transaction for each thousand.
    """
    for first in range(1, posts + 1, BATCH):
        with transaction():
            _add(thread_id, [body(n) for n in range(first, min(first + BATCH, posts + 1))], authors)
        db.session.expunge_all()
    with transaction():
        for author_id in {*authors} - {None}:
            count_author(thread_id, author_id or 0)


def _add(thread_id: int, bodies: list[str], authors: Sequence[int | None]) -> None:
    thread = db.session.get_one(Thread, thread_id)
    next_id = (db.session.scalar(select(func.max(Post.id))) or 0) + 1
    ids = range(next_id, next_id + len(bodies))
    channel = thread.channel
    revision = db.session.scalar(select(Channel.revision).where(Channel.name == channel)) or 0
    posts = list(_posts(thread, ids, bodies, authors))
    db.session.execute(insert(Post), posts)
    db.session.execute(insert(Voice), [_voice(post["id"], channel, post["author_id"]) for post in posts])
    db.session.execute(
        insert(LiveChange),
        [
            {"channel": channel, "kind": "post", "object_id": post_id, "revision": revision + place}
            for place, post_id in enumerate(ids, 1)
        ],
    )
    db.session.execute(update(Channel).where(Channel.name == channel).values(revision=revision + len(bodies)))
    thread.last_seq += len(bodies)
    thread.last_post_at = now()
    db.session.flush()
    index.write_now("post", ids)


def _posts(
    thread: Thread, ids: range, bodies: list[str], authors: Sequence[int | None]
) -> Iterator[dict[str, Any]]:
    for place, (post_id, body) in enumerate(zip(ids, bodies, strict=True), 1):
        at = now() - timedelta(seconds=len(bodies) - place)
        yield {
            "id": post_id,
            "thread_id": thread.id,
            "seq": thread.last_seq + place,
            "author_id": authors[post_id % len(authors)],
            "body": body,
            "html": f"<p>{escape(body)}</p>",
            "state": "visible",
            "created_at": at,
            "published_at": at,
        }


def _voice(post_id: int, channel: str, author_id: int | None) -> dict[str, Any]:
    # A number of its own; a real one is drawn by chance, which takes longer and measures nothing.
    return {
        "number": f"B{post_id:09}",
        "kind": "post",
        "object_id": post_id,
        "channel": channel,
        "author_id": author_id,
    }
