"""What is told of town halls outside: one description for API, OpenAPI, live updates and calendars."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from zoneinfo import ZoneInfo

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from civicforum.accounts.models import Actor, Guest
from civicforum.live.changes import channel_versions, current_stream
from civicforum.townhalls import policies, queries
from civicforum.townhalls.agenda import MAXIMUM_ITEMS, Item
from civicforum.townhalls.calendar import CalendarEntry
from civicforum.townhalls.models import ANSWERS, MAXIMUM_PARTY, MODES, NEEDS, Rsvp, TownHall
from civicforum.townhalls.plans import LINES, MOST_SEATS, TEXTS
from civicforum.townhalls.wishes import NeedWish

# Fewer than this are not counted out in public where a number could point at somebody.
SMALL_NUMBER = 5
RSVP_STATES = ("going", "maybe", "not_going", "waitlisted", "offered", "cancelled")
ADMISSIONS = ("ok", "already", "not_found", "cancelled", "wrong_town_hall", "not_open")


class Strict(Schema):
    """A body that refuses what it does not know."""

    class Meta:
        unknown = RAISE


class Whole(fields.Integer):
    """A whole number as JSON writes one: not 1.0, not "1", not true."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(least, most), **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid", input=value)
        return value


class NeedField(fields.Field[NeedWish]):
    """An access need: its kind alone, or {kind, note}."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> NeedWish:
        if isinstance(value, str):
            value = {"kind": value}
        if not isinstance(value, dict) or set(value) - {"kind", "note"} or "kind" not in value:
            raise ValidationError("Not a need: one of its kinds, or {kind, note}.")
        kind, note = value["kind"], value.get("note", "")
        if kind not in NEEDS or not isinstance(note, str) or len(note) > 300:
            raise ValidationError(f"Not a need: one of {', '.join(NEEDS)}, with a short note.")
        return NeedWish(kind, note)


def _line(name: str, **kwargs: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=LINES[name]), **kwargs)


def _text(name: str) -> fields.String:
    return fields.String(validate=validate.Length(max=TEXTS[name]))


class AgendaItemIn(Strict):
    title = fields.String(required=True, validate=validate.Length(1, 200))
    minutes = Whole(1, 999, allow_none=True, load_default=None)


class TownHallIn(Strict):
    """What a PATCH may say; times are RFC 3339 with an offset, ``timezone`` is the meeting's own zone."""

    title = _line("title")
    summary = _text("summary")
    starts_at = fields.AwareDateTime(format="iso")
    ends_at = fields.AwareDateTime(format="iso")
    timezone = fields.String(validate=validate.Length(1, 64))
    mode = fields.String(validate=validate.OneOf(MODES))
    location = _line("location")
    online_url = _line("online_url", allow_none=True)
    phone = _line("phone")
    capacity = Whole(0, MOST_SEATS, allow_none=True)
    online_capacity = Whole(0, MOST_SEATS, allow_none=True)
    access_statement = _text("access_statement")
    needs_until = fields.AwareDateTime(format="iso", allow_none=True)
    agenda = fields.List(fields.Nested(AgendaItemIn), validate=validate.Length(max=MAXIMUM_ITEMS))
    status = fields.String(validate=validate.OneOf(("draft", "published", "cancelled")))
    cancel_reason = fields.String(validate=validate.Length(max=1000))


class NewTownHallIn(TownHallIn):
    project = fields.String(required=True, metadata={"description": "The project's slug."})
    title = _line("title", required=True)
    starts_at = fields.AwareDateTime(format="iso", required=True)
    ends_at = fields.AwareDateTime(format="iso", required=True)
    timezone = fields.String(required=True, validate=validate.Length(1, 64))
    mode = fields.String(required=True, validate=validate.OneOf(MODES))
    status = fields.String(load_default="draft", validate=validate.OneOf(("draft", "published")))

    class Meta:
        unknown = RAISE
        exclude = ("cancel_reason",)


class RsvpIn(Strict):
    answer = fields.String(required=True, validate=validate.OneOf(ANSWERS))
    mode = fields.String(load_default=None, validate=validate.OneOf(("in_person", "online")))
    party_size = Whole(1, MAXIMUM_PARTY, load_default=1)
    needs = fields.List(NeedField(), load_default=None, validate=validate.Length(max=len(NEEDS)))


class CheckInIn(Strict):
    code = fields.String(required=True, validate=validate.Length(1, 40))
    nonce = fields.String(required=True, validate=validate.Length(1, 64))
    at = fields.AwareDateTime(format="iso", load_default=None, allow_none=True)
    force = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class SeatCountSchema(Schema):
    """People, not answers; ``capacity`` and ``free`` are null where there is no limit."""

    taken = fields.Integer(required=True)
    waiting = fields.Integer(required=True)
    capacity = fields.Integer(required=True, allow_none=True)
    free = fields.Integer(required=True, allow_none=True)


class AgendaItemSchema(Schema):
    title = fields.String(required=True)
    minutes = fields.Integer(required=True, allow_none=True)


