"""Ending a thread with what came out of it, and going on."""

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.db import now, transactional
from civicforum.discussions import policies
from civicforum.discussions.actions.publishing import author_of, lock_thread, record_change, show_thread
from civicforum.discussions.models import Thread
from civicforum.discussions.words import Words, prepare_conclusion
from civicforum.errors import Conflict, require


@transactional
def close_thread(actor: Actor, thread_id: int, conclusion: str | Words) -> Thread:
    """Take no more posts in a thread; what came out of it stands at its top from now on.

    Locks the thread. A closed one gets the conclusion it still lacks (it was full), or a better one. Raises
    NotAllowed for all but organizers and moderators, Invalid without a word of conclusion.
    """
    words = prepare_conclusion(conclusion)
    thread = _lock(actor, thread_id)
    if thread.status not in ("open", "closed"):
        raise Conflict(_not_now(thread))
    if thread.conclusion == words.body:
        return thread
    if thread.status == "open":
        thread.status, thread.closed_at = "closed", now()
    if thread.conclusion is not None:
        record_change(actor, thread, "concluded", before=thread.conclusion)
    thread.conclusion, thread.conclusion_html = words.body, words.html
    thread.concluded_by = author_of(actor)
    show_thread(thread)
    return thread


@transactional
def open_thread(actor: Actor, thread_id: int) -> Thread:
    """Take posts again in a closed thread; the conclusion that it had stays in its record.

    Locks the thread. Raises NotAllowed as ``close_thread``, Conflict where it is full or merged.
    """
    thread = _lock(actor, thread_id)
    if thread.status == "open":
        return thread
    if thread.status != "closed":
        raise Conflict(_not_now(thread))
    if thread.is_full:
        raise Conflict(_("This thread has as many comments as it can hold. It goes on in another one."))
    record_change(actor, thread, "opened", before=thread.conclusion)
    thread.status, thread.closed_at = "open", None
    thread.conclusion = thread.conclusion_html = thread.concluded_by = None
    show_thread(thread)
    return thread


def _lock(actor: Actor, thread_id: int) -> Thread:
    thread = lock_thread(actor, thread_id)
    require(
        policies.can_close_thread(actor, thread),
        _("Only this project's organizers and moderators close and open its threads."),
    )
    return thread


def _not_now(thread: Thread) -> str:
    if thread.status == "merged":
        return _("This thread is part of another one now.")
    return _("This thread is still being checked.")
