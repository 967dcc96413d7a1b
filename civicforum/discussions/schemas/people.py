"""An author as told outside."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from marshmallow import Schema, fields

from civicforum.accounts.models import User


class AuthorSchema(Schema):
    handle = fields.String(required=True, allow_none=True)
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


def tell_author(user: User | None, hats: dict[int, list[str]]) -> Told:
    if user is None or user.erased_at is not None:
        return Told(None, name_of(user))
    return Told(user.handle, user.name, tuple(hats.get(user.id, ())), user.neighbourhood)


def name_of(user: User | None) -> str:
    return _("Former participant") if user is None or user.erased_at is not None else user.name
