"""What is told of a link: one description for pages, the API and live updates."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from marshmallow import Schema, fields

from civicforum.links.models import LinkPreview


class LinkSchema(Schema):
    """What the page behind a link says of itself; it says so, nobody checked it."""

    url = fields.String(required=True)
    host = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    site_name = fields.String(required=True)


@dataclass(frozen=True)
class ToldLink:
    url: str
    host: str
    title: str
    description: str
    site_name: str


def tell_links(previews: Sequence[LinkPreview]) -> tuple[ToldLink, ...]:
    return tuple(
        ToldLink(row.url, urlsplit(row.url).hostname or "", row.title, row.description, row.site_name)
        for row in previews
    )
