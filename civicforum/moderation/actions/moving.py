"""Moving, splitting and joining threads in public: each leaves a line in the log, and cases go along.

What is done with the threads is the room's below; here stands what it means for cases, for meetings, and for
the record. Locks are taken in the order of the whole room: threads, then posts, then cases.
"""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import update

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.db import db, transactional
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Thread
from civicforum.discussions.queries import get_thread
from civicforum.errors import Conflict
from civicforum.moderation.log import about_thread, record_line
from civicforum.moderation.models import Case, Rating
from civicforum.moderation.queries.waiting import is_in_thread
from civicforum.moderation.telling import queue_changed
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_moderate
from civicforum.townhalls.queries import is_discussed_in


@transactional
def move_thread(actor: Actor, thread_id: int, project_id: int, reason: str) -> Thread:
    """Give a thread to another project, together with its cases and ratings; see ``discussions.move_thread``.

    Conflict where a meeting is discussed in it: that stays with its meeting.
    """
    _check_no_meeting(get_thread(actor, thread_id))
    thread = discussions.move_thread(actor, thread_id, project_id, reason)
    theirs = update(Case).where(is_in_thread(thread.id))
    db.session.execute(theirs.values(project_id=thread.project_id))
    queue_changed()
    db.session.execute(
        update(Rating)
        .where(Rating.kind == "thread", Rating.object_id == thread.id)
        .values(project_id=thread.project_id)
    )
    _record(actor, "move", thread, f"project:{thread.project_id}")
    return thread


@transactional
def split_thread(
    actor: Actor,
    thread_id: int,
    post_ids: Sequence[int],
    into: int | str,
    reason: str,
    with_replies: bool = False,
) -> Thread:
    """Take comments out of a thread into another, in public; see ``discussions.split_thread``."""
    thread = get_thread(actor, thread_id)
    other = discussions.split_thread(actor, thread_id, post_ids, into, reason, with_replies)
    _record(actor, "split", thread, other.channel)
    return other


@transactional
def merge_threads(actor: Actor, thread_id: int, into_id: int, reason: str) -> Thread:
    """Put all comments of a thread into another, in public; see ``discussions.merge_threads``.

    Conflict where a meeting is discussed in the one that would end.
    """
    thread = get_thread(actor, thread_id)
    _check_no_meeting(thread)
    other = discussions.merge_threads(actor, thread_id, into_id, reason)
    _record(actor, "merge", thread, other.channel)
    return other


def _check_no_meeting(thread: Thread) -> None:
    if is_discussed_in(thread.id):
        raise Conflict(_("A meeting is discussed in this thread, so it stays where the meeting is."))


def _record(actor: Actor, action: str, thread: Thread, place: str) -> None:
    record_line(
        action=action,
        **about_thread(thread, place),
        rule="",
        actor_role=_role_of(actor, thread.project),
        case_id=None,
    )


def _role_of(actor: Actor, project: Project) -> str:
    """The role in which it was done, without a name."""
    if actor is SYSTEM:
        return "automatic"
    if actor.has_role("moderator"):
        return "moderator"
    return "project moderator" if can_moderate(actor, project) else "organizer"
