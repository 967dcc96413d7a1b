"""Making room: a quiet word with whoever fills a thread, and a slower pace for those who wrote most."""

from datetime import datetime, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Actor
from civicforum.agreement.queries import mask_words
from civicforum.db import db, now, transactional
from civicforum.discussions import policies, queries
from civicforum.discussions.actions.publishing import lock_thread
from civicforum.discussions.models import (
    MAX_ROOM_REASON,
    ROOM_HOURS,
    ROOM_MINUTES,
    MadeRoom,
    Nudge,
    Post,
    Thread,
)
from civicforum.errors import Conflict, Invalid, NotFound, TooMany, require
from civicforum.live.changes import touch
from civicforum.notifications.actions import notify
from civicforum.text import clean_text
from civicforum.voices.balance import is_loud
from civicforum.web.filters import clock


@transactional
def make_room(actor: Actor, thread_id: int, hours: int, minutes: int, reason: str) -> MadeRoom:
    """For ``hours``, let those who wrote most in a thread write once in ``minutes``; whoever sets it, too.

    Another room that is made there ends. Locks the thread. Raises NotAllowed for who does not run the talk
    here, Conflict in a closed thread, Invalid for other times than are offered and for no reason.
    """
    thread = _lock_to_make_room(actor, thread_id)
    why = _checked(hours, minutes, reason)
    if not thread.is_open or not thread.project.is_open:
        raise Conflict(_("Nothing is added to this thread, so there is no room to make."))
    _end(queries.find_room(thread.id))
    room = MadeRoom(
        thread_id=thread.id,
        minutes=minutes,
        ends_at=now() + timedelta(hours=hours),
        reason=why,
        role=room_role(actor, thread),
        made_by_id=actor.id,
    )
    db.session.add(room)
    _tell(thread)
    jobs.enqueue(
        "discussions.end_room", unique_key=f"room:{thread.id}", run_at=room.ends_at, thread_id=thread.id
    )
    return room


def _lock_to_make_room(actor: Actor, thread_id: int) -> Thread:
    thread = lock_thread(actor, thread_id)
    require(
        policies.can_make_room(actor, thread),
        _("Only this project's organizers and moderators make room in its threads."),
    )
    return thread


def room_role(actor: Actor, thread: Thread) -> str:
    """The role in which this person runs the talk, as everybody is told it."""
    return "moderator" if policies.can_moderate_thread(actor, thread) else "organizer"


def _checked(hours: int, minutes: int, reason: str) -> str:
    """The reason, in one clean line."""
    line = mask_words(" ".join(clean_text(reason).split()))
    errors: dict[str, list[str]] = {}
    if hours not in ROOM_HOURS:
        errors["hours"] = [_("Choose one of: %(choices)s.", choices=", ".join(map(str, ROOM_HOURS)))]
    if minutes not in ROOM_MINUTES:
        errors["minutes"] = [_("Choose one of: %(choices)s.", choices=", ".join(map(str, ROOM_MINUTES)))]
    if not line:
        errors["reason"] = [_("Say why, in a sentence that everybody here reads.")]
    elif len(line) > MAX_ROOM_REASON:
        errors["reason"] = [_("Keep the reason under %(most)d characters.", most=MAX_ROOM_REASON)]
    if errors:
        raise Invalid(errors=errors)
    return line


@transactional
def end_room(actor: Actor, thread_id: int) -> None:
    """Let everybody write as always again, before the time is over. Locks the thread.

    Raises NotAllowed as ``make_room``, Conflict where no room is made (any more).
    """
    thread = _lock_to_make_room(actor, thread_id)
    room = queries.find_room(thread.id)
    if room is None:
        raise Conflict(_("No room is made here (any more): everybody writes as always."))
    _end(room)
    _tell(thread)


@transactional
def tell_room_ended(actor: Actor, thread_id: int) -> None:
    """Let watchers see that the time is over; the house does it at the end."""
    require(actor is SYSTEM)
    thread = db.session.get(Thread, thread_id)
    if thread is not None and queries.find_room(thread_id) is None:
        touch(thread.channel, "thread", thread.id)


def _end(room: MadeRoom | None) -> None:
    if room is not None:
        room.ended_at = now()


def _tell(thread: Thread) -> None:
    touch(thread.channel, "thread", thread.id)
    db.session.flush()


# --- what it means for whoever speaks ---


def check_room(actor: Actor, thread: Thread) -> None:
    """Refuse who wrote most until their minutes are over: TooMany, with when they may write again."""
    again_at = queries.speaks_again_at(actor, thread.id)
    if again_at is None:
        return
    seconds = int((again_at - now()).total_seconds()) + 1
    raise TooMany(room_sentence(again_at), retry_after=seconds)


def room_sentence(again_at: datetime) -> str:
    minutes = max(1, round((again_at - now()).total_seconds() / 60))
    return ngettext(
        "Room is being made for others here. You can write again in %(num)d minute, at %(time)s. Your words"
        " are kept.",
        "Room is being made for others here. You can write again in %(num)d minutes, at %(time)s. Your words"
        " are kept.",
        minutes,
        time=clock(again_at),
    )


def nudge_if_loud(post: Post) -> None:
    """Tell whoever wrote much of a thread so, once and in private. The thread is locked."""
    if post.author_id is None:
        return
    part = queries.count_part(post.thread_id, post.author_id)
    if part is None or not is_loud(part.own_posts, part.posts, part.people):
        return
    known = select(Nudge.id).where(Nudge.thread_id == post.thread_id, Nudge.user_id == post.author_id)
    if db.session.scalar(known) is not None:
        return
    db.session.add(
        Nudge(
            thread_id=post.thread_id,
            user_id=post.author_id,
            own_posts=part.own_posts,
            posts=part.posts,
            people=part.people,
        )
    )
    notify([post.author_id], "nudge", "nudge", post.thread_id)


@transactional
def dismiss_nudge(actor: Actor, thread_id: int) -> None:
    """Put one's own nudge away; doing it twice changes nothing. NotFound where there never was one."""
    nudge = db.session.scalar(
        select(Nudge).where(Nudge.thread_id == thread_id, Nudge.user_id == (actor.id or 0))
    )
    if nudge is None:
        raise NotFound
    nudge.dismissed_at = nudge.dismissed_at or now()
