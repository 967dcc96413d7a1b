"""Making room in a thread, as a measure that stands in the public log like every other."""

from civicforum.accounts.models import Actor
from civicforum.db import transactional
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import MadeRoom
from civicforum.discussions.queries import get_thread
from civicforum.moderation.log import about_thread, record_line


@transactional
def make_room(actor: Actor, thread_id: int, hours: int, minutes: int, reason: str) -> MadeRoom:
    """Make room in a thread, and write so into the public log. Locks and raises as the deed itself."""
    room = discussions.make_room(actor, thread_id, hours, minutes, reason)
    _record(actor, "make_room", thread_id)
    return room


@transactional
def end_room(actor: Actor, thread_id: int) -> None:
    """Make room no longer, and write so into the public log. Locks and raises as the deed itself."""
    discussions.end_room(actor, thread_id)
    _record(actor, "end_room", thread_id)


def _record(actor: Actor, action: str, thread_id: int) -> None:
    thread = get_thread(actor, thread_id)
    record_line(
        action=action,
        **about_thread(thread),
        rule="",
        actor_role=discussions.room_role(actor, thread),
        case_id=None,
    )
