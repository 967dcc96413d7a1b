"""Asking for a second look, one more word on each side, and deciding by somebody who had no part in it.

Locks are taken in the order of the whole room: the thread, then the case, then the appeal.
"""

from datetime import timedelta

from flask_babel import gettext as _

from civicforum import jobs
from civicforum.accounts.models import Actor, User
from civicforum.db import db, lock, now, transactional
from civicforum.discussions.models import Thread
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.moderation import policies, queries, redress
from civicforum.moderation.actions.outcomes import settle_appeal, tell_asked
from civicforum.moderation.actions.recording_appeals import record_appeal
from civicforum.moderation.kinds import Softer
from civicforum.moderation.lots import make_secret
from civicforum.moderation.models import (
    MAX_APPEAL,
    MAX_REASON,
    OUTCOMES,
    TARGET_DAYS,
    Appeal,
    AppealMessage,
    Case,
    Measure,
)
from civicforum.notifications.actions import notify
from civicforum.web.site import get_site


@transactional
def appeal_measure(
    actor: Actor, case_id: int, text: str, by_lot: bool = False, measure_id: int | None = None
) -> Appeal:
    """Ask for a second look at what was done in a case (or, for who flagged, at that nothing was).

    ``by_lot``: three residents decide. Locks the thread and the case. Raises NotFound for who has no part in
    it, Invalid for no words or too few volunteers, Conflict if it is too late, was asked, or is undone.
    """
    case = lock_case(case_id)
    _case, measure = queries.get_contested(actor, case.id, measure_id)
    side = queries.side_of(actor, case)
    require(policies.can_appeal(actor, side))
    check_words("text", text, MAX_APPEAL)
    _check_facts(actor, case, measure)
    if by_lot and not queries.has_enough_volunteers(case):
        raise Invalid(errors={"way": [_("Too few residents have offered to decide. Choose the other way.")]})
    appeal = Appeal(
        measure=measure,
        case=case,
        person_id=actor.id,
        side=side or "",
        way="panel" if by_lot else "person",
        lot_secret=make_secret() if by_lot else None,
        text=text.strip(),
        due_at=now() + timedelta(days=TARGET_DAYS),
    )
    db.session.add(appeal)
    db.session.flush()
    record_appeal(appeal, "appealed", appeal.side)
    _tell_of_new(appeal)
    return appeal


def check_words(field: str, text: str, most: int) -> None:
    if not text.strip():
        raise Invalid(errors={field: [_("Say it in your own words.")]})
    if len(text) > most:
        raise Invalid(errors={field: [_("This is too long: at most %(max)d characters.", max=most)]})


def _check_facts(actor: Actor, case: Case, measure: Measure) -> None:
    site = get_site()
    if not redress.is_in_time(queries.told_at(case, measure), site.appeal_months, site.timezone, now()):
        raise Conflict(_("The time to ask for a second look is over. You can read which day was the last."))
    if queries.find_appeal(actor, measure) is not None:
        raise Conflict(_("You asked for a second look at this already; that is done once."))
    if queries.is_undone(case, measure):
        raise Conflict(_("This was taken back already, so there is nothing to look at again."))


def _tell_of_new(appeal: Appeal) -> None:
    notify(queries.list_who_acted(appeal.measure), "appeal_of_yours", "appeal", appeal.id, appeal.person_id)
    if appeal.way == "panel":
        jobs.enqueue("moderation.draw_panel", unique_key=f"lot:{appeal.id}", appeal_id=appeal.id)
    else:
        tell_asked(appeal)


@transactional
def withdraw_appeal(actor: Actor, appeal_id: int) -> Appeal:
    """Ask no longer for a second look. Doing it twice changes nothing; Conflict once it is decided.

    Locks the thread, the case and the appeal.
    """
    appeal = lock_appeal(actor, appeal_id)
    require(policies.can_withdraw_appeal(actor, appeal))
    if appeal.state == "withdrawn":
        return appeal
    check_open(appeal)
    appeal.state = "withdrawn"
    appeal.version += 1
    record_appeal(appeal, "withdrawn", appeal.side)
    db.session.flush()
    return appeal


