"""Several changes of a whole thread at once, as the API asks for them: all of them, or none."""

from dataclasses import dataclass, field

from civicforum.accounts.models import Actor
from civicforum.db import transactional
from civicforum.discussions.actions.closing import close_thread, open_thread
from civicforum.discussions.actions.publishing import lock_thread
from civicforum.discussions.actions.shaping import Shape, archive_thread, pin_thread, shape_thread
from civicforum.discussions.models import Thread
from civicforum.discussions.words import Words


@dataclass(frozen=True)
class Change:
    """What a thread is to become; None leaves as it is. ``conclusion`` goes with the status closed."""

    shape: Shape = field(default_factory=Shape)
    is_archived: bool | None = None
    is_pinned: bool | None = None
    status: str | None = None
    conclusion: str | Words = ""


@transactional
def change_thread(actor: Actor, thread_id: int, change: Change) -> Thread:
    """Do all that ``change`` asks for; what one of its parts refuses undoes the others.

    Locks the thread, then perhaps its project. Raises what the actions it stands for raise.
    """
    thread = lock_thread(actor, thread_id)
    if change.is_archived is False:
        archive_thread(actor, thread_id, False)
    if change.status == "open":
        open_thread(actor, thread_id)
    if change.shape != Shape(reason=change.shape.reason):
        shape_thread(actor, thread_id, change.shape)
    if change.is_pinned is not None:
        pin_thread(actor, thread_id, change.is_pinned)
    if change.status == "closed":
        close_thread(actor, thread_id, change.conclusion)
    if change.is_archived:
        archive_thread(actor, thread_id, True)
    return thread
