"""What is told outside of posts: one description for the API, its OpenAPI and live updates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from civicforum.accounts.models import Actor, Guest
from civicforum.discussions import policies, queries
from civicforum.discussions.models import POST_STATES, Post
from civicforum.discussions.schemas.bodies import Strict, dump_all
from civicforum.discussions.schemas.people import AuthorSchema, Told, name_of, tell_author
from civicforum.discussions.schemas.polls import NewPollSchema, PollSchema, ToldPoll, tell_polls
from civicforum.files.models import MAX_ALT_CHARACTERS, MOST_PAPERS, MOST_PICTURES, Attachment
from civicforum.files.queries import attachments_of
from civicforum.files.schemas import AttachmentSchema, ToldFile, tell_files
from civicforum.links.models import LinkPreview
from civicforum.links.queries import links_of
from civicforum.links.schemas import LinkSchema, ToldLink, tell_links
from civicforum.partnerships.queries import hats_for
from civicforum.text import MAX_POST_CHARACTERS
from civicforum.voices.models import Voice
from civicforum.voices.queries import voices_of
from civicforum.voices.schemas import VoiceSchema
from civicforum.web.numbers import LARGEST


class ChosenFileSchema(Strict):
    """One of one's own uploads, to be said now; `alt` replaces what it was uploaded with."""

    key = fields.String(required=True, validate=Length(1, 32))
    alt = fields.String(load_default=None, allow_none=True, validate=Length(max=MAX_ALT_CHARACTERS))


def chosen_files() -> fields.List:
    """The uploads (`POST /api/v1/files`) that go with what is said."""
    most = Length(max=MOST_PICTURES + MOST_PAPERS)
    return fields.List(fields.Nested(ChosenFileSchema), load_default=list, validate=most)


class NewPostSchema(Strict):
    body = fields.String(required=True, validate=Length(min=1, max=MAX_POST_CHARACTERS))
    reply_to = fields.Integer(
        strict=True,
        allow_none=True,
        load_default=None,
        validate=Range(min=1, max=LARGEST),
        metadata={"description": "The id of the post that this answers, in the same thread."},
    )
    attachments = chosen_files()
    poll = fields.Nested(NewPollSchema, load_default=None, allow_none=True)


class PostEditSchema(Strict):
    body = fields.String(required=True, validate=Length(min=1, max=MAX_POST_CHARACTERS))
    revision = fields.Integer(
        strict=True,
        required=True,
        validate=Range(min=1, max=LARGEST),
        metadata={"description": "The post's revision that was edited."},
    )


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
    links = fields.List(
        fields.Nested(LinkSchema),
        required=True,
        metadata={"description": "What pages say that it links to; empty unless the site shows that."},
    )
    voice = fields.Nested(VoiceSchema, required=True, allow_none=True)
    attachments = fields.List(fields.Nested(AttachmentSchema), required=True)
    poll = fields.Nested(PollSchema, required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True, format="iso")
    edited_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    redacted_at = fields.AwareDateTime(
        required=True,
        allow_none=True,
        format="iso",
        metadata={"description": "When a moderator blacked out somebody's personal facts in it."},
    )
    held_until = fields.AwareDateTime(
        required=True,
        allow_none=True,
        format="iso",
        metadata={
            "description": "When it is shown to others by itself, where a thread delays; for its author."
        },
    )


