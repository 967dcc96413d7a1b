"""What waits its seconds in threads with a delay, before it is shown by itself."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select

from civicforum.agreement.limits.models import DELAY
from civicforum.agreement.models import Hold
from civicforum.db import db, now
from civicforum.discussions.models import Post
from civicforum.discussions.queries.reading import NOT_SHOWN


def _waits() -> ColumnElement[bool]:
    """That it is not shown is said as its index says it: so a long thread is not read through for it."""
    return and_(
        Hold.kind == "post",
        Hold.cause == DELAY,
        Hold.decided_at.is_(None),
        Hold.object_id == Post.id,
        NOT_SHOWN,
        Post.state == "pending",
    )


def list_delayed(thread_id: int, due_by: datetime | None = None) -> Sequence[int]:
    """The ids of what waits in a thread, first what is shown first. For whoever holds the thread."""
    wanted = select(Post.id).join(Hold, _waits()).where(Post.thread_id == thread_id)
    if due_by is not None:
        wanted = wanted.where(Hold.due_at <= due_by)
    return db.session.scalars(wanted.order_by(Hold.due_at, Post.id)).all()


def overdue_threads(thread_id: int | None = None) -> Sequence[int]:
    """Where something should be shown by now (in this thread alone, if one is named): a worker is late."""
    late = select(Post.thread_id).join(Hold, _waits()).where(Hold.due_at <= now()).distinct()
    if thread_id is not None:
        late = late.where(Post.thread_id == thread_id)
    return db.session.scalars(late.order_by(Post.thread_id)).all()


def shown_at(posts: Sequence[Post]) -> dict[int, datetime]:
    """When these will be shown by themselves, by id; in one query, or none where nothing waits."""
    ids = [post.id for post in posts if post.state == "pending"]
    if not ids:
        return {}
    waiting = select(Post.id, Hold.due_at).join(Hold, _waits()).where(Post.id.in_(ids))
    return {row.id: row.due_at for row in db.session.execute(waiting)}
