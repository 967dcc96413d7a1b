"""Thirty seconds: in a thread with a delay, what is said is shown to others a little later, each once.

A job shows it. Where the worker is late, whoever looks at the thread or speaks in it shows it as well: what
is due is looked up under the lock of the thread, and what waits no longer is not found again.
"""

from datetime import datetime

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.agreement.limits.models import DELAY
from civicforum.agreement.limits.queries import shared_limit
from civicforum.agreement.marks import mark_listed
from civicforum.db import find_locked, lock, now, transactional
from civicforum.discussions import queries
from civicforum.discussions.actions.publishing import forget_hold, publish, words_to_check
from civicforum.discussions.actions.room import nudge_if_loud
from civicforum.discussions.models import Post, Thread
from civicforum.errors import require


@transactional
def show_due(actor: Actor, thread_id: int) -> None:
    """Show what has waited its seconds in a thread, in its order; the house does it.

    Locks the thread, then each post. Doing it twice shows nothing twice.
    """
    require(actor is SYSTEM)
    thread = find_locked(Thread, thread_id)
    if thread is not None:
        show_waiting(thread, now())


def show_unless_delayed(thread: Thread) -> None:
    """Where the delay is over, show what still waits. The thread is locked."""
    if shared_limit(thread.channel, DELAY) is None:
        show_waiting(thread)


def show_waiting(thread: Thread, due_by: datetime | None = None) -> None:
    """Show what waits its seconds, in its order: all of it, or what is due by then. The thread is locked."""
    for post_id in queries.list_delayed(thread.id, due_by):
        post = lock(Post, post_id)
        is_new = post.seq is None
        forget_hold(post)
        publish(thread, post)
        mark_listed("post", post.id, _all_words(post))
        if is_new:
            nudge_if_loud(post)


def _all_words(post: Post) -> str:
    poll = queries.find_poll(post.id)
    asked = [poll.question, *(option.text for option in poll.options)] if poll else []
    return "\n".join([words_to_check(post), *asked])
