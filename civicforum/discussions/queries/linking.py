"""Which comments show a page that they link to."""

from datetime import timedelta

from sqlalchemy import ColumnElement, exists, func, select

from civicforum.db import db, now
from civicforum.discussions.models import Post, Thread
from civicforum.links.models import OLDEST_DAYS, UNUSED_DAYS, LinkPreview, LinkUse
from civicforum.links.queries import are_links_shown
from civicforum.partnerships.models import Project

# Whoever watches an older one than these sees the page with the next load.
MOST_SHOWING = 100


def places_linking(preview_id: int) -> list[tuple[str, str, int]]:
    """(channel, kind, id) of the newest comments that are shown and link to this page."""
    rows = db.session.execute(
        select(Post.thread_id, Post.id)
        .join(LinkUse, (LinkUse.object_kind == "post") & (LinkUse.object_id == Post.id))
        .where(LinkUse.preview_id == preview_id, Post.state == "visible", Post.seq.is_not(None))
        .order_by(Post.id.desc())
        .limit(MOST_SHOWING)
    )
    return [(f"thread:{row.thread_id}", "post", row.id) for row in rows]


def is_linked_to() -> ColumnElement[bool]:
    """Whether a comment that is shown links to a preview, as a WHERE clause."""
    return exists(
        select(Post.id)
        .join(LinkUse, (LinkUse.object_kind == "post") & (LinkUse.object_id == Post.id))
        .where(LinkUse.preview_id == LinkPreview.id, Post.state == "visible", Post.seq.is_not(None))
    )


def is_to_be_forgotten() -> ColumnElement[bool]:
    """Whether a preview was linked to by nothing for a month, or is a year old, as a WHERE clause."""
    unused, oldest = now() - timedelta(days=UNUSED_DAYS), now() - timedelta(days=OLDEST_DAYS)
    is_unused = (LinkPreview.unused_since < unused) & ~is_linked_to()
    return is_unused | (func.coalesce(LinkPreview.fetched_at, LinkPreview.created_at) < oldest)


def find_page_to_ask(preview_id: int) -> str | None:
    """The address, if it is to be asked now: previews are on, it was not asked this week, and something
    public that links to it is shown.
    """
    preview = db.session.get(LinkPreview, preview_id)
    if preview is None or preview.is_fresh or not are_links_shown():
        return None
    shown = db.session.scalar(
        select(Post.id)
        .join(LinkUse, (LinkUse.object_kind == "post") & (LinkUse.object_id == Post.id))
        .join(Thread, Thread.id == Post.thread_id)
        .join(Project, Project.id == Thread.project_id)
        .where(
            LinkUse.preview_id == preview_id,
            Post.state == "visible",
            Post.seq.is_not(None),
            Thread.status != "pending",
            Project.is_public,
        )
        .limit(1)
    )
    return preview.url if shown is not None else None
