"""Reading first: for a bad hour, what is said in a thread waits for a moderator."""

from datetime import timedelta

from flask_babel import gettext as _

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Actor
from civicforum.agreement.limits.models import DELAY
from civicforum.agreement.limits.queries import shared_limit
from civicforum.agreement.queries import find_cause, find_hold, is_newcomer, mask_words
from civicforum.db import db, lock, now, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.publishing import hold, lock_thread
from civicforum.discussions.models import GATE_HOURS, GATE_WHOM, MAX_GATE_REASON, Gate, Post, Thread
from civicforum.errors import Conflict, Invalid, require
from civicforum.live.changes import touch
from civicforum.notifications.actions import notify
from civicforum.text import clean_text

TAKEN_BACK = timedelta(hours=1)


def find_reason_to_wait(actor: Actor, post: Post, text: str, html: str | None = None) -> str | None:
    """Why a moderator reads this before it is shown; None: it is shown at once. The thread is locked.

    ``list`` and ``links`` as ``find_cause``. ``thread``: it has a gate. ``newcomer``: one of somebody's first
    two comments, while a moderator is on duty. Whoever moderates the thread does not wait for themselves.
    ``delay``: nothing of that, but the thread has a delay, which is everybody's.
    """
    cause = _find_reason_to_read(actor, post, text, html)
    return cause or (DELAY if _waits_its_seconds(post) else None)


def _waits_its_seconds(post: Post) -> bool:
    """What a moderator has yet to read goes on waiting for that, however its words are changed."""
    if shared_limit(post.thread.channel, DELAY) is None:
        return False
    held = find_hold("post", post.id)
    return held is None or held.decided_at is not None or held.cause == DELAY


def _find_reason_to_read(actor: Actor, post: Post, text: str, html: str | None) -> str | None:
    cause = find_cause(actor, text, html)
    if cause or policies.can_moderate_thread(actor, post.thread):
        return cause
    is_new = is_newcomer(actor)
    gate = queries.find_gate(post.thread_id)
    if gate is not None and (is_new or gate.whom == "everybody"):
        return "thread"
    if not is_new or queries.count_stood_before(actor, post.id) >= queries.FIRST_POSTS:
        return None
    return "newcomer" if queries.on_duty_until(post.thread.project, actor) else None


@transactional
def set_gate(
    actor: Actor, thread_id: int, hours: int, whom: str, reason: str, takes_back: bool = False
) -> Gate:
    """For ``hours``, let what newcomers (or all but moderators) say in a thread wait for a moderator.

    What only waits its seconds there does so, too. ``takes_back``: what newcomers said here within the last
    hour waits as well; nothing of it is lost, and they are told. Another gate ends. Locks the thread, then
    the posts it takes back. Raises NotAllowed for all but moderators, Conflict in a closed thread, Invalid
    for other choices than are offered and no reason.
    """
    thread = lock_thread(actor, thread_id)
    require(policies.can_set_gate(actor, thread), _("Only moderators of this project can do this."))
    why = _checked(hours, whom, reason)
    if not thread.is_open or not thread.project.is_open:
        raise Conflict(_("Nothing is added to this thread, so there is nothing to read first."))
    _end(queries.find_gate(thread.id))
    gate = Gate(
        thread_id=thread.id,
        whom=whom,
        ends_at=now() + timedelta(hours=hours),
        reason=why,
        set_by_id=actor.id,
    )
    db.session.add(gate)
    _tell(thread)
    jobs.enqueue(
        "discussions.end_gate", unique_key=f"gate:{thread.id}", run_at=gate.ends_at, thread_id=thread.id
    )
    if takes_back:
        _take_back(thread)
    _catch(thread, gate)
    return gate


def _checked(hours: int, whom: str, reason: str) -> str:
    """The reason, in one clean line."""
    line = mask_words(" ".join(clean_text(reason).split()))
    errors: dict[str, list[str]] = {}
    if hours not in GATE_HOURS:
        errors["hours"] = [_("Choose one of: %(choices)s.", choices=", ".join(map(str, GATE_HOURS)))]
    if whom not in GATE_WHOM:
        errors["whom"] = [_("Choose one of: %(choices)s.", choices=", ".join(GATE_WHOM))]
    if not line:
        errors["reason"] = [_("Say why, in a sentence that everybody here reads.")]
    elif len(line) > MAX_GATE_REASON:
        errors["reason"] = [_("Keep the reason under %(most)d characters.", most=MAX_GATE_REASON)]
    if errors:
        raise Invalid(errors=errors)
    return line


def _take_back(thread: Thread) -> None:
    """Let what newcomers said within the last hour wait as if the gate had been there."""
    for found in queries.list_said_since(thread, now() - TAKEN_BACK):
        post = lock(Post, found.id)
        author = post.writer
        if author is None or not is_newcomer(author) or policies.can_moderate_thread(author, thread):
            continue
        hold(author, post, "thread")
        notify([author.id], "post_held", "post_case", post.id)


def _catch(thread: Thread, gate: Gate) -> None:
    """What waits its seconds goes on waiting, as if it were said now."""
    for post_id in queries.list_delayed(thread.id):
        post = lock(Post, post_id)
        author = post.writer
        if author is None or policies.can_moderate_thread(author, thread):
            continue
        if gate.whom == "everybody" or is_newcomer(author):
            hold(author, post, "thread")
            notify([author.id], "post_held", "post_case", post.id)


@transactional
def end_gate(actor: Actor, thread_id: int) -> None:
    """Let everything be shown at once again, before the time is over; what waits goes on waiting.

    Locks the thread. Raises NotAllowed as ``set_gate``, Conflict where there is no gate (any more).
    """
    thread = lock_thread(actor, thread_id)
    require(policies.can_set_gate(actor, thread), _("Only moderators of this project can do this."))
    gate = queries.find_gate(thread.id)
    if gate is None:
        raise Conflict(_("Comments are shown at once here (again)."))
    _end(gate)
    _tell(thread)


@transactional
def tell_gate_ended(actor: Actor, thread_id: int) -> None:
    """Let watchers see that the time is over; the house does it at the end."""
    require(actor is SYSTEM)
    thread = db.session.get(Thread, thread_id)
    if thread is not None and queries.find_gate(thread_id) is None:
        touch(thread.channel, "thread", thread.id)


def _end(gate: Gate | None) -> None:
    if gate is not None:
        gate.ended_at = now()


def _tell(thread: Thread) -> None:
    touch(thread.channel, "thread", thread.id)
    db.session.flush()