@transactional
def say_in_appeal(actor: Actor, appeal_id: int, text: str) -> AppealMessage:
    """The one more message of a side: of who asked, or of those who acted or may decide.

    Locks the thread, the case and the appeal. Raises Conflict if the side has spoken, or it is over.
    """
    appeal = lock_appeal(actor, appeal_id)
    require(policies.can_say_in_appeal(actor, appeal))
    check_open(appeal)
    check_words("text", text, MAX_APPEAL)
    side = "asker" if policies.can_withdraw_appeal(actor, appeal) else "house"
    if queries.message_of(appeal, side) is not None:
        raise Conflict(_("Each side says one more thing, and this side has said it."))
    message = AppealMessage(appeal_id=appeal.id, side=side, author_id=actor.id, text=text.strip())
    db.session.add(message)
    db.session.flush()
    db.session.refresh(appeal, ["messages"])
    others = [appeal.person_id] if side == "house" else queries.list_who_hear(appeal)
    notify(others, "appeal_message", "appeal", appeal.id, actor_id=actor.id)
    return message


@transactional
def decide_appeal(
    actor: Actor, appeal_id: int, outcome: str, reason: str, version: int, softer: Softer | None = None
) -> Appeal:
    """Decide a second look: upheld, overturned (all of it is taken back) or varied.

    Varied is what is hidden (it may be mended again), or a limit: ``softer`` says what is left of it.
    ``version`` is the one that was read. Locks the thread, the case and the appeal, and asks under them who
    took part: NotAllowed for who acted, spoke in the thread, or is a party. Raises Invalid without a reason
    or for a limit that is no less, Conflict where another decided, it is over, or three residents decide.
    """
    appeal = lock_appeal(actor, appeal_id)
    # Whoever may see it may know that it is over; who decided it would else be told that they may not.
    check_open(appeal)
    require(queries.can_decide(actor, appeal), not_yours())
    if outcome not in OUTCOMES:
        raise Invalid(errors={"outcome": [_("Choose how it ends.")]})
    check_words("reason", reason, MAX_REASON)
    if appeal.version != version:
        raise Conflict(_("This changed since you opened it. Nothing was decided: read it again."))
    if appeal.way == "panel":
        raise Conflict(_("Three residents decide this one."))
    settle_appeal(actor, appeal, outcome, reason, softer)
    return appeal


def not_yours() -> str:
    return _(
        "Somebody else decides this: nobody who acted in it, wrote in the discussion, or is part of it may."
    )


def lock_case(case_id: int) -> Case:
    found = db.session.get(Case, case_id)
    if found is None:
        raise NotFound
    post = queries.post_of(found)
    if post is not None:
        lock(Thread, post.thread_id)
    if found.target_type == "person":
        lock(User, found.target_id)
    return lock(Case, case_id)


def lock_appeal(actor: Actor, appeal_id: int) -> Appeal:
    """The appeal, held with its case and thread; NotFound as ``get_appeal``."""
    queries.get_appeal(actor, appeal_id)
    return hold_appeal(appeal_id)


def hold_appeal(appeal_id: int) -> Appeal:
    """As ``lock_appeal``, for the house, which is shown nothing by it."""
    found = db.session.get(Appeal, appeal_id)
    if found is None:
        raise NotFound
    lock_case(found.case_id)
    return lock(Appeal, appeal_id)


def check_open(appeal: Appeal) -> None:
    if appeal.state == "withdrawn":
        raise Conflict(_("Whoever asked for this second look took it back, so there is nothing to decide."))
    if appeal.state != "open":
        raise Conflict(_("This was decided already, and that stands."), version=appeal.version)
