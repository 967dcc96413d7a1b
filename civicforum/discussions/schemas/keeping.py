"""One's own drafts, as told to their writer alone."""

from marshmallow import fields
from marshmallow.validate import Length, Range

from civicforum.discussions.schemas.bodies import Strict
from civicforum.text import MAX_POST_CHARACTERS
from civicforum.web.numbers import LARGEST


class NewDraftSchema(Strict):
    body = fields.String(required=True, validate=Length(max=MAX_POST_CHARACTERS))
    title = fields.String(load_default="", validate=Length(max=255))
    reply_to = fields.Integer(strict=True, allow_none=True, load_default=None, validate=Range(1, LARGEST))


class DraftSchema(Strict):
    place = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    reply_to = fields.Integer(required=True, allow_none=True, attribute="reply_to_id")
    saved_at = fields.AwareDateTime(required=True, format="iso")
