"""Reading threads: the viewer first, and only what they may know of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from civicforum.accounts.models import Actor
from civicforum.db import db
from civicforum.discussions import policies
from civicforum.discussions.models import MOST_PINNED, Post, Tag, Thread, ThreadChange
from civicforum.discussions.queries.posts import whole_posts
from civicforum.errors import NotFound
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_moderate
from civicforum.web.pagination import Page, decode_cursor, page_of

PAGE_THREADS = 30
# So often a merged thread is followed to where it went.
MOST_MERGES = 20


def get_thread(viewer: Actor, thread_id: int) -> Thread:
    """The thread; NotFound for who may not know that it is there."""
    return _shown_to(viewer, db.session.scalar(_threads().where(Thread.id == thread_id)))


def check_thread(viewer: Actor, thread_id: int) -> None:
    """As ``get_thread``, where nothing of it is shown: asked of each watcher when an audience changes."""
    _shown_to(viewer, db.session.get(Thread, thread_id))


def _shown_to(viewer: Actor, thread: Thread | None) -> Thread:
    if thread is None or not policies.can_see_thread(viewer, thread):
        raise NotFound
    return thread


@dataclass(frozen=True)
class Wanted:
    """Which of a project's threads: of a kind, with a tag (its slug), and as they are.

    ``status``: open, closed, archived, or None for all that are not put away. ``is_pinned``: only those
    that are, or are not. ``with_archived``: those that are put away, too.
    """

    kind: str | None = None
    tag: str | None = None
    status: str | None = None
    is_pinned: bool | None = None
    with_archived: bool = False

    @property
    def is_anything(self) -> bool:
        return not (self.kind or self.tag or self.status)

    def clauses(self) -> list[ColumnElement[bool]]:
        found = [Thread.status != "merged", *self._clauses_of_status()]
        if self.kind:
            found.append(Thread.kind == self.kind)
        if self.tag:
            found.append(Thread.tags.any(Tag.slug == self.tag))
        if self.is_pinned is not None:
            found.append(Thread.pinned_at.is_not(None) == self.is_pinned)
        return found

    def _clauses_of_status(self) -> list[ColumnElement[bool]]:
        if self.status == "archived":
            return [Thread.archived_at.is_not(None)]
        found: list[ColumnElement[bool]] = [] if self.with_archived else [Thread.archived_at.is_(None)]
        if self.status:
            found.append(Thread.status == self.status)
        return found


def list_threads(
    viewer: Actor,
    project: Project,
    cursor: str | None = None,
    limit: int = PAGE_THREADS,
    wanted: Wanted | None = None,
) -> Page[Thread]:
    """The project's threads that ``viewer`` may see, the one with the latest post first.

    The caller got ``project`` by a query that asked who may see it.
    """
    clauses = (wanted or Wanted()).clauses()
    statement = (
        _threads()
        .where(Thread.project_id == project.id, visible_threads(viewer, project), *clauses)
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
        joinedload(Thread.writer),
        joinedload(Thread.pseudonym),
        joinedload(Thread.concluded_by),
        joinedload(Thread.continued_in),
        joinedload(Thread.merged_into),
        joinedload(Thread.project).selectinload(Project.partners),
        selectinload(Thread.tags),
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
    is_open = Project.is_public & (Thread.status != "pending")
    return [f"thread:{thread_id}" for thread_id in db.session.scalars(statement.where(~is_open))]


def first_post_id(thread_id: int) -> int | None:
    """The post with which the thread was started."""
    return db.session.scalar(select(func.min(Post.id)).where(Post.thread_id == thread_id))


def opening_posts(thread_ids: Iterable[int]) -> dict[int, Post]:
    """The first published post of each thread, in one query."""
    rows = db.session.scalars(whole_posts().where(Post.thread_id.in_(list(thread_ids)), Post.seq == 1))
    return {post.thread_id: post for post in rows}


# --- what leads to a thread, what was done with it, and its tags ---


def goes_on_in(thread: Thread) -> Thread | None:
    """The thread that continues this full one; None where its only words were declined or taken back."""
    following = thread.continued_in
    if following is None or following.status != "pending":
        return following
    waits = select(Post.id).where(Post.thread_id == following.id, Post.state == "pending").limit(1)
    return following if db.session.scalar(waits) is not None else None


def present_thread(thread: Thread) -> Thread:
    """The thread of which this one is a part by now: itself, unless it was merged, perhaps several times."""
    for _merge in range(MOST_MERGES):
        if thread.status != "merged" or thread.merged_into is None:
            break
        thread = thread.merged_into
    return thread


def thread_to_say_it_in(thread: Thread) -> Thread:
    """Where somebody goes on who would speak in this thread: past merges, and past full threads to the last.

    That is a full one if its continuation is not begun or is still being checked. The caller asks who may.
    """
    for _step in range(MOST_MERGES):
        thread = present_thread(thread)
        following = goes_on_in(thread) if thread.goes_on_elsewhere else None
        if following is None or following.status == "pending":
            break
        thread = following
    return thread


def present_thread_id(thread_id: int) -> int:
    """The same by ids, whoever asks; also for a thread that is not there."""
    thread = db.session.get(Thread, thread_id)
    return thread_id if thread is None else present_thread(thread).id


def pointing_ids(thread_id: int) -> Sequence[int]:
    """The threads that are continued in this one, or were merged into it."""
    points = or_(Thread.continued_in_id == thread_id, Thread.merged_into_id == thread_id)
    return db.session.scalars(select(Thread.id).where(points).order_by(Thread.id)).all()


def list_changes(thread: Thread) -> Sequence[ThreadChange]:
    """What was done with a thread that the caller may see, the latest first."""
    return db.session.scalars(
        select(ThreadChange)
        .where(ThreadChange.thread_id == thread.id)
        .options(
            joinedload(ThreadChange.doer),
            joinedload(ThreadChange.pseudonym),
            joinedload(ThreadChange.other_thread),
        )
        .order_by(ThreadChange.id.desc())
        .limit(50)
    ).all()


def list_tags(project: Project) -> Sequence[Tag]:
    """The tags of a project that the caller may see, by name."""
    return db.session.scalars(
        select(Tag).where(Tag.project_id == project.id).order_by(Tag.name, Tag.id)
    ).all()


def tagged_ids(tag_ids: Iterable[int]) -> Sequence[int]:
    """The threads that have one of these tags."""
    tagged = Thread.tags.any(Tag.id.in_(list(tag_ids)))
    return db.session.scalars(select(Thread.id).where(tagged).order_by(Thread.id)).all()


def count_pinned(project_id: int) -> int:
    """How many threads stand at the top of a project's list."""
    is_there = (Thread.project_id == project_id) & Thread.pinned_at.is_not(None)
    return db.session.scalar(select(func.count()).select_from(Thread).where(is_there)) or 0


def list_pinned(viewer: Actor, project: Project) -> Sequence[Thread]:
    """The threads that stand at the top of the project's list."""
    return list_threads(viewer, project, limit=MOST_PINNED, wanted=Wanted(is_pinned=True)).items
