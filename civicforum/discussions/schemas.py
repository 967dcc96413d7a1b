"""What is told outside of threads and posts: one description for the API, its OpenAPI and live updates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from marshmallow import RAISE, Schema, fields
from marshmallow.validate import Length, OneOf, Range

from civicforum.accounts.models import Actor, Guest, User
from civicforum.discussions import policies, queries
from civicforum.discussions.models import POST_STATES, Post, Thread
from civicforum.live.changes import channel_versions, current_stream
from civicforum.partnerships.queries import hats_for
from civicforum.text import MAX_POST_CHARACTERS
from civicforum.voices.models import Voice
from civicforum.voices.queries import voices_of
from civicforum.voices.schemas import VoiceSchema

THREAD_STATUSES = ("open", "closed", "pending")


class Strict(Schema):
    """A body that refuses what it does not know."""

    class Meta:
        unknown = RAISE


# --- in ---


class NewThreadSchema(Strict):
    title = fields.String(required=True, validate=Length(min=1, max=255))
    body = fields.String(required=True, validate=Length(min=1, max=MAX_POST_CHARACTERS))


class NewPostSchema(Strict):
    body = fields.String(required=True, validate=Length(min=1, max=MAX_POST_CHARACTERS))
    reply_to = fields.Integer(
        strict=True,
        allow_none=True,
        load_default=None,
        validate=Range(min=1, max=2**31 - 1),
        metadata={"description": "The id of the post that this answers, in the same thread."},
    )


class PostEditSchema(Strict):
    body = fields.String(required=True, validate=Length(min=1, max=MAX_POST_CHARACTERS))
    revision = fields.Integer(
        strict=True,
        required=True,
        validate=Range(min=1, max=2**31 - 1),
        metadata={"description": "The post's revision that was edited."},
    )


# --- out ---


class AuthorSchema(Schema):
    handle = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)
    hats = fields.List(fields.String(), required=True)


class CitedRuleSchema(Schema):
    """A rule as it read when it was cited."""

    number = fields.Integer(required=True)
    title = fields.String(required=True)


class ReactionsSchema(Schema):
    support = fields.Integer(required=True)
    thanks = fields.Integer(required=True)
    concern = fields.Integer(required=True)


class PostSchema(Schema):
    """A post, or the tombstone at its place."""

    id = fields.Integer(required=True)
    thread_id = fields.Integer(required=True)
    seq = fields.Integer(required=True, allow_none=True)
    revision = fields.Integer(required=True)
    author = fields.Nested(AuthorSchema, required=True, allow_none=True)
    body = fields.String(required=True, allow_none=True)
    html = fields.String(required=True, allow_none=True)
    reply_to = fields.Integer(required=True, allow_none=True)
    reactions = fields.Nested(ReactionsSchema, required=True)
    state = fields.String(required=True, validate=OneOf(POST_STATES))
    rule = fields.Nested(CitedRuleSchema, required=True, allow_none=True)
    moved_to = fields.Integer(required=True, allow_none=True)
    voice = fields.Nested(VoiceSchema, required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    edited_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class PostListSchema(Schema):
    items = fields.List(fields.Nested(PostSchema), required=True)
    more = fields.Boolean(
        required=True, metadata={"description": "Whether to ask again, after the last item's seq."}
    )


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


# --- what the schemas and the templates are given ---


@dataclass(frozen=True)
class Told:
    """An author as told: nobody's address, no id."""

    handle: str | None
    name: str
    hats: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True)
class ToldPost:
    """A post as one viewer (or everybody) may know it; its words are None for a tombstone."""

    id: int
    thread_id: int
    seq: int | None
    revision: int
    author: Told | None
    body: str | None
    html: str | None
    reply_to: int | None
    reactions: dict[str, int]
    state: str
    rule: dict[str, Any] | None
    moved_to: int | None
    voice: Voice | None
    created_at: datetime
    edited_at: datetime | None
    reply_to_seq: int | None = None
    reply_to_name: str | None = None
    is_mine: bool = False
    held_note: str | None = None


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


EVERYBODY = Guest()


def tell_posts(viewer: Actor, posts: Sequence[Post]) -> list[ToldPost]:
    """The posts of one project as ``viewer`` may know them, in a fixed number of queries."""
    if not posts:
        return []
    ids = [post.id for post in posts]
    reactions, voices = queries.count_reactions(ids), voices_of("post", ids)
    hats = hats_for([post.author for post in posts], posts[0].thread.project)
    return [_tell_post(viewer, post, reactions[post.id], voices.get(post.id), hats) for post in posts]


def tell_posts_to_everybody(posts: Sequence[Post]) -> list[ToldPost]:
    """The posts as told to all watchers of their channel alike; who may watch has been asked already."""
    return tell_posts(EVERYBODY, posts)


def _tell_post(
    viewer: Actor,
    post: Post,
    reactions: dict[str, int],
    voice: Voice | None,
    hats: dict[int, list[str]],
) -> ToldPost:
    is_readable = post.is_visible or (viewer is not EVERYBODY and policies.can_read_words(viewer, post))
    parent = post.reply_to
    is_parent_named = parent is not None and parent.is_visible and is_readable
    return ToldPost(
        id=post.id,
        thread_id=post.thread_id,
        seq=post.seq,
        revision=post.revision,
        author=_tell_author(post.author, hats) if is_readable else None,
        body=post.body if is_readable else None,
        html=post.html if is_readable else None,
        reply_to=post.reply_to_id,
        reactions=reactions,
        state=post.state,
        rule=_tell_rule(post),
        moved_to=post.moved_to_id,
        voice=voice,
        created_at=post.published_at or post.created_at,
        edited_at=post.edited_at if is_readable else None,
        reply_to_seq=parent.seq if parent is not None else None,
        reply_to_name=name_of(parent.author) if is_parent_named and parent is not None else None,
        is_mine=viewer.id is not None and viewer.id == post.author_id,
    )


def _tell_author(user: User | None, hats: dict[int, list[str]]) -> Told:
    if user is None or user.erased_at is not None:
        return Told(None, name_of(user))
    return Told(user.handle, user.name, tuple(hats.get(user.id, ())), user.neighbourhood)


def name_of(user: User | None) -> str:
    return _("Former participant") if user is None or user.erased_at is not None else user.name


def _tell_rule(post: Post) -> dict[str, Any] | None:
    if post.rule_number is None or post.state not in ("hidden", "removed", "declined"):
        return None
    return {"number": post.rule_number, "title": post.rule_title or ""}


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
            author=_tell_author(thread.author, hats[thread.project_id]),
            channel=thread.channel,
            stream=stream,
            revision=versions.get(thread.channel, (0, 0))[0],
            post_count=thread.last_seq,
            created_at=thread.created_at,
            last_post_at=thread.last_post_at,
        )
        for thread in threads
    ]


def post_json(viewer: Actor, post: Post) -> dict[str, Any]:
    return posts_json(viewer, [post])[0]


def posts_json(viewer: Actor, posts: Sequence[Post]) -> list[dict[str, Any]]:
    """The posts as the API tells them to ``viewer``."""
    return _dump(PostSchema, tell_posts(viewer, posts))


def public_posts_json(told: Iterable[ToldPost]) -> list[dict[str, Any]]:
    return _dump(PostSchema, told)


def threads_json(threads: Sequence[Thread]) -> list[dict[str, Any]]:
    return _dump(ThreadSchema, tell_threads(threads))


def _dump(schema: type[Schema], told: Iterable[Any]) -> list[dict[str, Any]]:
    dumped: list[dict[str, Any]] = schema(many=True).dump(list(told))
    return dumped
