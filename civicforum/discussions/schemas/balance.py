"""What is told outside of voice balance: counts with their headcount, and nothing about fewer than five."""

from dataclasses import dataclass
from typing import Any

from marshmallow import Schema, fields
from marshmallow.validate import Length, OneOf, Range

from civicforum.discussions.models import GATE_HOURS, GATE_WHOM, MAX_GATE_REASON, MAX_ROOM_REASON
from civicforum.discussions.schemas.bodies import Strict
from civicforum.voices.balance import Balance


class MakeRoomSchema(Strict):
    hours = fields.Integer(required=True, strict=True, validate=Range(1, 72))
    minutes = fields.Integer(required=True, strict=True, validate=Range(1, 60))
    reason = fields.String(required=True, validate=Length(min=1, max=MAX_ROOM_REASON))


class SetGateSchema(Strict):
    hours = fields.Integer(required=True, strict=True, validate=OneOf(GATE_HOURS))
    whom = fields.String(load_default=GATE_WHOM[0], validate=OneOf(GATE_WHOM))
    reason = fields.String(required=True, validate=Length(min=1, max=MAX_GATE_REASON))
    takes_back = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class BalanceSchema(Schema):
    """How evenly a conversation is spread. What is None would tell of fewer than five people."""

    people = fields.Integer(required=True)
    posts = fields.Integer(required=True)
    effective_voices = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "1 / Σ share²: so many people speaking equally often are as even as this."},
    )
    top_three_posts = fields.Integer(required=True, allow_none=True)
    first_time_people = fields.Integer(required=True, allow_none=True)
    first_time_answered = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "How many of them were answered by somebody else within 48 hours."},
    )
    hat_people = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "Organizers, moderators and people who speak for a partner."},
    )
    hat_posts = fields.Integer(required=True, allow_none=True)


class ThreadBalanceSchema(BalanceSchema):
    thread_id = fields.Integer(required=True)
    title = fields.String(required=True)


class ProjectBalanceSchema(Schema):
    project = fields.String(required=True)
    total = fields.Nested(BalanceSchema, required=True)
    threads = fields.List(fields.Nested(ThreadBalanceSchema), required=True)


@dataclass(frozen=True)
class ToldBalance:
    """A balance as anybody may be told it."""

    people: int
    posts: int
    effective_voices: float | None = None
    top_three_posts: int | None = None
    first_time_people: int | None = None
    first_time_answered: int | None = None
    hat_people: int | None = None
    hat_posts: int | None = None


def tell_balance(balance: Balance) -> ToldBalance:
    """Only the counts of people and posts, which anybody can count, where fewer than five spoke."""
    if not balance.is_told:
        return ToldBalance(balance.people, balance.posts)
    return ToldBalance(
        people=balance.people,
        posts=balance.posts,
        effective_voices=round(balance.effective, 2),
        top_three_posts=balance.top_posts,
        first_time_people=balance.told_first_time,
        first_time_answered=balance.told_welcomed,
        hat_people=balance.hats,
        hat_posts=balance.hat_posts,
    )


def balance_json(balance: Balance, **more: Any) -> dict[str, Any]:
    told: dict[str, Any] = BalanceSchema().dump(tell_balance(balance))
    return {**told, **more}
