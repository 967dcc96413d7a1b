"""What a person's own pages are told of what they have seen of a thread."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError, fields, validates_schema
from marshmallow.validate import Length, Range

from civicforum.accounts.models import Actor, User
from civicforum.discussions import queries
from civicforum.discussions.models import Thread
from civicforum.discussions.ranges import MOST_RANGES, gaps
from civicforum.discussions.schemas.bodies import Strict
from civicforum.live.changes import channel_versions, current_stream
from civicforum.web.numbers import LARGEST


class PlacesSchema(Strict):
    """What was seen, or from where on the thread is to be new again."""

    seen = fields.List(
        fields.List(fields.Integer(strict=True, validate=Range(1, LARGEST)), validate=Length(equal=2)),
        validate=Length(1, MOST_RANGES),
        metadata={"description": "The first and the last seq of each stretch that was seen."},
    )
    new_from = fields.Integer(
        strict=True,
        validate=Range(1, LARGEST),
        metadata={"description": "Forget what was seen from this seq on."},
    )

    @validates_schema
    def _one_of_them(self, body: dict[str, Any], **_rest: Any) -> None:
        if len(body) != 1:
            raise ValidationError("Send `seen` or `new_from`.", "seen")


class ReadingSchema(Strict):
    """How far one has read a thread."""

    thread_id = fields.Integer(required=True)
    seen = fields.List(fields.List(fields.Integer()), required=True)
    unread = fields.Integer(
        required=True,
        metadata={"description": "How many comments by others, shown now, one has not seen."},
    )


@dataclass(frozen=True)
class ToldReading:
    thread_id: int
    seen: Sequence[Sequence[int]]
    unread: int


@dataclass(frozen=True)
class Watching:
    """What a page needs in order to hear what its person reads in others."""

    channel: str
    stream: str
    revision: int


def watch_readings(viewer: Actor) -> Watching | None:
    """Read it before what is shown, so that nothing in between is missed; None for a guest."""
    if not isinstance(viewer, User):
        return None
    channel = f"reading:{viewer.id}"
    return Watching(channel, current_stream(), channel_versions([channel]).get(channel, (0, 0))[0])


def tell_reading(viewer: Actor, thread: Thread) -> ToldReading:
    """How far the viewer has read this thread."""
    new = queries.new_in(viewer, thread)
    return ToldReading(thread.id, gaps(new.places, thread.last_seq), new.count)


def readings_json(ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """What was seen, by the reading's id, as the person's own pages are told.

    How much is new is not told with it: that changes with every comment. A page asks for it.
    """
    return {
        row.id: {"thread_id": row.thread_id, "seen": [list(pair) for pair in row.ranges]}
        for row in queries.find_readings(ids)
    }
