"""What people had of comments that go to another thread: what they have seen goes along."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, insert, select

from civicforum import jobs
from civicforum.db import db
from civicforum.discussions.models import Reading, Thread
from civicforum.discussions.ranges import Range, joined, shortened, write_ranges


def carry_readings(source: Thread, other: Thread, seqs: Sequence[int], first: int) -> None:
    """What was seen at these places of a thread is seen in the other one, where they stand from ``first`` on.

    Locks the readings of both; as many statements however many people have looked in. Who had not seen a
    comment finds it new. Their open pages are told by a job.
    """
    carried = {
        row.user_id: (row, places)
        for row in _locked(Reading.thread_id == source.id)
        if (places := _places_after(row.ranges, seqs, first))
    }
    if not carried:
        return
    begun = select(Reading.user_id).where(Reading.thread_id == source.id)
    theirs = _locked(Reading.thread_id == other.id, Reading.user_id.in_(begun))
    for reading in theirs:
        if reading.user_id in carried:
            _row, places = carried.pop(reading.user_id)
            reading.seen = _written([*reading.ranges, *places])
    db.session.flush()
    _begin_readings(other, carried.values())
    jobs.enqueue("discussions.show_readings", thread_id=other.id)


def _begin_readings(other: Thread, carried: Iterable[tuple[Reading, list[Range]]]) -> None:
    """For who never looked into the other thread; the moment stays that of their own reading."""
    rows = [
        {"user_id": row.user_id, "thread_id": other.id, "seen": _written(places), "read_at": row.read_at}
        for row, places in carried
    ]
    if rows:
        db.session.execute(insert(Reading), rows)


def _written(places: Iterable[Range]) -> str:
    return write_ranges(shortened(joined(places)))


def _places_after(seen: Iterable[Range], seqs: Sequence[int], first: int) -> list[Range]:
    """Where what was seen of these seqs stands when they follow each other from ``first`` on."""
    found = ((bisect_left(seqs, start), bisect_right(seqs, end)) for start, end in seen)
    return [(first + begin, first + end - 1) for begin, end in found if begin < end]


def _locked(*which: ColumnElement[bool]) -> list[Reading]:
    """These readings, each person's once, held and read anew."""
    held = select(Reading).where(*which).order_by(Reading.user_id).with_for_update(key_share=True, of=Reading)
    return list(db.session.scalars(held.execution_options(populate_existing=True)))
