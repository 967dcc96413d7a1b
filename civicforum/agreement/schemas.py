"""What is told outside about the agreement."""

from typing import Any

from marshmallow import RAISE, Schema, fields
from marshmallow.validate import OneOf

from civicforum.agreement.models import DUTY_HOURS, AgreementVersion


class RuleSchema(Schema):
    number = fields.Integer(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)


class AgreementSchema(Schema):
    version = fields.Integer(required=True)
    introduction = fields.String(required=True)
    published_at = fields.AwareDateTime(required=True, allow_none=True)
    rules = fields.List(fields.Nested(RuleSchema), required=True)


class NewDutySchema(Schema):
    hours = fields.Integer(required=True, strict=True, validate=OneOf(DUTY_HOURS))

    class Meta:
        unknown = RAISE


class DutySchema(Schema):
    ends_at = fields.AwareDateTime(required=True, format="iso")


def agreement_json(version: AgreementVersion | None, locale: str) -> dict[str, Any]:
    """An agreement in one language, for ``AgreementSchema``; version 0 for none."""
    if version is None:
        return {"version": 0, "introduction": "", "published_at": None, "rules": []}
    return {
        "version": version.number,
        "introduction": version.introduction_in(locale),
        "published_at": version.published_at,
        "rules": [
            {"number": rule.number, "title": rule.title_in(locale), "text": rule.text_in(locale)}
            for rule in version.rules
        ],
    }
