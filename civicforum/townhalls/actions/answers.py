"""Answers: who comes, who waits, and seats that never exceed the room.

Every action here locks the town hall's row first, so seats are counted by one at a time.
"""

import re
from collections.abc import Sequence
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import ngettext

from civicforum.accounts.models import Actor, User
from civicforum.db import db, lock, now, transactional
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.text import clean_text
from civicforum.townhalls import policies, queries
from civicforum.townhalls.actions.telling import forget_mail, mail_one, show_change, tell_one
from civicforum.townhalls.codes import new_code
from civicforum.townhalls.models import ANSWERS, MAXIMUM_PARTY, NEEDS, Need, Rsvp, TownHall
from civicforum.townhalls.seats import promotable
from civicforum.townhalls.wishes import NeedWish, Wish

MAXIMUM_NOTE = 300


@transactional
def rsvp(
    actor: Actor,
    town_hall_id: int,
    answer: str,
    mode: str | None = None,
    party_size: int = 1,
    needs: Sequence[NeedWish] | None = None,
) -> Rsvp:
    """Keep ``party_size`` seats for ``actor``, or a place on the waiting list; asking again changes it.

    ``mode`` is the meeting's own where it is left out; ``needs`` None leaves them as they are. Locks the
    town hall while it counts. Raises NotFound where the actor may not know of it, Invalid for a wish that
    makes no sense, Conflict once it has begun, and where a larger party does not fit: the old seats stand.
    """
    town_hall = lock_visible(actor, town_hall_id)
    require(
        policies.can_rsvp(actor, town_hall),
        _("Please confirm your address first; then you can say that you come."),
    )
    person = cast(User, actor)
    refuse_if_closed(town_hall)
    wish = checked(town_hall, Wish(answer, mode or town_hall.modes[0], party_size, needs))
    row = queries.find_person_answer(town_hall.id, person) or new_row(town_hall)
    row.user, row.guest_email, row.guest_name = person, None, ""
    return settle(town_hall, row, wish)


@transactional
def cancel_rsvp(actor: Actor, town_hall_id: int) -> Rsvp:
    """Give the seats back; whoever waits moves up at once. Cancelling twice changes nothing."""
    town_hall = lock_visible(actor, town_hall_id)
    row = queries.get_own(actor, town_hall)
    return give_back(town_hall, row)


# --- facts ---


def lock_visible(actor: Actor, town_hall_id: int) -> TownHall:
    town_hall = lock(TownHall, town_hall_id)
    if not policies.can_see(actor, town_hall):
        raise NotFound
    return town_hall


def refuse_if_closed(town_hall: TownHall) -> None:
    if town_hall.is_cancelled:
        raise Conflict(_("This meeting was cancelled. You need do nothing."))
    if town_hall.is_over():
        raise Conflict(_("This meeting is over. Its summary will be on this page."))
    if town_hall.has_begun():
        raise Conflict(_("This meeting has begun; come anyway, the door is open."))
    if town_hall.status == "draft":
        raise Conflict(_("This meeting is not published yet."))


def checked(town_hall: TownHall, wish: Wish) -> Wish:
    errors: dict[str, list[Any]] = {}
    if wish.answer not in ANSWERS:
        errors["answer"] = [_("Choose one of the answers.")]
    if wish.mode not in town_hall.modes:
        errors["mode"] = [_("This meeting cannot be joined in that way.")]
    most = _largest_party(town_hall, wish)
    if not 1 <= wish.party_size <= most:
        errors["party_size"] = [_("From 1 to %(most)d people.", most=most)]
    if not _are_needs(wish.needs):
        errors["needs"] = [_("Choose from the list what you need.")]
    if errors:
        raise Invalid(errors=errors)
    return wish


def _largest_party(town_hall: TownHall, wish: Wish) -> int:
    """No party is larger than the room, or it would block the queue for ever."""
    capacity = town_hall.capacity_for(wish.mode)
    if capacity is None or wish.answer != "going":
        return MAXIMUM_PARTY
    return min(MAXIMUM_PARTY, max(1, capacity))


def _are_needs(needs: Sequence[NeedWish] | None) -> bool:
    return needs is None or all(need.kind in NEEDS and len(need.note) <= MAXIMUM_NOTE for need in needs)


def new_row(town_hall: TownHall) -> Rsvp:
    row = Rsvp(
        town_hall_id=town_hall.id,
        state="unconfirmed",
        mode=town_hall.modes[0],
        party_size=1,
        place=0,
        code=new_code(),
        revision=1,
    )
    row.town_hall = town_hall
    db.session.add(row)
    return row


def _next_place(town_hall: TownHall) -> int:
    town_hall.last_place += 1
    return town_hall.last_place


# --- seats ---


