"""What is known before anybody speaks: a locked or slow thread, and who may not write there for a time."""

from datetime import datetime, timedelta

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Actor
from civicforum.agreement.limits.models import EVERYWHERE, Limit
from civicforum.agreement.limits.queries import own_limit
from civicforum.agreement.limits.setting import set_limit
from civicforum.agreement.limits.words import lock_sentence, own_sentence, wait_sentence
from civicforum.agreement.models import Rule
from civicforum.db import find_locked, lock, now, transactional
from civicforum.discussions import queries
from civicforum.discussions.actions.delays import show_unless_delayed
from civicforum.discussions.actions.publishing import show_thread
from civicforum.discussions.models import Thread
from civicforum.errors import Conflict, Limited, TooMany, require
from civicforum.partnerships.models import Project


def check_limits(actor: Actor, thread: Thread) -> None:
    """Refuse who is muted here or silenced (Limited), everybody in a locked thread (Conflict), and whoever
    spoke a moment ago in a slow one (TooMany), organizers and moderators too."""
    limits = queries.limits_on_speaking(actor, thread)
    own = next((limit for limit in limits if limit.user_id is not None), None)
    if own is not None:
        raise Limited(own_sentence(own))
    shared = {limit.kind: limit for limit in limits}
    if "lock" in shared and actor is not SYSTEM:
        raise Conflict(lock_sentence(shared["lock"]))
    _check_pace(actor, thread, shared.get("slow"))


def check_own_limit(actor: Actor, thread: Thread) -> None:
    """Refuse who may not write here for a time, whatever else they may do."""
    own = queries.own_limit_in(actor, thread)
    if own is not None:
        raise Limited(own_sentence(own))


def check_silence(actor: Actor, project: Project) -> None:
    """Refuse who may not write in the project, where no thread is there yet."""
    own = own_limit(actor, [f"project:{project.id}", EVERYWHERE])
    if own is not None:
        raise Limited(own_sentence(own))


def _check_pace(actor: Actor, thread: Thread, slow: Limit | None) -> None:
    again_at = queries.slow_until(actor, thread, slow)
    if slow is not None and again_at is not None:
        seconds = int((again_at - now()).total_seconds()) + 1
        raise TooMany(wait_sentence(slow, again_at), retry_after=seconds)


def set_pace(thread: Thread, kind: str, until: datetime, rule: Rule, minutes: int | None = None) -> Limit:
    """Make the thread slow, locked or delayed until then; inside a running action that holds it."""
    limit = set_limit(kind, thread.channel, until, rule, minutes=minutes)
    show_thread(thread)
    jobs.enqueue(
        "discussions.end_limits",
        unique_key=f"limit:{limit.id}",
        run_at=until + timedelta(seconds=1),
        thread_id=thread.id,
    )
    return limit


def show_pace(place: str) -> None:
    """Let watchers see that a thread's limit is over, and what its delay kept back; in a running action."""
    thread = lock(Thread, int(place.removeprefix("thread:")))
    show_unless_delayed(thread)
    show_thread(thread)


@transactional
def tell_limits_ended(actor: Actor, thread_id: int) -> None:
    """Let watchers see that a limit's time is over; the house does it at the end. Locks the thread."""
    require(actor is SYSTEM)
    thread = find_locked(Thread, thread_id)
    if thread is not None:
        show_unless_delayed(thread)
        show_thread(thread)
