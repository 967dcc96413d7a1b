"""What is told of what was found: the same to the page, the list below the box, and the API."""

from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from civicforum.discussions.schemas.people import tell_author
from civicforum.pages.addresses import hit_url
from civicforum.pages.queries import Hit, Results
from civicforum.search.marking import Piece, marked
from civicforum.search.sources import KINDS
from civicforum.search.words import Term

TITLE_CHARACTERS = 300


class PieceSchema(Schema):
    """A piece of a line: plain text, never HTML."""

    text = fields.String(required=True)
    is_hit = fields.Boolean(required=True, metadata={"description": "Whether the search asked for it."})


class FoundProjectSchema(Schema):
    slug = fields.String(required=True)
    title = fields.String(required=True)


class FoundAuthorSchema(Schema):
    handle = fields.String(required=True, allow_none=True)
    name = fields.String(required=True)


class HitSchema(Schema):
    """Something found. Of a comment, ``title`` is its thread's."""

    kind = fields.String(required=True, validate=OneOf(KINDS))
    id = fields.Integer(required=True)
    title = fields.String(required=True)
    title_pieces = fields.List(fields.Nested(PieceSchema), required=True)
    excerpt = fields.String(required=True, metadata={"description": "A line around what was found."})
    excerpt_pieces = fields.List(fields.Nested(PieceSchema), required=True)
    url = fields.String(required=True)
    project = fields.Nested(FoundProjectSchema, required=True, allow_none=True)
    author = fields.Nested(FoundAuthorSchema, required=True, allow_none=True)
    said_at = fields.AwareDateTime(required=True, format="iso")


class SearchSchema(Schema):
    """One page, the best first. ``is_cut``: the best of the newest matches come first, older ones follow."""

    items = fields.List(fields.Nested(HitSchema), required=True)
    next = fields.String(required=True, allow_none=True)
    is_cut = fields.Boolean(required=True)


def search_json(results: Results) -> dict[str, Any]:
    return {"items": tell_hits(results), "next": results.next, "is_cut": results.is_cut}


def tell_hits(results: Results) -> list[dict[str, Any]]:
    return [hit_json(hit, results.terms) for hit in results.hits]


def hit_json(hit: Hit, terms: tuple[Term, ...] | Any) -> dict[str, Any]:
    title, excerpt = marked(hit.title, terms, TITLE_CHARACTERS), marked(hit.text, terms)
    return {
        "kind": hit.kind,
        "id": hit.row.id,
        "title": hit.title,
        "title_pieces": title,
        "excerpt": _line(excerpt),
        "excerpt_pieces": excerpt,
        "url": hit_url(hit),
        "project": hit.project,
        "author": tell_author(hit.author, {}) if hit.kind in ("post", "thread", "update") else None,
        "said_at": hit.said_at,
    }


def _line(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)
