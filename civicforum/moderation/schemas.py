"""What is told of cases, flags and the log."""

from collections.abc import Sequence
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

from civicforum.accounts.models import Actor
from civicforum.agreement.limits.models import SLOW_MINUTES
from civicforum.discussions.schemas import PostSchema, tell_posts
from civicforum.moderation.kinds import MAX_PASSAGE, MOST_PASSAGES, PARTS
from civicforum.moderation.models import Appeal, Case, Flag
from civicforum.moderation.queries import ToRead


class RuleCitedSchema(Schema):
    number = fields.Integer()
    title = fields.String()


class TargetSchema(Schema):
    type = fields.String(
        required=True, validate=validate.OneOf(["post", "question", "statement", "thread", "person"])
    )
    id = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=2**31 - 1))

    class Meta:
        unknown = RAISE


class MeasureSchema(Schema):
    """One action in a case, with its rule and reason; the moderator by role, never by name."""

    id = fields.Integer()
    action = fields.String()
    rule = fields.Nested(RuleCitedSchema, allow_none=True)
    reason = fields.String()
    is_automated = fields.Boolean()
    until = fields.AwareDateTime(allow_none=True)
    overturned_at = fields.AwareDateTime(allow_none=True)
    created_at = fields.AwareDateTime()


class CaseSchema(Schema):
    id = fields.Integer()
    target = fields.Method("get_target", metadata={"type": "object"})
    state = fields.String()
    version = fields.Integer()
    source = fields.String()
    actions = fields.List(fields.Nested(MeasureSchema), attribute="measures")
    created_at = fields.AwareDateTime()
    mended_at = fields.AwareDateTime(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)

    def get_target(self, case: Case) -> dict[str, Any]:
        return {"type": case.target_type, "id": case.target_id}


class FlagSchema(Schema):
    id = fields.Integer()
    state = fields.String()
    note = fields.String()
    rule = fields.Nested(RuleCitedSchema)


class PersonFlagSchema(FlagSchema):
    part = fields.String()


class LogLineSchema(Schema):
    """A line of the public log: exactly what is hashed, and the two hashes.

    What stands from ``format`` on is in all lines of format 2, and in none of before.
    """

    number = fields.Integer()
    at = fields.String()
    action = fields.String()
    target = fields.String()
    place = fields.String()
    rule = fields.String()
    actor_role = fields.String()
    case_id = fields.Integer(allow_none=True)
    format = fields.Integer()
    scope = fields.String(allow_none=True)
    until = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    about = fields.Integer(allow_none=True)
    automatic = fields.Boolean(allow_none=True)
    source = fields.String(allow_none=True)
    hours = fields.Integer(allow_none=True)
    project_id = fields.Integer(allow_none=True)
    previous = fields.String()
    hash = fields.String()


class DeedSchema(Schema):
    """What a measure may say beside its name: when it ends (a day from now unless said), the pace of a slow
    thread in minutes, and the passages to be blacked out."""

    rule = fields.Integer(load_default=None, allow_none=True, strict=True)
    reason = fields.String(load_default="")
    until = fields.AwareDateTime(load_default=None, allow_none=True)
    minutes = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.OneOf(SLOW_MINUTES)
    )
    passages = fields.List(
        fields.String(validate=validate.Length(1, MAX_PASSAGE)),
        load_default=list,
        validate=validate.Length(max=MOST_PASSAGES),
    )


class NewCaseSchema(DeedSchema):
    target = fields.Nested(TargetSchema, required=True)
    action = fields.String(load_default=None, allow_none=True)

    class Meta:
        unknown = RAISE


class NewActionSchema(DeedSchema):
    action = fields.String(required=True)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=2**31 - 1))

    class Meta:
        unknown = RAISE


class HoldSchema(Schema):
    """A comment that a moderator reads before it is shown. ``state``: waiting, approved, declined.

    ``cause``: list, links, thread or newcomer. ``can_decline`` is false where you have a part in it.
    """

    id = fields.Integer()
    state = fields.String()
    cause = fields.String()
    is_on_duty = fields.Boolean()
    can_decline = fields.Boolean()
    rule = fields.Nested(RuleCitedSchema, allow_none=True)
    reason = fields.String()
    created_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)
    post = fields.Nested(PostSchema)


class NewHoldDecisionSchema(Schema):
    action = fields.String(required=True, validate=validate.OneOf(["approve", "decline"]))
    rule = fields.Integer(load_default=None, allow_none=True, strict=True)
    reason = fields.String(load_default="")

    class Meta:
        unknown = RAISE


class NewFlagSchema(Schema):
    rule = fields.Integer(required=True, strict=True)
    note = fields.String(load_default="")

    class Meta:
        unknown = RAISE


class NewPersonFlagSchema(NewFlagSchema):
    """``part``: the name (or handle), or what the profile says."""

    part = fields.String(load_default="name", validate=validate.OneOf(list(PARTS)))


