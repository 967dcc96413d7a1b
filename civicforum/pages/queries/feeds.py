"""What stands in a feed: what is published, the newest first. Tombstones are no entries."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from civicforum.accounts.models import Actor
from civicforum.db import db
from civicforum.discussions.models import Post, Tag, Thread
from civicforum.discussions.queries import list_tags
from civicforum.errors import NotFound
from civicforum.pages.queries.gathering import is_readable
from civicforum.partnerships.models import Project, Update
from civicforum.partnerships.queries import list_updates

FEED_LENGTH = 30


def list_feed(viewer: Actor, project: Project) -> list[Post | Update]:
    """The latest comments and news of a project that ``viewer`` may see, the newest first."""
    posts = list_latest(viewer, Project.id == project.id)
    entries: list[Post | Update] = [*posts, *list_updates(viewer, project, limit=FEED_LENGTH).items]
    return sorted(entries, key=said_at, reverse=True)[:FEED_LENGTH]


def list_thread_feed(viewer: Actor, thread: Thread, limit: int = FEED_LENGTH) -> Sequence[Post]:
    """The latest comments of a thread that ``viewer`` may see, the newest first."""
    return list_latest(viewer, Thread.id == thread.id, limit)


def get_tag(project: Project, slug: str) -> Tag:
    """A tag of a project that the caller may see."""
    for tag in list_tags(project):
        if tag.slug == slug:
            return tag
    raise NotFound


def list_tag_feed(viewer: Actor, tag: Tag) -> Sequence[Post]:
    """The latest comments in the threads that have this tag and ``viewer`` may see."""
    return list_latest(viewer, Thread.tags.any(Tag.id == tag.id))


def list_latest(viewer: Actor, where: ColumnElement[bool], limit: int = FEED_LENGTH) -> Sequence[Post]:
    """The newest comments that ``viewer`` may read; ``where`` narrows posts, threads or projects."""
    return db.session.scalars(
        select(Post)
        .join(Post.thread)
        .join(Thread.project)
        .where(where, *is_readable(viewer))
        .options(contains_eager(Post.thread).contains_eager(Thread.project))
        .order_by(Post.published_at.desc(), Post.id.desc())
        .limit(limit)
    ).all()


def said_at(entry: Post | Update) -> datetime:
    """When it was published."""
    return entry.published_at or entry.created_at


def changed_at(entry: Post | Update) -> datetime:
    """When it was published or edited, whichever is later."""
    return entry.edited_at or said_at(entry)
