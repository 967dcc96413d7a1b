"""What somebody keeps for themselves; of comments only what they may still read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from civicforum.accounts.models import Actor, User
from civicforum.db import db
from civicforum.discussions import policies
from civicforum.discussions.models import Bookmark, Draft, Post, Thread
from civicforum.discussions.queries.posts import visible_posts
from civicforum.discussions.queries.threads import find_threads
from civicforum.partnerships.models import Project
from civicforum.partnerships.queries import visible_projects_clause
from civicforum.web.pagination import Page, decode_cursor, page_of

PAGE_BOOKMARKS = 30


@dataclass(frozen=True)
class OwnDraft:
    """A draft with the place it would stand in, as far as its writer still sees that."""

    draft: Draft
    thread: Thread | None = None
    project: Project | None = None


def find_draft(viewer: Actor, place: str) -> Draft | None:
    """What the viewer has begun to write there."""
    if not isinstance(viewer, User):
        return None
    return db.session.scalar(select(Draft).where(Draft.user_id == viewer.id, Draft.place == place))


def count_drafts(viewer: Actor) -> int:
    return db.session.scalar(select(func.count()).where(Draft.user_id == viewer.id)) or 0


def list_drafts(viewer: Actor) -> list[OwnDraft]:
    """All that the viewer has begun to write, the latest first; there are not many."""
    rows = db.session.scalars(
        select(Draft).where(Draft.user_id == viewer.id).order_by(Draft.saved_at.desc(), Draft.id.desc())
    ).all()
    threads = {t.id: t for t in find_threads(_numbers(rows, "thread")) if policies.can_see_thread(viewer, t)}
    projects = {
        project.id: project
        for project in db.session.scalars(
            select(Project).where(Project.id.in_(_numbers(rows, "project")), visible_projects_clause(viewer))
        )
    }
    return [
        OwnDraft(row, threads.get(_number(row, "thread") or 0), projects.get(_number(row, "project") or 0))
        for row in rows
    ]


def takes_words(viewer: Actor, own: OwnDraft) -> bool:
    """Whether the viewer may say there what they began to write, or in the thread that continues it."""
    if own.project is not None:
        return policies.can_start_thread(viewer, own.project)
    thread = own.thread
    if thread is None or not policies.can_reply(viewer, thread):
        return False
    return thread.is_open or (thread.goes_on_elsewhere and thread.continued_in is None)


def _numbers(rows: Iterable[Draft], kind: str) -> list[int]:
    return [number for row in rows if (number := _number(row, kind)) is not None]


def _number(row: Draft, kind: str) -> int | None:
    """The id of the thread or project that a draft would stand in."""
    found, _colon, number = row.place.partition(":")
    return int(number) if found == kind else None


def list_bookmarked(
    viewer: Actor, cursor: str | None = None, limit: int = PAGE_BOOKMARKS
) -> Page[tuple[Bookmark, Post | None]]:
    """The comments that the viewer noted, the latest first; None for one that they may not read now."""
    statement = select(Bookmark).where(Bookmark.user_id == viewer.id).order_by(Bookmark.id.desc())
    before = decode_cursor(cursor, int)
    if before:
        statement = statement.where(Bookmark.id < before[0])
    page = page_of(db.session.scalars(statement.limit(limit + 1)).all(), limit, lambda row: [row.id])
    posts = visible_posts(viewer, [row.post_id for row in page.items])
    return Page([(row, posts.get(row.post_id)) for row in page.items], page.next)


def bookmarked(viewer: Actor, post_ids: Sequence[int]) -> set[int]:
    """Which of these posts the viewer wants to find again."""
    if not isinstance(viewer, User):
        return set()
    return set(
        db.session.scalars(
            select(Bookmark.post_id).where(
                Bookmark.user_id == viewer.id, Bookmark.post_id.in_(list(post_ids))
            )
        )
    )


def find_bookmark(viewer: Actor, post_id: int) -> Bookmark | None:
    return db.session.scalar(
        select(Bookmark).where(Bookmark.user_id == viewer.id, Bookmark.post_id == post_id)
    )
