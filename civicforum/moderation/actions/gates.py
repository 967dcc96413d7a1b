"""Reading first in a thread, as a measure that stands in the public log like every other."""

from civicforum.accounts.models import Actor
from civicforum.db import transactional
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Gate, Thread
from civicforum.discussions.queries import get_thread
from civicforum.moderation.actions.deeds import role_in
from civicforum.moderation.log import about_thread, record_line


@transactional
def set_gate(
    actor: Actor, thread_id: int, hours: int, whom: str, reason: str, takes_back: bool = False
) -> Gate:
    """Let comments in a thread be read first, and write so into the log. Locks and raises as the deed."""
    gate = discussions.set_gate(actor, thread_id, hours, whom, reason, takes_back)
    _record(actor, f"gate_{whom}", get_thread(actor, thread_id))
    return gate


@transactional
def end_gate(actor: Actor, thread_id: int) -> None:
    """Let comments be shown at once again, and write so into the public log. Locks and raises as the deed."""
    discussions.end_gate(actor, thread_id)
    _record(actor, "end_gate", get_thread(actor, thread_id))


def _record(actor: Actor, action: str, thread: Thread) -> None:
    record_line(
        action=action,
        **about_thread(thread),
        rule="",
        actor_role=role_in(actor, thread.project),
        case_id=None,
    )
