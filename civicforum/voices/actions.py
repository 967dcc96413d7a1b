"""Recording that something was said."""

from collections.abc import Iterable

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from civicforum.db import db, in_action
from civicforum.voices import queries
from civicforum.voices.models import Voice
from civicforum.voices.numbers import new_number

# Two of some 280 thousand million numbers meet once in a lifetime; five times in a row, never.
TRIES = 5


def record_voice(kind: str, object_id: int, channel: str, author_id: int | None) -> Voice:
    """The voice of this object, made if it has none yet; its number is new and public.

    Plain, not an action: call it in the action in which the thing is said, so that both commit or neither.
    """
    if not in_action():
        raise RuntimeError("A voice is recorded in the transaction in which something is said.")
    earlier = queries.voices_of(kind, [object_id]).get(object_id)
    if earlier is not None:
        return earlier
    for _attempt in range(TRIES):
        voice = Voice(
            number=new_number(),
            kind=kind,
            object_id=object_id,
            channel=channel,
            author_id=author_id,
        )
        if _insert(voice):
            return voice
    raise RuntimeError("No free tracking number was found.")


def rehome_voices(kind: str, object_ids: Iterable[int], channel: str) -> None:
    """What was said is told in another channel from now on; inside a running action."""
    theirs = (Voice.kind == kind) & Voice.object_id.in_(list(object_ids))
    db.session.execute(update(Voice).where(theirs).values(channel=channel))


def _insert(voice: Voice) -> bool:
    """False if the number is taken."""
    try:
        with db.session.begin_nested():
            db.session.add(voice)
    except IntegrityError:
        return False
    return True
