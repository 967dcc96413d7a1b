"""Reading threads: the viewer first, and only what they may know of."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import joinedload

from civicforum.accounts.models import Actor, User
from civicforum.db import db
from civicforum.discussions import policies
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.queries.posts import whole_posts
from civicforum.errors import NotFound
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_moderate
from civicforum.web.pagination import Page, decode_cursor, page_of

PAGE_THREADS = 30


def get_thread(viewer: Actor, thread_id: int) -> Thread:
    """The thread; NotFound for who may not know that it is there."""
    thread = db.session.scalar(_threads().where(Thread.id == thread_id))
    if thread is None or not policies.can_see_thread(viewer, thread):
        raise NotFound
    return thread


def list_threads(
    viewer: Actor, project: Project, cursor: str | None = None, limit: int = PAGE_THREADS
) -> Page[Thread]:
    """The project's threads that ``viewer`` may see, the one with the latest post first.

    The caller got ``project`` by a query that asked who may see it.
    """
    statement = (
        _threads()
        .where(Thread.project_id == project.id, visible_threads(viewer, project))
        .order_by(Thread.last_post_at.desc(), Thread.id.desc())
    )
    before = decode_cursor(cursor, int)
    if before:
        last = db.session.get(Thread, before[0])
        if last is None or last.project_id != project.id:
            raise NotFound
        statement = statement.where(
            or_(
                Thread.last_post_at < last.last_post_at,
                (Thread.last_post_at == last.last_post_at) & (Thread.id < last.id),
            )
        )
    rows = db.session.scalars(statement.limit(limit + 1)).all()
    return page_of(rows, limit, lambda thread: [thread.id])


def find_threads(ids: Iterable[int]) -> list[Thread]:
    """These threads, whoever may see them: for what is told to all watchers of a channel."""
    return list(db.session.scalars(_threads().where(Thread.id.in_(list(ids)))))


def _threads() -> Select[Thread]:
    return select(Thread).options(
        joinedload(Thread.author), joinedload(Thread.project).selectinload(Project.partners)
    )


def visible_threads(viewer: Actor, project: Project) -> ColumnElement[bool]:
    """``can_see_thread`` as a WHERE clause, within a project that the viewer may see."""
    if can_moderate(viewer, project):
        return true()
    return or_(Thread.status != "pending", Thread.author_id == (viewer.id or 0))


def thread_channels(project_id: int) -> list[str]:
    """The live channel of every thread of a project."""
    return [
        f"thread:{thread_id}"
        for thread_id in db.session.scalars(
            select(Thread.id).where(Thread.project_id == project_id).order_by(Thread.id)
        )
    ]


def closed_channels() -> list[str]:
    """The live channels of threads that not everybody may see."""
    statement = select(Thread.id).join(Thread.project)
    is_open = (Project.visibility == "public") & (Project.status != "draft") & (Thread.status != "pending")
    return [f"thread:{thread_id}" for thread_id in db.session.scalars(statement.where(~is_open))]


def first_post_id(thread_id: int) -> int | None:
    """The post with which the thread was started."""
    return db.session.scalar(select(func.min(Post.id)).where(Post.thread_id == thread_id))


def opening_posts(thread_ids: Iterable[int]) -> dict[int, Post]:
    """The first published post of each thread, in one query."""
    rows = db.session.scalars(whole_posts().where(Post.thread_id.in_(list(thread_ids)), Post.seq == 1))
    return {post.thread_id: post for post in rows}


def find_called(handles: Sequence[str], thread: Thread) -> list[User]:
    """The people of these handles who may see the thread."""
    if not handles:
        return []
    people = db.session.scalars(select(User).where(User.handle.in_(list(handles)), User.erased_at.is_(None)))
    return [user for user in people if policies.can_see_thread(user, thread)]
