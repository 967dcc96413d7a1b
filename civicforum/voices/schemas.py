"""What is told outside of a voice: its number and how far it has come."""

from marshmallow import Schema, fields
from marshmallow.validate import OneOf

from civicforum.voices.models import STATES


class VoiceSchema(Schema):
    number = fields.String(required=True, metadata={"description": "The public tracking number."})
    state = fields.String(required=True, validate=OneOf(STATES))
