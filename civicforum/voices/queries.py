"""Finding voices. Whether a viewer may read the words behind one is asked of the room they were said in."""

from collections.abc import Iterable

from sqlalchemy import select

from civicforum.db import db
from civicforum.voices.models import Voice
from civicforum.voices.numbers import clean_number


def find_voice(number: str) -> Voice | None:
    """The voice with this tracking number, however it is written (``7k4f 29wd``); None for none."""
    wanted = clean_number(number)
    if wanted is None:
        return None
    return db.session.scalar(select(Voice).where(Voice.number == wanted))


def voices_of(kind: str, ids: Iterable[int]) -> dict[int, Voice]:
    """The voices of these objects, by their id, in one query; who has none is left out."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = db.session.scalars(select(Voice).where(Voice.kind == kind, Voice.object_id.in_(wanted)))
    return {voice.object_id: voice for voice in rows}
