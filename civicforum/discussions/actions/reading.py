"""What somebody has seen of a thread; nobody else is told."""

from collections.abc import Iterable
from contextlib import suppress

from sqlalchemy.exc import IntegrityError

from civicforum.accounts.models import Actor
from civicforum.db import db, lock, now, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.models import Reading, Thread
from civicforum.discussions.ranges import Range, joined, shortened, within, without, write_ranges
from civicforum.errors import require
from civicforum.live.changes import touch


@transactional
def mark_seen(actor: Actor, thread_id: int, places: Iterable[Range] | None = None) -> Reading:
    """Note that the actor has seen these places of a thread, as (first, last) seqs; None: all of it.

    What lies outside the thread is left out; seeing twice changes nothing. Locks the actor's own row alone.
    """
    thread = _thread(actor, thread_id)
    reading = _lock_reading(actor, thread)
    now_seen = [(1, thread.last_seq)] if places is None else places
    return _keep(reading, shortened(within([*reading.ranges, *now_seen], thread.last_seq)))


@transactional
def mark_new_from(actor: Actor, thread_id: int, seq: int) -> Reading:
    """Let the thread be new to the actor again from this place on. Locks the actor's own row alone."""
    thread = _thread(actor, thread_id)
    reading = _lock_reading(actor, thread)
    return _keep(reading, without(reading.ranges, seq))


def _thread(actor: Actor, thread_id: int) -> Thread:
    thread = queries.get_thread(actor, thread_id)
    require(policies.can_keep_reading(actor, thread))
    return thread


def _lock_reading(actor: Actor, thread: Thread) -> Reading:
    """The actor's row of this thread, held; made where they never looked into it."""
    found = queries.reading_id(actor, thread.id)
    if found is None:
        # Another page of theirs may make it first: then ours waits for its lock.
        with suppress(IntegrityError), db.session.begin_nested():
            db.session.add(Reading(user_id=actor.id, thread_id=thread.id, read_at=now()))
        found = queries.reading_id(actor, thread.id)
        touch(f"reading:{actor.id}", "reading", found or 0)
    return lock(Reading, found)


def _keep(reading: Reading, seen: Iterable[Range]) -> Reading:
    written = write_ranges(joined(seen))
    if written != reading.seen:
        reading.seen, reading.read_at = written, now()
        touch(reading.channel, "reading", reading.id)
    db.session.flush()
    return reading