class TownHallSchema(Schema):
    """A town hall as this viewer may know it. ``online_url`` is null until its way in is open to them."""

    id = fields.Integer(required=True)
    project = fields.String(required=True)
    title = fields.String(required=True)
    summary = fields.String(required=True)
    starts_at = fields.AwareDateTime(required=True, format="iso")
    ends_at = fields.AwareDateTime(required=True, format="iso")
    timezone = fields.String(required=True)
    mode = fields.String(required=True, validate=validate.OneOf(MODES))
    location = fields.String(required=True)
    online_url = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True)
    capacity = fields.Integer(required=True, allow_none=True)
    online_capacity = fields.Integer(required=True, allow_none=True)
    status = fields.String(required=True)
    cancel_reason = fields.String(required=True)
    access_statement = fields.String(required=True)
    needs_until = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    agenda = fields.List(fields.Nested(AgendaItemSchema), required=True)
    thread_id = fields.Integer(required=True, allow_none=True)
    seats = fields.Dict(keys=fields.String(), values=fields.Nested(SeatCountSchema), required=True)
    channel = fields.String(required=True)
    stream = fields.String(required=True)
    revision = fields.Integer(
        required=True, metadata={"description": "The channel's revision: watch from here."}
    )


class TownHallListSchema(Schema):
    items = fields.List(fields.Nested(TownHallSchema), required=True)
    next = fields.String(required=True, allow_none=True)


class NeedSchema(Schema):
    kind = fields.String(required=True)
    note = fields.String(required=True)
    state = fields.String(required=True)
    reply = fields.String(required=True)


class RsvpSchema(Schema):
    """One's own answer. ``place`` counts from 1 on the waiting list, else null."""

    state = fields.String(required=True, validate=validate.OneOf(RSVP_STATES))
    place = fields.Integer(required=True, allow_none=True)
    party_size = fields.Integer(required=True)
    mode = fields.String(required=True)
    needs = fields.List(fields.Nested(NeedSchema), required=True)
    code = fields.String(required=True, metadata={"description": "What the door scans."})


class AdmissionSchema(Schema):
    status = fields.String(required=True, validate=validate.OneOf(ADMISSIONS))
    name = fields.String(allow_none=True)
    party_size = fields.Integer(allow_none=True)


# --- what they are given ---


def tell_town_halls(viewer: Actor, town_halls: Sequence[TownHall]) -> list[dict[str, Any]]:
    """Town halls as ``viewer`` may know them, in a fixed number of queries."""
    if not town_halls:
        return []
    seats = queries.seats_by_mode(town_halls)
    own = queries.find_own_answers(viewer, [row.id for row in town_halls])
    versions, stream = channel_versions([row.channel for row in town_halls]), current_stream()
    return [
        {
            **_facts(row),
            "online_url": shown_link(viewer, row, own.get(row.id)),
            "seats": seats[row.id],
            "stream": stream,
            "revision": versions.get(row.channel, (0, 0))[0],
        }
        for row in town_halls
    ]


def _facts(row: TownHall) -> dict[str, Any]:
    zone = ZoneInfo(row.timezone)
    return {
        **{name: getattr(row, name) for name in _PLAIN},
        "project": row.project.slug,
        "starts_at": row.starts_at.astimezone(zone),
        "ends_at": row.ends_at.astimezone(zone),
        "needs_until": row.needs_until and row.needs_until.astimezone(zone),
        "agenda": [Item(item.title, item.minutes) for item in row.agenda],
    }


_PLAIN = (
    *("id", "title", "summary", "timezone", "mode", "location", "phone", "capacity"),
    *("online_capacity", "status", "cancel_reason", "access_statement", "thread_id", "channel"),
)


def shown_link(viewer: Actor, town_hall: TownHall, rsvp: Rsvp | None) -> str | None:
    """The way in online: for who runs the meeting always, for who comes once it is open; else None."""
    if not town_hall.online_url or not policies.can_join_online(viewer, town_hall, rsvp):
        return None
    is_shown = policies.can_help(viewer, town_hall) or town_hall.is_link_open()
    return town_hall.online_url if is_shown else None


def public_json(town_halls: Sequence[TownHall]) -> list[dict[str, Any]]:
    """As everybody may know them: for live updates."""
    dumped: list[dict[str, Any]] = TownHallSchema(many=True).dump(tell_town_halls(Guest(), town_halls))
    return dumped


def tell_rsvp(row: Rsvp) -> dict[str, Any]:
    return {
        "state": row.state,
        "place": queries.count_ahead(row),
        "party_size": row.party_size,
        "mode": row.mode,
        "needs": row.needs,
        "code": row.code,
    }


def calendar_entry(row: TownHall, url: str) -> CalendarEntry:
    """The town hall as calendars are told: without the way in online, which is not everybody's."""
    status: Literal["CONFIRMED", "CANCELLED"] = "CANCELLED" if row.is_cancelled else "CONFIRMED"
    return CalendarEntry(
        uid=row.uid,
        sequence=row.sequence,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        timezone=row.timezone,
        title=row.title,
        summary=row.cancel_reason or row.summary,
        location=row.location,
        url=url,
        status=status,
        updated_at=row.updated_at,
    )


def public_needs(town_hall: TownHall) -> tuple[int, int] | None:
    """(asked, met) where neither number, nor their difference, is small enough to point at somebody."""
    asked, met = queries.count_needs(town_hall)
    parts = [number for number in (met, asked - met) if number]
    return (asked, met) if asked and min(parts) >= SMALL_NUMBER else None


def facts_in(body: Mapping[str, Any]) -> tuple[dict[str, Any], list[Item] | None]:
    """Take a body apart: the meeting's facts, and its agenda (None: not spoken of)."""
    agenda = body.get("agenda")
    facts = {k: v for k, v in body.items() if k not in ("agenda", "status", "cancel_reason", "project")}
    return facts, None if agenda is None else [Item(i["title"], i["minutes"]) for i in agenda]
