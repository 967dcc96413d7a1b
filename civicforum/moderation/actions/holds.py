"""What was held before it was published."""

from collections.abc import Iterable

from flask_babel import gettext as _

from civicforum import jobs
from civicforum.accounts.models import Actor
from civicforum.agreement import actions as agreement
from civicforum.agreement.limits.models import DELAY
from civicforum.agreement.models import Hold
from civicforum.db import db, lock, now, transactional
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.policies import can_see_post
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.moderation import policies, queries
from civicforum.moderation.actions.cases import open_case
from civicforum.moderation.actions.claims import forget_claim
from civicforum.moderation.actions.deeds import Deed, check_deed, own_cause
from civicforum.moderation.actions.recording import open_flaggers, record_measure, settle_flags, tell_flaggers
from civicforum.moderation.actions.ties import check_ties_to
from civicforum.moderation.models import MAX_REASON
from civicforum.notifications.actions import notify


@transactional
def decide_hold(actor: Actor, hold_id: int, deed: Deed) -> Post:
    """Publish a comment that waits, or decline it and tell its author the rule and why.

    ``approve`` with a reason publishes it and asks its author for a change. Locks the thread, the post, then
    the hold. Raises Conflict where another moderator decided meanwhile.
    """
    found = db.session.get(Hold, hold_id)
    if found is None or found.kind != "post":
        raise NotFound
    post = _lock_place(actor, found.object_id)
    hold = lock(Hold, hold_id)
    require(policies.can_work_in(actor, post.thread.project) and hold.author_id != actor.id, own_cause())
    if hold.decided_at is not None:
        raise Conflict(_("Another moderator decided this meanwhile. Nothing of yours was done."))
    forget_claim(hold)
    if deed.action == "approve":
        return _approve(actor, hold, _asked(deed))
    check_ties_to(actor, post.id)
    return _decline(actor, hold, deed, post.thread.project_id)


def _lock_place(actor: Actor, post_id: int) -> Post:
    """The post, with its thread held; without all that a page tells of it: many are decided at once."""
    post = db.session.get(Post, post_id)
    if post is None:
        raise NotFound
    lock(Thread, post.thread_id)
    if not can_see_post(actor, post):
        raise NotFound
    return post


def _asked(deed: Deed) -> str:
    """What the author is asked to change in what is published; blank for nothing."""
    if len(deed.reason) > MAX_REASON:
        raise Invalid(errors={"reason": [_("Keep it under %(most)d characters.", most=MAX_REASON)]})
    return deed.reason.strip()


def _approve(actor: Actor, hold: Hold, asked: str) -> Post:
    post = discussions.approve_post(actor, hold.object_id)
    agreement.decide_hold(actor, hold.id, "approved", reason=asked)
    if asked:
        notify([post.author_id], "post_edit_asked", "post_case", post.id, actor_id=actor.id)
    elif hold.cause != DELAY:
        notify([post.author_id], "post_approved", "post", post.id, actor_id=actor.id)
    return post


@transactional
def decide_holds(actor: Actor, thread_id: int, hold_ids: Iterable[int], deed: Deed) -> int:
    """Decide alike about several comments that wait in one thread; gives how many, those of others not.

    Locks the thread, then as ``decide_hold`` one after another. What somebody decided meanwhile, what waits
    elsewhere, and one's own words are left out. Raises NotFound for who does not moderate there.
    """
    thread = lock(Thread, thread_id)
    if not policies.can_work_in(actor, thread.project):
        raise NotFound
    chosen = set(hold_ids)
    waiting = [hold for hold in queries.list_held(actor, thread) if hold.id in chosen]
    for hold in waiting:
        decide_hold(actor, hold.id, deed)
    return len(waiting)


def _decline(actor: Actor, hold: Hold, deed: Deed, project_id: int) -> Post:
    rule = check_deed(Deed("hide", deed.rule, deed.reason), project_id=project_id)
    assert rule is not None
    post = discussions.decline_post(actor, hold.object_id, rule)
    agreement.decide_hold(actor, hold.id, "declined", rule, deed.reason.strip())
    # A thread's delay catches nothing by itself: a moderator saw it.
    case = open_case(actor, "post", post.id, source="moderator" if hold.cause == DELAY else "hold")
    declined = Deed("decline", deed.rule, deed.reason)
    measure = record_measure(actor, case, declined, rule, post)
    # It may have been flagged as it read before the edit that was held.
    flaggers = open_flaggers(case)
    settle_flags(case, declined)
    tell_flaggers(actor, measure, post, flaggers)
    case.state, case.closed_at, case.version = "closed", now(), case.version + 1
    notify([post.author_id], "post_decline", "post_case", post.id, actor_id=actor.id)
    jobs.enqueue("moderation.tell_author", unique_key=f"measure:{measure.id}:author", measure_id=measure.id)
    return post