def settle(town_hall: TownHall, row: Rsvp, wish: Wish) -> Rsvp:
    """Write the answer with its seat or its place in the queue, and let others move up."""
    before = (row.state, row.mode, row.party_size)
    if wish.answer == "going":
        _take_seats(town_hall, row, wish)
    else:
        row.state, row.mode, row.party_size = wish.answer, wish.mode, wish.party_size
    write_needs(row, wish.needs)
    db.session.flush()
    promote(town_hall, asking=row)
    if (row.state, row.mode, row.party_size) != before:
        _note_change(town_hall, row)
    return row


def _note_change(town_hall: TownHall, row: Rsvp) -> None:
    row.revision += 1
    row.answered_at = now()
    db.session.flush()
    forget_mail(row, "promoted")
    if row.state == "not_going":
        forget_mail(row, "answered")
    else:
        mail_one(row, "answered", row.revision)
    show_change(town_hall)


def _take_seats(town_hall: TownHall, row: Rsvp, wish: Wish) -> None:
    if row.state == "going":
        _change_seats(town_hall, row, wish)
    elif row.state == "waitlisted" and row.mode == wish.mode:
        if wish.party_size > row.party_size:  # a larger wish is a new one
            row.place = _next_place(town_hall)
        row.party_size = wish.party_size
    else:
        row.place = _next_place(town_hall)
        row.mode, row.party_size = wish.mode, wish.party_size
        # It waits at the end of the queue; ``promote`` gives it its seats if it is first and they are there.
        row.state = "waitlisted"


def _change_seats(town_hall: TownHall, row: Rsvp, wish: Wish) -> None:
    """Somebody who has seats wants others: more, fewer, or online instead of in the hall."""
    stays = row.mode == wish.mode
    more = wish.party_size - (row.party_size if stays else 0)
    if more > 0:
        free = _free(town_hall, wish.mode)
        if queries.list_waiting(town_hall.id, wish.mode):
            free = 0  # those who wait come first
        if free is not None and more > free:
            raise Conflict(_too_few(free), free=free)
    row.mode, row.party_size = wish.mode, wish.party_size


def _too_few(free: int) -> str:
    return ngettext(
        "Only %(num)d more seat is free. Your answer stands as it was.",
        "Only %(num)d more seats are free. Your answer stands as it was.",
        free,
    )


def _free(town_hall: TownHall, mode: str) -> int | None:
    """Free seats, None without a limit, never less than none: a lowered capacity throws nobody out."""
    capacity = town_hall.capacity_for(mode)
    return None if capacity is None else max(0, capacity - queries.count_taken(town_hall.id, mode))


def promote(town_hall: TownHall, asking: Rsvp | None = None) -> None:
    """Give free seats to who waits, strictly first come, each told once; under the town hall's lock.

    ``asking`` is the answer being given right now: its person is told by the answer itself.
    """
    if town_hall.status != "published" or town_hall.has_begun():
        return
    for mode in ("in_person", "online"):
        waiting = _fitting(town_hall, mode)
        if not waiting:
            continue
        taken = queries.count_taken(town_hall.id, mode)
        sizes = [row.party_size for row in waiting]
        lucky = promotable(town_hall.capacity_for(mode), taken, sizes)
        for row in waiting[:lucky]:
            _seat(row, is_told=row is not asking)
        if lucky:
            db.session.flush()
            show_change(town_hall)


def _fitting(town_hall: TownHall, mode: str) -> list[Rsvp]:
    """Who waits, first come first; without parties that a lowered capacity can never hold."""
    capacity = town_hall.capacity_for(mode)
    waiting = queries.list_waiting(town_hall.id, mode)
    return [row for row in waiting if capacity is None or row.party_size <= capacity]


def _seat(row: Rsvp, is_told: bool) -> None:
    row.state = "going"
    if is_told:
        row.revision += 1
        forget_mail(row, "answered")
        tell_one(row, "promoted")


def give_back(town_hall: TownHall, row: Rsvp) -> Rsvp:
    if row.state == "cancelled":
        return row
    if town_hall.is_over():
        raise Conflict(_("This meeting is over; there is nothing to cancel any more."))
    row.state = "cancelled"
    row.revision += 1
    row.answered_at = now()
    db.session.flush()
    for what in ("answered", "promoted", "confirm"):
        forget_mail(row, what)
    promote(town_hall)
    show_change(town_hall)
    return row


# --- needs ---


def write_needs(row: Rsvp, needs: Sequence[NeedWish] | None) -> None:
    """Make the list of needs what is asked for now; what was answered already keeps its answer."""
    if needs is None:
        return
    wanted = {need.kind: _note(need.note) for need in needs}
    for need in list(row.needs):
        if need.kind not in wanted:
            row.needs.remove(need)
        else:
            _rewrite(need, wanted.pop(need.kind))
    for kind, note in wanted.items():
        row.needs.append(Need(kind=kind, note=note, state="requested"))


def _rewrite(need: Need, note: str) -> None:
    if need.note != note:  # what is asked for has changed: it is open again
        need.note, need.state, need.reply = note, "requested", ""


def _note(text: str) -> str:
    return re.sub(r"\s+", " ", clean_text(text)).strip()
