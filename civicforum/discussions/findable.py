"""What a search finds of threads and posts: what is published, and nothing that was taken down or back."""

from collections.abc import Mapping, Sequence

from flask import Flask
from sqlalchemy import ColumnElement, case, select

from civicforum.db import db
from civicforum.discussions.models import Post, Thread
from civicforum.search.sources import Findable, Source, register
from civicforum.text import words_of_html


def init_app(_app: Flask) -> None:
    register("thread", Source(_threads, _thread_ids))
    register("post", Source(_posts, _post_ids))


def _thread_ids(last: int, limit: int) -> Sequence[int]:
    return db.session.scalars(
        select(Thread.id).where(Thread.id > last).order_by(Thread.id).limit(limit)
    ).all()


def _post_ids(last: int, limit: int) -> Sequence[int]:
    return db.session.scalars(select(Post.id).where(Post.id > last).order_by(Post.id).limit(limit)).all()


def _known(table: type[Thread] | type[Post]) -> ColumnElement[int | None]:
    """By whom it is found: of what was said under a pseudonym, by nobody."""
    return case((table.pseudonym_id.is_(None), table.author_id)).label("author_id")


def _threads(ids: Sequence[int]) -> Mapping[int, Findable]:
    rows = db.session.execute(
        select(Thread.id, Thread.title, Thread.created_at, Thread.project_id, _known(Thread)).where(
            Thread.id.in_(ids), Thread.status.not_in(("pending", "merged"))
        )
    )
    return {
        row.id: Findable(row.title, "", row.created_at, row.project_id, row.id, row.author_id) for row in rows
    }


def _posts(ids: Sequence[int]) -> Mapping[int, Findable]:
    rows = db.session.execute(
        select(
            Post.id, Post.html, Post.published_at, Post.created_at, Post.thread_id, Thread.project_id,
            _known(Post),
        )
        .join(Thread, Thread.id == Post.thread_id)
        .where(
            Post.id.in_(ids),
            Post.state == "visible",
            Post.seq.is_not(None),
            Thread.status != "pending",
        )
    )  # fmt: skip
    return {
        row.id: Findable(
            "",
            words_of_html(row.html),
            row.published_at or row.created_at,
            row.project_id,
            row.thread_id,
            row.author_id,
        )
        for row in rows
    }
