"""Taking back what a measure did, because somebody else found that it should not have been.

Inside a running action, which asked its own policy: whoever decides an appeal is no moderator of the place.
Locks in the order of the whole room: the thread, the post, the case.
"""

from sqlalchemy import Select, update

from civicforum.accounts.actions.taking import give_back
from civicforum.accounts.models import Actor, User
from civicforum.agreement.limits.setting import end_limit, settle_suspension
from civicforum.agreement.models import Limit
from civicforum.db import db, lock, now
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post, Thread
from civicforum.moderation import queries
from civicforum.moderation.actions.recording import record_of
from civicforum.moderation.kinds import TAKES_BACK
from civicforum.moderation.models import Case, Flag, Measure

TAKES_DOWN = ("hide", "remove", "decline")
DOWN = ("hidden", "removed", "declined")


def undo_measure(actor: Actor, measure: Measure, reason: str, role: str | None = None) -> None:
    """Restore what ``measure`` did: the words are shown, a limit ends, a name is theirs again. Those who
    flagged were not right then, unless another measure keeps the words down, or this one was a limit.

    A line ``overturned`` goes into the public log; ``role`` says in it who decided, where that is no
    moderator. Doing it twice changes nothing. What was blacked out does
    not come back: it is kept nowhere. ``reason`` is kept by whoever calls: the log has no words.
    """
    post = lock_measure(measure)
    if measure.overturned_at is not None:
        return
    measure.overturned_at = now()
    db.session.flush()
    if post is not None and measure.action in TAKES_DOWN and _is_what_hides(measure, post):
        _put_back(measure, post)
    if measure.limit_id is not None:
        end_measured(lock(Limit, measure.limit_id))
    if measure.action in TAKES_BACK:
        _give_back(measure)
    measure.case.version += 1
    if measure.limit_id is None and not _is_down(post):
        _disagree(measure.case)
        _close(measure.case)
    record_of(actor, measure.case, "overturned", measure.rule, post, thread_of(measure.case), role=role)
    db.session.flush()


def lock_measure(measure: Measure) -> Post | None:
    """Hold what the measure is about, in the order of the whole room; the post, if there is one."""
    case = measure.case
    post = db.session.get(Post, case.target_id) if case.target_type == "post" else None
    if post is not None:
        lock(Thread, post.thread_id)
        lock(Post, post.id)
    elif case.target_type == "thread":
        lock(Thread, case.target_id)
    else:
        lock(User, case.target_id)
    lock(Case, case.id)
    lock(Measure, measure.id)
    return post


def _give_back(measure: Measure) -> None:
    """The name or the words as they were, unless the person has chosen others since."""
    person = db.session.get_one(User, measure.case.target_id)
    if measure.was is not None and person.erased_at is None:
        give_back(person, measure.was)


def thread_of(case: Case) -> Thread | None:
    return db.session.get(Thread, case.target_id) if case.target_type == "thread" else None


def _is_what_hides(measure: Measure, post: Post) -> bool:
    """Whether the post is down because of this measure, and of no later one that stands."""
    if post.state not in DOWN:
        return False
    later = _state_changes(post).where(Measure.action.in_(TAKES_DOWN), Measure.id > measure.id)
    return db.session.scalar(later.limit(1)) is None


def _put_back(measure: Measure, post: Post) -> None:
    """As it was before this measure: shown, or hidden by an earlier one that stands, and may be mended."""
    before = _state_changes(post).where(Measure.id < measure.id).order_by(Measure.id.desc())
    earlier = db.session.scalar(before.limit(1))
    if earlier is None or earlier.action == "restore" or earlier.rule is None:
        discussions.put_back(post)
        return
    discussions.keep_hidden(post, earlier.rule)
    _close(measure.case)
    earlier.case.state, earlier.case.closed_at = "decided", None


def _state_changes(post: Post) -> Select[Measure]:
    """What was done in all cases about a post that took it down or showed it again, and stands."""
    return queries.measures_about("post", post.id).where(
        Measure.action.in_((*TAKES_DOWN, "restore")), Measure.overturned_at.is_(None)
    )


def _is_down(post: Post | None) -> bool:
    """Whether another measure keeps it down: then who flagged it was right, and it may still be mended."""
    return post is not None and post.state in DOWN


def end_measured(limit: Limit) -> None:
    """End a limit before its time, with everything that hangs on it."""
    if not end_limit(limit):
        return
    if limit.kind == "suspend" and limit.user_id is not None:
        settle_suspension(limit.user_id)
    if limit.user_id is None:
        discussions.show_pace(limit.place)


def _disagree(case: Case) -> None:
    theirs = update(Flag).where(Flag.case_id == case.id, Flag.state == "agreed")
    db.session.execute(theirs.values(state="disagreed"))


def _close(case: Case) -> None:
    if queries.open_flags(case):
        # Somebody flagged it since, and waits for an answer.
        case.state, case.closed_at = "open", None
    elif case.state in ("decided", "second_look"):
        case.state, case.closed_at = "closed", now()
