"""Whether words are read before they are shown: gates in threads, and who is on duty."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from civicforum.accounts.models import Actor
from civicforum.accounts.policies import same_person
from civicforum.agreement.duty import list_duties
from civicforum.agreement.models import Hold
from civicforum.agreement.queries import is_newcomer
from civicforum.db import db, now
from civicforum.discussions.models import Gate, Post, Thread
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_moderate
from civicforum.web.numbers import LARGEST

# So many comments of a newcomer are read first while somebody is on duty.
FIRST_POSTS = 2


def gates_of(thread_ids: Sequence[int]) -> dict[int, Gate]:
    """The gate that is in force just now, by thread; in one query."""
    rows = db.session.scalars(
        select(Gate).where(Gate.thread_id.in_(thread_ids), Gate.ended_at.is_(None), Gate.ends_at > now())
    )
    return {gate.thread_id: gate for gate in rows}


def find_gate(thread_id: int) -> Gate | None:
    return gates_of([thread_id]).get(thread_id)


def on_duty_until(project: Project, author: Actor) -> datetime | None:
    """Until when somebody else than the author is on duty for this project; None where nobody is."""
    ends = [
        duty.ends_at
        for duty in list_duties()
        if can_moderate(duty.user, project) and not same_person(author, duty.user_id)
    ]
    return max(ends, default=None)


def count_stood_before(author: Actor, post_id: int) -> int:
    """How many comments that this author said before that one are shown."""
    shown = select(func.count(Post.id)).where(
        Post.author_id == author.id,
        Post.id < post_id,
        Post.state == "visible",
        Post.seq.is_not(None),
    )
    return db.session.scalar(shown) or 0


def is_read_first_until(viewer: Actor, thread: Thread) -> datetime | None:
    """Until when a moderator on duty reads this newcomer's next comment first; None: it is shown at once.

    What a gate asks for stands above the comments already.
    """
    if viewer.id is None or not is_newcomer(viewer) or can_moderate(viewer, thread.project):
        return None
    if count_stood_before(viewer, LARGEST) >= FIRST_POSTS:
        return None
    return on_duty_until(thread.project, viewer)


def list_said_since(thread: Thread, since: datetime) -> Sequence[Post]:
    """What is shown in the thread and was said since then, in its order. For whoever holds the thread."""
    return db.session.scalars(
        select(Post)
        .where(Post.thread_id == thread.id, Post.state == "visible", Post.published_at >= since)
        .order_by(Post.seq)
    ).all()


def moments_of_speech(author: Actor, since: datetime, limit: int) -> Sequence[datetime]:
    """When this person said something since then, wherever it was and whatever became of it; latest first."""
    return db.session.scalars(
        select(Post.created_at)
        .where(Post.author_id == author.id, Post.created_at > since, Post.state != "moved")
        .order_by(Post.id.desc())
        .limit(limit)
    ).all()


def asked_edits(posts: Sequence[Post]) -> dict[int, str]:
    """What a moderator asked the authors of these posts to change when they published them, in one query;
    what was changed since is asked no more."""
    by_id = {post.id: post for post in posts if post.is_visible}
    if not by_id:
        return {}
    rows = db.session.scalars(
        select(Hold).where(
            Hold.kind == "post",
            Hold.object_id.in_(by_id),
            Hold.decision == "approved",
            Hold.reason != "",
        )
    )
    return {row.object_id: row.reason for row in rows if not _was_edited_since(by_id[row.object_id], row)}


def _was_edited_since(post: Post, hold: Hold) -> bool:
    return post.edited_at is not None and hold.decided_at is not None and post.edited_at > hold.decided_at
