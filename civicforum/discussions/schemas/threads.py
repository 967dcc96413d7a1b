"""What is told outside of threads: one description for the API, its OpenAPI and live updates."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validates_schema
from marshmallow.validate import Length, OneOf, Range

from civicforum.agreement.limits.models import SHARED, Limit
from civicforum.discussions import queries
from civicforum.discussions.models import (
    GATE_WHOM,
    MOST_TAGS,
    THREAD_KINDS,
    THREAD_STATUSES,
    Gate,
    MadeRoom,
    Tag,
    Thread,
)
from civicforum.discussions.schemas.bodies import Strict, dump_all
from civicforum.discussions.schemas.people import AuthorSchema, Told, tell_author
from civicforum.discussions.schemas.polls import NewPollSchema
from civicforum.discussions.schemas.posts import chosen_files
from civicforum.live.changes import channel_versions, current_stream
from civicforum.partnerships.queries import hats_for
from civicforum.text import MAX_POST_CHARACTERS
from civicforum.web.numbers import LARGEST


def _slugs(**more: Any) -> fields.List:
    return fields.List(
        fields.String(validate=Length(max=60)),
        validate=Length(max=MOST_TAGS),
        metadata={"description": "Slugs of the project's tags."},
        **more,
    )


class NewThreadSchema(Strict):
    title = fields.String(required=True, validate=Length(min=1, max=255))
    body = fields.String(required=True, validate=Length(min=1, max=MAX_POST_CHARACTERS))
    attachments = chosen_files()
    kind = fields.String(load_default="discussion", validate=OneOf(THREAD_KINDS))
    tags = _slugs(load_default=list)
    poll = fields.Nested(NewPollSchema, load_default=None, allow_none=True)


class ThreadEditSchema(Strict):
    """What is left out stays as it is. Closing needs a ``conclusion``; others' titles need a ``reason``."""

    title = fields.String(validate=Length(min=1, max=255))
    kind = fields.String(validate=OneOf(THREAD_KINDS))
    tags = _slugs()
    max_posts = fields.Integer(strict=True, validate=Range(1, LARGEST))
    reason = fields.String(load_default="", validate=Length(max=500))
    is_pinned = fields.Boolean(truthy={True}, falsy={False})
    is_archived = fields.Boolean(truthy={True}, falsy={False})
    status = fields.String(validate=OneOf(("open", "closed")))
    conclusion = fields.String(load_default="", validate=Length(max=MAX_POST_CHARACTERS))

    @validates_schema(pass_original=True)
    def _check_any(self, _body: dict[str, Any], original: Any, **_rest: Any) -> None:
        if not original:
            raise ValidationError("Say what is to change.", "title")


class ThreadMoveSchema(Strict):
    project = fields.String(required=True, validate=Length(min=1, max=80))
    reason = fields.String(required=True, validate=Length(min=1, max=500))


class ThreadSplitSchema(Strict):
    """Into another thread of the project (``thread``), or into a new one of this ``title``."""

    posts = fields.List(
        fields.Integer(strict=True, validate=Range(1, LARGEST)),
        required=True,
        validate=Length(min=1, max=500),
        metadata={"description": "Ids of comments."},
    )
    with_replies = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    thread = fields.Integer(strict=True, validate=Range(1, LARGEST))
    title = fields.String(validate=Length(min=1, max=255))
    reason = fields.String(required=True, validate=Length(min=1, max=500))

    @validates_schema
    def _check_into(self, body: dict[str, Any], **_rest: Any) -> None:
        if ("thread" in body) == ("title" in body):
            raise ValidationError("Give either thread or title.", "thread")


class ThreadMergeSchema(Strict):
    into = fields.Integer(strict=True, required=True, validate=Range(1, LARGEST))
    reason = fields.String(required=True, validate=Length(min=1, max=500))


class TagSchema(Schema):
    slug = fields.String(required=True)
    name = fields.String(required=True)


class ConclusionSchema(Schema):
    """What came out of a closed thread."""

    body = fields.String(required=True)
    html = fields.String(required=True)
    author = fields.Nested(AuthorSchema, required=True, allow_none=True)


class RoomSchema(Schema):
    """Room that is made for others: those who wrote most write once in ``minutes`` until ``ends_at``."""

    minutes = fields.Integer(required=True)
    ends_at = fields.AwareDateTime(required=True, format="iso")
    reason = fields.String(required=True)
    role = fields.String(required=True, validate=OneOf(("organizer", "moderator")))


class LimitSchema(Schema):
    """What moderators set for everybody in a thread: `slow` (one comment in ``minutes``) or `lock` (nobody
    writes), until ``until``, under a rule."""

    kind = fields.String(required=True, validate=OneOf(SHARED))
    minutes = fields.Integer(required=True, allow_none=True)
    until = fields.AwareDateTime(required=True, format="iso")
    rule_number = fields.Integer(required=True)
    rule_title = fields.String(required=True)


class GateSchema(Schema):
    """For a bad hour: what newcomers (or all but moderators) say here is read before it is shown."""

    whom = fields.String(required=True, validate=OneOf(GATE_WHOM))
    ends_at = fields.AwareDateTime(required=True, format="iso")
    reason = fields.String(required=True)


