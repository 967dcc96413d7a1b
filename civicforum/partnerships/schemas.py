"""What is told of projects and organizations outside: one description for the API and its OpenAPI."""

from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from civicforum.partnerships.models import LEVELS, STATUSES, VISIBILITIES
from civicforum.text import MAX_SLUG_CHARACTERS, clean_text

MOST_TITLE = 120
MOST_SENTENCE = 300
MOST_VISION = 10_000


class Cleaned(fields.String):
    """Text in the one form in which it is stored, without space around it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        return clean_text(super()._deserialize(value, attr, data, **kwargs)).strip()


class PhaseSchema(Schema):
    title = fields.String()
    text = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)


class OrganizationSchema(Schema):
    slug = fields.String()
    name = fields.String()
    kind = fields.String()
    about = fields.String()
    url = fields.String()


class PartnerSchema(Schema):
    organization = fields.Nested(OrganizationSchema(only=("slug", "name", "kind")))
    role = fields.String()
    brings = fields.String()


class ProjectSchema(Schema):
    """A project as everybody who may see it reads it. ``decides``: who decides, and by when."""

    id = fields.Integer()
    slug = fields.String()
    title = fields.String()
    summary = fields.String()
    vision = fields.String()
    status = fields.String()
    level = fields.String()
    decides = fields.String()
    visibility = fields.String()
    allows_pseudonyms = fields.Boolean()
    revision = fields.Integer()
    partners = fields.List(fields.Nested(PartnerSchema))
    phases = fields.List(fields.Nested(PhaseSchema))
    created_at = fields.AwareDateTime(format="iso")


class _ProjectFields(Schema):
    class Meta:
        unknown = RAISE

    summary = Cleaned(validate=validate.Length(max=MOST_SENTENCE))
    decides = Cleaned(validate=validate.Length(max=MOST_SENTENCE))
    level = fields.String(validate=validate.OneOf(LEVELS))
    visibility = fields.String(validate=validate.OneOf(VISIBILITIES))
    allows_pseudonyms = fields.Boolean()
    status = fields.String(validate=validate.OneOf(STATUSES))


class NewProjectSchema(_ProjectFields):
    """What founds a project. Without ``slug`` one is made from the title."""

    title = Cleaned(required=True, validate=validate.Length(min=1, max=MOST_TITLE))
    vision = Cleaned(load_default="", validate=validate.Length(max=MOST_VISION))
    slug = fields.String(validate=validate.Length(min=1, max=MAX_SLUG_CHARACTERS))


class ProjectChangesSchema(_ProjectFields):
    """What changes; all else stays. With ``revision`` a change that somebody else made is a 409."""

    title = Cleaned(validate=validate.Length(min=1, max=MOST_TITLE))
    vision = Cleaned(validate=validate.Length(max=MOST_VISION))
    revision = fields.Integer(strict=True)


class ProjectListSchema(Schema):
    items = fields.List(fields.Nested(ProjectSchema))
    next = fields.String(allow_none=True)