class FoundSchema(Schema):
    """How many answered, and how many gave each of 1 to 5."""

    answers = fields.Integer()
    fair = fields.List(fields.Integer())
    heard = fields.List(fields.Integer())


class OwnRatingSchema(Schema):
    fair = fields.Integer()
    heard = fields.Integer()
    words = fields.String()


class PlaceFoundSchema(Schema):
    kind = fields.String()
    id = fields.Integer()
    title = fields.String()
    found = fields.Nested(FoundSchema, allow_none=True)


class FacilitationSchema(PlaceFoundSchema):
    own = fields.Nested(OwnRatingSchema, allow_none=True)


class ProjectFacilitationSchema(Schema):
    project = fields.String()
    found = fields.Nested(FoundSchema, allow_none=True)
    places = fields.List(fields.Nested(PlaceFoundSchema))


class NewRatingSchema(Schema):
    fair = fields.Integer(required=True, strict=True)
    heard = fields.Integer(required=True, strict=True)
    words = fields.String(load_default="")

    class Meta:
        unknown = RAISE


def case_json(case: Case) -> dict[str, Any]:
    return CaseSchema().dump(case)


def flag_json(flag: Flag) -> dict[str, Any]:
    return FlagSchema().dump(flag)


def person_flag_json(flag: Flag) -> dict[str, Any]:
    return PersonFlagSchema().dump(flag)


class RuleStatedSchema(RuleCitedSchema):
    text = fields.String()
    version = fields.Integer()


class RedressSchema(Schema):
    url = fields.String()
    last_day = fields.Date()
    is_open = fields.Boolean()
    out_of_court = fields.String()


class StatementSchema(Schema):
    """The statement of reasons, in the shape of the Digital Services Act, article 17."""

    case_id = fields.Integer(attribute="measure.case_id")
    measure_id = fields.Integer(attribute="measure.id")
    measure = fields.String(attribute="measure.action")
    done = fields.String()
    scope = fields.String()
    starts_at = fields.AwareDateTime()
    until = fields.AwareDateTime(allow_none=True)
    less = fields.String(
        allow_none=True, metadata={"description": "What a second look left of a limit, in a sentence."}
    )
    facts = fields.String()
    reason = fields.String()
    rule = fields.Nested(RuleStatedSchema, allow_none=True)
    origin = fields.String()
    is_automated_detection = fields.Boolean()
    is_automated_decision = fields.Boolean()
    redress = fields.Nested(RedressSchema)


class StatementQuery(Schema):
    """Which measure of the case; the newest without it."""

    measure = fields.Integer(load_default=None, validate=validate.Range(min=1, max=2**31 - 1))


class AppealMessageSchema(Schema):
    side = fields.String()
    text = fields.String()
    created_at = fields.AwareDateTime()


class AppealSchema(Schema):
    """A second look; nobody by name."""

    id = fields.Integer()
    case_id = fields.Integer()
    measure_id = fields.Integer()
    side = fields.String()
    way = fields.String()
    text = fields.String()
    state = fields.String()
    outcome = fields.String(allow_none=True)
    reason = fields.String()
    version = fields.Integer()
    messages = fields.List(fields.Nested(AppealMessageSchema))
    created_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)


class NewAppealSchema(Schema):
    text = fields.String(required=True)
    measure = fields.Integer(load_default=None, strict=True, validate=validate.Range(min=1, max=2**31 - 1))
    by_lot = fields.Boolean(load_default=False)

    class Meta:
        unknown = RAISE


class NewDecisionSchema(Schema):
    outcome = fields.String(required=True)
    reason = fields.String(load_default="")
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=2**31 - 1))
    appeal = fields.Integer(load_default=None, strict=True, validate=validate.Range(min=1, max=2**31 - 1))
    hours = fields.Integer(
        load_default=None,
        strict=True,
        validate=validate.Range(min=1, max=720),
        metadata={"description": "Of a limit that is varied: it ends so many hours from now."},
    )
    kind = fields.String(
        load_default=None,
        validate=validate.OneOf(["mute", "silence"]),
        metadata={"description": "Of a limit that is varied: in this thread, or in this project alone."},
    )

    class Meta:
        unknown = RAISE


def holds_json(viewer: Actor, rows: Sequence[ToRead]) -> list[dict[str, Any]]:
    """Each with its comment, as this moderator may read it."""
    posts = tell_posts(viewer, [row.post for row in rows])
    told = [
        {
            "id": row.hold.id,
            "state": row.hold.decision or "waiting",
            "cause": row.hold.cause,
            "is_on_duty": row.hold.is_on_duty,
            "can_decline": row.can_decline,
            "rule": row.hold.rule,
            "reason": row.hold.reason,
            "created_at": row.hold.created_at,
            "due_at": row.hold.due_at,
            "decided_at": row.hold.decided_at,
            "post": post,
        }
        for row, post in zip(rows, posts, strict=True)
    ]
    return [dict(HoldSchema().dump(each)) for each in told]


def appeal_json(appeal: Appeal) -> dict[str, Any]:
    return AppealSchema().dump(appeal)
