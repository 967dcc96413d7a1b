"""What is told of a file: one description for pages, the API and live updates."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from civicforum.files.models import Attachment


class AttachmentSchema(Schema):
    """A picture or a PDF that came with words; its addresses ask who looks."""

    key = fields.String(required=True)
    kind = fields.String(required=True, validate=OneOf(["picture", "pdf"]))
    name = fields.String(required=True)
    alt = fields.String(required=True, metadata={"description": "What the picture shows; empty for a PDF."})
    url = fields.String(required=True, metadata={"description": "A path on this site."})
    thumbnail_url = fields.String(required=True, allow_none=True)
    width = fields.Integer(required=True, allow_none=True)
    height = fields.Integer(required=True, allow_none=True)
    bytes = fields.Integer(required=True)


@dataclass(frozen=True)
class ToldFile:
    key: str
    kind: str
    name: str
    alt: str
    url: str
    thumbnail_url: str | None
    width: int | None
    height: int | None
    bytes: int

    @property
    def in_words(self) -> str:
        """How a history of changes names it."""
        return f"▣ {self.alt or self.name}"


def tell_file(row: Attachment) -> ToldFile:
    return ToldFile(
        key=row.key,
        kind=row.kind,
        name=row.name,
        alt=row.alt_text,
        url=path_of(row, "full" if row.is_picture else "file"),
        thumbnail_url=path_of(row, "small") if row.is_picture else None,
        width=row.width,
        height=row.height,
        bytes=row.bytes,
    )


def tell_files(rows: Sequence[Attachment]) -> tuple[ToldFile, ...]:
    return tuple(tell_file(row) for row in rows)


def path_of(row: Attachment, part: str) -> str:
    """Where it is served. (No ``url_for``: what is told knows no web framework.)"""
    return f"/files/{row.key}/{part}/{quote(row.name, safe='')}"
