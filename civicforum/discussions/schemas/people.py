"""An author as told outside."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from marshmallow import Schema, fields

from civicforum.accounts.models import User
from civicforum.discussions.models import Pseudonym


class AuthorSchema(Schema):
    handle = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "null of a former participant, and of a pseudonym, which is `name`."},
    )
    name = fields.String(required=True)
    hats = fields.List(fields.String(), required=True)


class CalleeSchema(Schema):
    """Somebody who can be mentioned as `@handle`."""

    handle = fields.String(required=True)
    name = fields.String(required=True)
    is_organization = fields.Boolean(required=True)


class CalleesSchema(Schema):
    items = fields.List(fields.Nested(CalleeSchema), required=True)


@dataclass(frozen=True)
class Told:
    """An author as told: nobody's address, no id."""

    handle: str | None
    name: str
    hats: Sequence[str] = ()
    note: str = ""


def tell_author(author: User | Pseudonym | None, hats: dict[int, list[str]]) -> Told:
    """Somebody as told outside; ``hats`` are those of people, by their id."""
    if author is None or author.erased_at is not None:
        return Told(None, name_of(author))
    if isinstance(author, Pseudonym):
        return Told(None, author.name, note=_("pseudonym"))
    return Told(author.handle, author.name, tuple(hats.get(author.id, ())), author.neighbourhood)


def name_of(author: User | Pseudonym | None) -> str:
    return _("Former participant") if author is None or author.erased_at is not None else author.name
