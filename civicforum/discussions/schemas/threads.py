"""What is told outside of threads: one description for the API, its OpenAPI and live updates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf

from civicforum.discussions.models import Thread
from civicforum.discussions.schemas.bodies import Strict, dump_all
from civicforum.discussions.schemas.people import AuthorSchema, Told, tell_author
from civicforum.discussions.schemas.polls import NewPollSchema
from civicforum.live.changes import channel_versions, current_stream
from civicforum.partnerships.queries import hats_for
from civicforum.text import MAX_POST_CHARACTERS

THREAD_STATUSES = ("open", "closed", "pending")


class NewThreadSchema(Strict):
    title = fields.String(required=True, validate=Length(min=1, max=255))
    body = fields.String(required=True, validate=Length(min=1, max=MAX_POST_CHARACTERS))
    poll = fields.Nested(NewPollSchema, load_default=None, allow_none=True)


class ThreadSchema(Schema):
    id = fields.Integer(required=True)
    project = fields.String(required=True, metadata={"description": "The project's slug."})
    title = fields.String(required=True)
    slug = fields.String(required=True)
    status = fields.String(required=True, validate=OneOf(THREAD_STATUSES))
    is_open = fields.Boolean(
        required=True,
        metadata={"description": "Whether comments are taken: neither the thread nor its project is closed."},
    )
    author = fields.Nested(AuthorSchema, required=True, allow_none=True)
    channel = fields.String(required=True)
    stream = fields.String(required=True)
    revision = fields.Integer(
        required=True, metadata={"description": "The channel's revision: watch from here."}
    )
    post_count = fields.Integer(required=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    last_post_at = fields.AwareDateTime(required=True, format="iso")


class ThreadListSchema(Schema):
    items = fields.List(fields.Nested(ThreadSchema), required=True)
    next = fields.String(required=True, allow_none=True)


@dataclass(frozen=True)
class ToldThread:
    id: int
    project: str
    title: str
    slug: str
    status: str
    is_open: bool
    author: Told | None
    channel: str
    stream: str
    revision: int
    post_count: int
    created_at: datetime
    last_post_at: datetime


def tell_threads(threads: Sequence[Thread]) -> list[ToldThread]:
    """Threads that the viewer may see, as told to everybody who may, in a fixed number of queries.

    The revision is read now: read it before the posts, so that a client who watches from it misses nothing.
    """
    if not threads:
        return []
    stream = current_stream()
    versions = channel_versions([thread.channel for thread in threads])
    hats: dict[int, dict[int, list[str]]] = {}
    for project in {thread.project_id: thread.project for thread in threads}.values():
        authors = [t.author for t in threads if t.project_id == project.id]
        hats[project.id] = hats_for(authors, project)
    return [
        ToldThread(
            id=thread.id,
            project=thread.project.slug,
            title=thread.title,
            slug=thread.slug,
            status=thread.status,
            is_open=thread.is_open and thread.project.is_open,
            author=tell_author(thread.author, hats[thread.project_id]),
            channel=thread.channel,
            stream=stream,
            revision=versions.get(thread.channel, (0, 0))[0],
            post_count=thread.last_seq,
            created_at=thread.created_at,
            last_post_at=thread.last_post_at,
        )
        for thread in threads
    ]


def threads_json(threads: Sequence[Thread]) -> list[dict[str, Any]]:
    return dump_all(ThreadSchema, tell_threads(threads))
