"""The ways through a long thread: its start, what is new, what was answered, the latest, the end."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from civicforum.accounts.models import Actor
from civicforum.discussions import queries
from civicforum.discussions.addresses import page_start, thread_url
from civicforum.discussions.models import Post, Thread


@dataclass(frozen=True)
class Stop:
    """Somewhere to go in a thread; ``state`` is that of the voice that was answered there."""

    url: str
    seq: int
    state: str | None = None


@dataclass(frozen=True)
class Rail:
    start: Stop
    new: Stop | None
    new_count: int
    answered: Sequence[Stop]
    latest: Stop
    end: Stop
    read_url: str | None


def make_rail(person: Actor, thread: Thread, new: queries.NewToYou, first_new: int | None) -> Rail:
    latest = max(1, thread.last_seq)
    return Rail(
        start=_stop(thread, 1),
        new=_stop(thread, first_new, "new") if first_new else None,
        new_count=new.count if first_new else 0,
        answered=[_stop(thread, seq, state=state) for seq, state in queries.list_answered(thread)],
        latest=_stop(thread, latest),
        end=_stop(thread, latest, "reply"),
        read_url=url_for("discussions.mark_read", thread_id=thread.id) if person.is_authenticated else None,
    )


def _stop(thread: Thread, seq: int, anchor: str | None = None, state: str | None = None) -> Stop:
    return Stop(thread_url(thread, start=page_start(seq), _anchor=anchor or f"post-{seq}"), seq, state)


def seen_url(person: Actor, thread: Thread, shown: Sequence[Post]) -> str | None:
    """What a browser without scripts loads, to say that it showed these."""
    if not person.is_authenticated or not shown:
        return None
    return url_for("discussions.seen", thread_id=thread.id, first=str(shown[0].seq), last=str(shown[-1].seq))
