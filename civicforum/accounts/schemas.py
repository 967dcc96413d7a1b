"""What is told outside about a person."""

from typing import Any

from marshmallow import Schema, fields
from marshmallow.utils import get_value


class PersonSchema(Schema):
    """Somebody as everybody sees them: the author of what was said. Never an address."""

    handle = fields.String(required=True, metadata={"example": "ana-lopez"})
    name = fields.String(required=True)
    hats = fields.Method("list_hats", metadata={"type": "array", "items": {"type": "string"}})

    def list_hats(self, person: Any) -> list[str]:
        """Whom they speak for, as attached by the room that tells it; nobody by default."""
        return [str(hat) for hat in get_value(person, "hats", None) or ()]


class OwnAccountSchema(PersonSchema):
    """Somebody's account as they themselves see it."""

    id = fields.Integer(required=True)
    email = fields.String(required=True)
    is_confirmed = fields.Boolean(required=True)
    about = fields.String(required=True)
    neighbourhood = fields.String(required=True)
    locale = fields.String(allow_none=True)
    timezone = fields.String(allow_none=True)
    roles = fields.Method("list_roles", metadata={"type": "array", "items": {"type": "string"}})
    suspended_until = fields.AwareDateTime(allow_none=True)
    created_at = fields.AwareDateTime(required=True)

    def list_roles(self, person: Any) -> list[str]:
        """Roles held in the whole site; everybody is a resident."""
        given = get_value(person, "grants", ())
        return ["resident", *sorted(grant.role for grant in given)]
