"""What is told outside of what was heard: receipts, and how far everything has come."""

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from civicforum.discussions.addresses import post_url
from civicforum.pages.queries import Heard, Receipt
from civicforum.text import excerpt
from civicforum.voices.models import STATES

EXCERPT_CHARACTERS = 200


class PlaceSchema(Schema):
    """Where something was said."""

    project = fields.String(required=True, metadata={"description": "The project's slug."})
    thread_id = fields.Integer(required=True)
    thread = fields.String(required=True, metadata={"description": "The thread's title."})
    url = fields.String(required=True)


class ReceiptRuleSchema(Schema):
    number = fields.Integer(required=True)
    title = fields.String(required=True)


class ReceiptSchema(Schema):
    """What became of one voice. ``body`` is null unless everybody may read it now."""

    number = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True, validate=OneOf(STATES))
    post_id = fields.Integer(required=True)
    post_state = fields.String(required=True)
    rule = fields.Nested(ReceiptRuleSchema, required=True, allow_none=True)
    body = fields.String(required=True, allow_none=True)
    said_at = fields.AwareDateTime(required=True, format="iso")
    place = fields.Nested(PlaceSchema, required=True)


class HeardItemSchema(Schema):
    number = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True, validate=OneOf(STATES))
    excerpt = fields.String(required=True)
    said_at = fields.AwareDateTime(required=True, format="iso")
    place = fields.Nested(PlaceSchema, required=True)


class HeardSchema(Schema):
    counts = fields.Dict(keys=fields.String(validate=OneOf(STATES)), values=fields.Integer(), required=True)
    items = fields.List(fields.Nested(HeardItemSchema), required=True)
    next = fields.String(required=True, allow_none=True)


def receipt_json(receipt: Receipt) -> dict[str, Any]:
    return {
        "number": receipt.number,
        "kind": receipt.kind,
        "state": receipt.state,
        "post_id": receipt.post.id,
        "post_state": receipt.post.state,
        "rule": receipt.rule,
        "body": receipt.body,
        "said_at": receipt.said_at,
        "place": _place(receipt.post),
    }


def heard_json(heard: Heard) -> dict[str, Any]:
    return {
        "number": heard.voice.number,
        "kind": heard.voice.kind,
        "state": heard.voice.state,
        "excerpt": excerpt(heard.post.body, EXCERPT_CHARACTERS),
        "said_at": heard.post.published_at or heard.post.created_at,
        "place": _place(heard.post),
    }


def _place(post: Any) -> dict[str, Any]:
    return {
        "project": post.thread.project.slug,
        "thread_id": post.thread_id,
        "thread": post.thread.title,
        "url": post_url(post.thread, post.id, post.seq),
    }