class ThreadSchema(Schema):
    id = fields.Integer(required=True)
    project = fields.String(required=True, metadata={"description": "The project's slug."})
    title = fields.String(required=True)
    slug = fields.String(required=True)
    status = fields.String(required=True, validate=OneOf(THREAD_STATUSES))
    kind = fields.String(required=True, validate=OneOf(THREAD_KINDS))
    tags = fields.List(fields.Nested(TagSchema), required=True)
    is_pinned = fields.Boolean(required=True)
    archived_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    closed_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    conclusion = fields.Nested(ConclusionSchema, required=True, allow_none=True)
    max_posts = fields.Integer(required=True)
    continued_in = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "The thread that goes on where this is full."},
    )
    merged_into = fields.Integer(
        required=True, allow_none=True, metadata={"description": "The thread that has its posts now."}
    )
    version = fields.Integer(
        required=True, metadata={"description": "Goes up when the thread itself changes, not with each post."}
    )
    is_open = fields.Boolean(
        required=True,
        metadata={
            "description": "Whether comments are taken: the thread is not locked, and nothing is closed."
        },
    )
    author = fields.Nested(AuthorSchema, required=True, allow_none=True)
    channel = fields.String(required=True)
    stream = fields.String(required=True)
    revision = fields.Integer(
        required=True, metadata={"description": "The channel's revision: watch from here."}
    )
    post_count = fields.Integer(required=True)
    make_room = fields.Nested(
        RoomSchema,
        required=True,
        allow_none=True,
        metadata={"description": "The slower pace of those who wrote most, while it is in force."},
    )
    limits = fields.List(fields.Nested(LimitSchema), required=True)
    gate = fields.Nested(
        GateSchema,
        required=True,
        allow_none=True,
        metadata={"description": "That comments are read before they are shown, while it is in force."},
    )
    created_at = fields.AwareDateTime(required=True, format="iso")
    last_post_at = fields.AwareDateTime(required=True, format="iso")


class ThreadListSchema(Schema):
    items = fields.List(fields.Nested(ThreadSchema), required=True)
    next = fields.String(required=True, allow_none=True)


@dataclass(frozen=True)
class ToldConclusion:
    body: str
    html: str
    author: Told | None


@dataclass(frozen=True)
class ToldThread:
    id: int
    project: str
    title: str
    slug: str
    status: str
    kind: str
    tags: list[Tag]
    is_pinned: bool
    archived_at: datetime | None
    closed_at: datetime | None
    conclusion: ToldConclusion | None
    max_posts: int
    continued_in: int | None
    merged_into: int | None
    version: int
    is_open: bool
    author: Told | None
    channel: str
    stream: str
    revision: int
    post_count: int
    make_room: MadeRoom | None
    limits: list[Limit]
    gate: Gate | None
    created_at: datetime
    last_post_at: datetime

    @property
    def pace(self) -> str:
        """What tells a page whether its banner is still the right one."""
        told = [f"{limit.kind} {limit.minutes} {limit.until.isoformat()}" for limit in self.limits]
        return "; ".join(told)


def tell_threads(threads: Sequence[Thread]) -> list[ToldThread]:
    """Threads that the viewer may see, as told to everybody who may, in a fixed number of queries.

    The revision is read now: read it before the posts, so that a client who watches from it misses nothing.
    """
    if not threads:
        return []
    stream = current_stream()
    versions = channel_versions([thread.channel for thread in threads])
    rooms = queries.rooms_of([thread.id for thread in threads])
    limits = queries.limits_of(threads)
    gates = queries.gates_of([thread.id for thread in threads])
    hats: dict[int, dict[int, list[str]]] = {}
    for project in {thread.project_id: thread.project for thread in threads}.values():
        theirs = [t for t in threads if t.project_id == project.id]
        hats[project.id] = hats_for([p for t in theirs for p in (t.writer, t.concluded_by)], project)
    return [
        ToldThread(
            id=thread.id,
            project=thread.project.slug,
            title=thread.title,
            slug=thread.slug,
            status=thread.status,
            kind=thread.kind,
            tags=thread.tags,
            is_pinned=thread.pinned_at is not None,
            archived_at=thread.archived_at,
            closed_at=thread.closed_at,
            conclusion=_tell_conclusion(thread, hats[thread.project_id]),
            max_posts=thread.max_posts,
            continued_in=_known_id(thread, thread.continued_in),
            merged_into=_known_id(thread, thread.merged_into),
            version=thread.revision,
            is_open=_is_open(thread, limits[thread.id]),
            author=tell_author(thread.author, hats[thread.project_id]),
            channel=thread.channel,
            stream=stream,
            revision=versions.get(thread.channel, (0, 0))[0],
            post_count=thread.last_seq,
            make_room=rooms.get(thread.id),
            limits=limits[thread.id],
            gate=gates.get(thread.id),
            created_at=thread.created_at,
            last_post_at=thread.last_post_at,
        )
        for thread in threads
    ]


def _is_open(thread: Thread, limits: Sequence[Limit]) -> bool:
    is_locked = any(limit.kind == "lock" for limit in limits)
    return thread.is_open and thread.project.is_open and not is_locked


def _tell_conclusion(thread: Thread, hats: dict[int, list[str]]) -> ToldConclusion | None:
    if thread.conclusion is None:
        return None
    author = tell_author(thread.concluded_by, hats)
    return ToldConclusion(thread.conclusion, thread.conclusion_html or "", author)


def _known_id(thread: Thread, other: Thread | None) -> int | None:
    """The other thread's id, where whoever sees this one sees that one too."""
    if other is None or other.status == "pending":
        return None
    is_known = other.project_id == thread.project_id or other.project.is_public
    return other.id if is_known else None


def threads_json(threads: Sequence[Thread]) -> list[dict[str, Any]]:
    return dump_all(ThreadSchema, tell_threads(threads))


def public_threads_json(told: Sequence[ToldThread]) -> list[dict[str, Any]]:
    return dump_all(ThreadSchema, told)
