"""Three residents drawn by lot decide: offering oneself, the draw, each vote, who comes next."""

from collections import Counter
from datetime import timedelta

from flask_babel import gettext as _

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Actor
from civicforum.db import db, lock, now, transactional
from civicforum.errors import Conflict, Invalid, require
from civicforum.moderation import policies, queries
from civicforum.moderation.actions.appeals import check_open, check_words, hold_appeal, lock_appeal, not_yours
from civicforum.moderation.actions.outcomes import settle_appeal, tell_asked
from civicforum.moderation.lots import in_order_of_lot, seed_of
from civicforum.moderation.models import (
    JUROR_DAYS,
    MAX_REASON,
    PANEL_SIZE,
    VOTES,
    Appeal,
    PanelSeat,
    Volunteer,
)
from civicforum.notifications.actions import notify

NEEDED = PANEL_SIZE // 2 + 1


@transactional
def volunteer(actor: Actor, is_on: bool) -> Volunteer:
    """Offer to be drawn, or no longer. The number stays; only who offered before an appeal is drawn in it.

    Locks the person's own row. Doing it twice changes nothing.
    """
    require(policies.can_volunteer(actor) if is_on else policies.can_step_back(actor))
    found = queries.find_volunteer(actor)
    if found is None:
        found = Volunteer(user_id=actor.id, is_on=is_on)
        db.session.add(found)
    else:
        found = lock(Volunteer, found.id)
    if is_on and not found.is_on:
        found.since = now()
    found.is_on = is_on
    db.session.flush()
    return found


@transactional
def draw_panel(actor: Actor, appeal_id: int) -> None:
    """Draw the three, from the code that the public log ends with now, and the secret; by the house, once.

    With too few volunteers, somebody decides alone after all. Locks the thread, the case and the appeal.
    """
    require(policies.can_draw(actor))
    appeal = hold_appeal(appeal_id)
    if appeal.state != "open" or appeal.way != "panel" or appeal.lot_hash is not None:
        return
    pool = queries.eligible_volunteers(appeal.case, appeal.created_at)
    if len(pool) < PANEL_SIZE:
        _hand_over(appeal)
        return
    appeal.lot_line, appeal.lot_hash = queries.log_head()
    appeal.lot_pool = sorted(pool)
    _seat_next(appeal)


def _seat_next(appeal: Appeal) -> None:
    """Ask the next of the lot until three are there; who has a part in it by now is passed over."""
    seed = seed_of(appeal.lot_hash or "", appeal.id, appeal.lot_secret)
    numbers = in_order_of_lot(seed, appeal.lot_pool or ())
    eligible = queries.eligible_volunteers(appeal.case, appeal.created_at)
    called = {seat.number for seat in appeal.seats}
    for place, number in enumerate(numbers, 1):
        if len(_sitting(appeal)) == PANEL_SIZE:
            return
        if number not in called:
            _call(appeal, place, number, eligible.get(number))
    if len(_sitting(appeal)) < PANEL_SIZE:
        _hand_over(appeal)


def _sitting(appeal: Appeal) -> list[PanelSeat]:
    return [seat for seat in appeal.seats if seat.state in ("asked", "voted")]


def _call(appeal: Appeal, place: int, number: int, user_id: int | None) -> None:
    due_at = now() + timedelta(days=JUROR_DAYS)
    state = "asked" if user_id else "replaced"
    seat = PanelSeat(number=number, place=place, user_id=user_id, state=state, due_at=due_at)
    appeal.seats.append(seat)
    db.session.flush()
    if user_id is None:
        return
    notify([user_id], "panel_asked", "appeal", appeal.id)
    jobs.enqueue("moderation.mail_drawn", unique_key=f"seat:{seat.id}:asked", seat_id=seat.id)
    jobs.enqueue("moderation.replace_juror", unique_key=f"seat:{seat.id}", run_at=due_at, seat_id=seat.id)


def _hand_over(appeal: Appeal) -> None:
    """The lot is at its end: somebody decides alone, and what was voted does not count."""
    appeal.way = "person"
    appeal.version += 1
    for seat in _sitting(appeal):
        seat.state = "replaced"
    db.session.flush()
    notify([appeal.person_id], "appeal_handed", "appeal", appeal.id)
    tell_asked(appeal)


@transactional
def vote_on_appeal(actor: Actor, appeal_id: int, vote: str, reason: str) -> Appeal:
    """Say as one of three whether the measure stands, and why; two of three decide.

    Locks the thread, the case and the appeal, and asks under them who took part: NotAllowed for who was not
    drawn, or spoke in the thread since. Raises Invalid without a reason, Conflict for a second vote.
    """
    appeal = lock_appeal(actor, appeal_id)
    seat = queries.find_seat(actor, appeal)
    require(policies.can_judge(actor, seat, may_still=queries.may_still_judge(actor, appeal)), not_yours())
    assert seat is not None
    if vote not in VOTES:
        raise Invalid(errors={"vote": [_("Choose how it ends.")]})
    check_words("reason", reason, MAX_REASON)
    check_open(appeal)
    if seat.state == "voted":
        raise Conflict(_("You have said what you think, and that stands."))
    seat.state, seat.vote, seat.reason, seat.voted_at = "voted", vote, reason.strip(), now()
    jobs.withdraw(f"seat:{seat.id}")
    db.session.flush()
    _count(appeal)
    return appeal


def _count(appeal: Appeal) -> None:
    voted = [seat for seat in appeal.seats if seat.state == "voted"]
    ((outcome, number),) = Counter(seat.vote or "" for seat in voted).most_common(1)
    if number == NEEDED:
        reasons = [seat.reason for seat in voted if seat.vote == outcome]
        settle_appeal(SYSTEM, appeal, outcome, "\n\n".join(reasons))


@transactional
def leave_panel(actor: Actor, appeal_id: int) -> None:
    """Not decide, though drawn: the next of the lot is asked. Locks the thread, the case and the appeal.

    Raises NotAllowed for who was not drawn, Conflict after one has voted, or when it is over.
    """
    appeal = lock_appeal(actor, appeal_id)
    seat = queries.find_seat(actor, appeal)
    require(policies.can_leave_panel(actor, seat))
    assert seat is not None
    check_open(appeal)
    if seat.state == "voted":
        raise Conflict(_("You have said what you think, and that stands."))
    seat.state = "declined"
    jobs.withdraw(f"seat:{seat.id}")
    db.session.flush()
    _seat_next(appeal)


@transactional
def replace_juror(actor: Actor, seat_id: int) -> None:
    """Ask the next of the lot where somebody did not answer in time; done by the house.

    Locks the thread, the case and the appeal. Changes nothing for who voted, or where it is over.
    """
    require(policies.can_draw(actor))
    found = db.session.get(PanelSeat, seat_id)
    if found is None:
        return
    appeal = hold_appeal(found.appeal_id)
    seat = lock(PanelSeat, seat_id)
    if appeal.state != "open" or seat.state != "asked" or seat.due_at > now():
        return
    seat.state = "replaced"
    db.session.flush()
    _seat_next(appeal)