class PostPageSchema(Schema):
    items = fields.List(fields.Nested(PostSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class PostListSchema(Schema):
    items = fields.List(fields.Nested(PostSchema), required=True)
    more = fields.Boolean(
        required=True, metadata={"description": "Whether to ask again, after the last item's seq."}
    )


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
    redacted_at: datetime | None
    reply_to_seq: int | None = None
    reply_to_name: str | None = None
    is_mine: bool = False
    held_note: str | None = None
    edit_asked: str | None = None
    attachments: tuple[ToldFile, ...] = ()
    # What it answers is in another thread by now.
    is_answer_to_moved: bool = False
    poll: ToldPoll | None = None
    links: tuple[ToldLink, ...] = ()
    held_until: datetime | None = None


EVERYBODY = Guest()


def tell_posts(viewer: Actor, posts: Sequence[Post]) -> list[ToldPost]:
    """The posts as ``viewer`` may know them, in a fixed number of queries."""
    if not posts:
        return []
    ids = [post.id for post in posts]
    reactions, voices = queries.count_reactions(ids), voices_of("post", ids)
    hats, files, polls = _hats(posts), attachments_of("post", ids), tell_polls(viewer, posts)
    links, shown_at = links_of("post", ids), queries.shown_at([p for p in posts if _is_mine(viewer, p)])
    return [
        _tell_post(
            viewer,
            post,
            reactions[post.id],
            voices.get(post.id),
            hats[post.thread.project_id],
            files[post.id],
            polls.get(post.id),
            links[post.id],
            shown_at.get(post.id),
        )
        for post in posts
    ]


def _hats(posts: Sequence[Post]) -> dict[int, dict[int, list[str]]]:
    """What everybody who speaks is, by project and person; all that it takes came with the posts."""
    return {
        project.id: hats_for([p.writer for p in posts if p.thread.project_id == project.id], project)
        for project in {post.thread.project_id: post.thread.project for post in posts}.values()
    }


def tell_posts_to_everybody(posts: Sequence[Post]) -> list[ToldPost]:
    """The posts as told to all watchers of their channel alike; who may watch has been asked already."""
    return tell_posts(EVERYBODY, posts)


def _tell_post(
    viewer: Actor,
    post: Post,
    reactions: dict[str, int],
    voice: Voice | None,
    hats: dict[int, list[str]],
    files: Sequence[Attachment],
    poll: ToldPoll | None,
    links: Sequence[LinkPreview],
    held_until: datetime | None,
) -> ToldPost:
    is_readable = post.is_visible or (viewer is not EVERYBODY and policies.can_read_words(viewer, post))
    parent = post.reply_to
    # What was moved to another project may be closed to others there.
    is_near = parent is not None and parent.thread.project_id == post.thread.project_id
    is_parent_named = parent is not None and parent.is_visible and is_readable and is_near
    return ToldPost(
        id=post.id,
        thread_id=post.thread_id,
        seq=post.seq,
        revision=post.revision,
        author=tell_author(post.author, hats) if is_readable else None,
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
        redacted_at=post.redacted_at if is_readable else None,
        reply_to_seq=parent.seq if parent is not None and parent.thread_id == post.thread_id else None,
        is_answer_to_moved=parent is not None and is_near and parent.thread_id != post.thread_id,
        reply_to_name=name_of(parent.author) if is_parent_named and parent is not None else None,
        is_mine=_is_mine(viewer, post),
        attachments=tell_files(files) if is_readable else (),
        poll=poll if is_readable else None,
        links=tell_links(links) if post.is_visible else (),
        held_until=held_until,
    )


def _is_mine(viewer: Actor, post: Post) -> bool:
    return viewer.id is not None and viewer.id == post.author_id


def _tell_rule(post: Post) -> dict[str, Any] | None:
    if post.rule_number is None or post.state not in ("hidden", "removed", "declined"):
        return None
    return {"number": post.rule_number, "title": post.rule_title or ""}


def post_json(viewer: Actor, post: Post) -> dict[str, Any]:
    return posts_json(viewer, [post])[0]


def posts_json(viewer: Actor, posts: Sequence[Post]) -> list[dict[str, Any]]:
    """The posts as the API tells them to ``viewer``."""
    return dump_all(PostSchema, tell_posts(viewer, posts))


def public_posts_json(told: Iterable[ToldPost]) -> list[dict[str, Any]]:
    return dump_all(PostSchema, told)
