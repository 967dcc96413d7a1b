"""The door: who is here. Each deed has a name of its own (nonce), so that a retry is the same deed."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.agreement.actions import count_attended
from civicforum.db import db, lock, now, transactional
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.text import clean_text
from civicforum.townhalls import plans, policies, queries
from civicforum.townhalls.actions.telling import show_change
from civicforum.townhalls.codes import clean_code
from civicforum.townhalls.models import DOOR_CLOSES_AFTER, MAXIMUM_PARTY, CheckIn, Rsvp, TownHall

MAXIMUM_NAME = 60
CLOCKS_DIFFER = timedelta(minutes=5)


@dataclass(frozen=True)
class Admission:
    """What the door is told: ok, already, not_found, cancelled, wrong_town_hall or not_open."""

    status: str
    check_in: CheckIn | None = None
    rsvp: Rsvp | None = None


@transactional
def check_in(
    actor: Actor,
    town_hall_id: int,
    code: str,
    nonce: str,
    at: datetime | None = None,
    force: bool = False,
) -> Admission:
    """Let the party with this code in, once.

    ``at`` is when it happened (scanned without a connection); ``force`` admits also outside the hours of
    the door and what was cancelled. The same ``nonce`` gives the same answer and no second row.
    """
    town_hall = _at_the_door(actor, town_hall_id)
    earlier = queries.find_nonce(town_hall.id, nonce)
    if earlier is not None:
        return Admission("ok", earlier, earlier.rsvp)
    at = _moment(at)
    row = queries.find_by_code(clean_code(code))
    refusal = _refusal(town_hall, row, at, force)
    if refusal or row is None:
        return Admission(refusal or "not_found", rsvp=row if refusal in ("cancelled", "not_open") else None)
    present = queries.find_check_in(row.id)
    if present is not None:
        return Admission("already", present, row)
    return Admission("ok", _let_in(actor, town_hall, row, nonce, at), row)


@transactional
def check_in_person(actor: Actor, town_hall_id: int, rsvp_id: int, nonce: str) -> Admission:
    """Let in somebody whose name was found in the list."""
    town_hall = _at_the_door(actor, town_hall_id)
    row = db.session.get(Rsvp, rsvp_id)
    if row is None or row.town_hall_id != town_hall.id:
        raise NotFound
    return check_in(actor, town_hall.id, row.code, nonce)


def _refusal(town_hall: TownHall, row: Rsvp | None, at: datetime, force: bool) -> str | None:
    if row is None:
        return "not_found"
    if row.town_hall_id != town_hall.id:
        return "wrong_town_hall"
    if force:
        return None
    if town_hall.is_cancelled or row.state in ("cancelled", "not_going"):
        return "cancelled"
    return None if is_door_open(town_hall, at) else "not_open"


def is_door_open(town_hall: TownHall, at: datetime | None = None) -> bool:
    """From two hours before until some hours after the end, for whoever keeps the list late."""
    if town_hall.status != "published":
        return False
    return town_hall.door_opens_at <= (at or now()) <= town_hall.ends_at + DOOR_CLOSES_AFTER


def _let_in(actor: Actor, town_hall: TownHall, row: Rsvp, nonce: str, at: datetime) -> CheckIn:
    if not queries.has_ever_checked_in(row.id):
        count_attended(row.user_id)
    return _add(
        town_hall,
        CheckIn(rsvp_id=row.id, party_size=row.party_size, nonce=nonce, at=at, by_id=actor.id, name=""),
    )


def _add(town_hall: TownHall, check_in_: CheckIn) -> CheckIn:
    check_in_.town_hall_id = town_hall.id
    db.session.add(check_in_)
    db.session.flush()
    show_change(town_hall)
    return check_in_


def _moment(at: datetime | None) -> datetime:
    if at is not None and not plans.is_in_reach(at):
        raise Invalid(errors={"at": [_("That year is too far away.")]})
    if at is not None and at > now() + CLOCKS_DIFFER:
        raise Invalid(errors={"at": [_("That moment has not come yet.")]})
    return at or now()


@transactional
def walk_in(
    actor: Actor, town_hall_id: int, name: str, party_size: int = 1, nonce: str | None = None
) -> CheckIn:
    """Count somebody who came without saying so before. Raises Conflict while the door is closed."""
    town_hall = _at_the_door(actor, town_hall_id)
    nonce = nonce or token_hex(16)
    earlier = queries.find_nonce(town_hall.id, nonce)
    if earlier is not None:
        return earlier
    name = " ".join(clean_text(name).split())
    if not 1 <= len(name) <= MAXIMUM_NAME:
        raise Invalid(errors={"name": [_("A name of 1 to %(most)d characters.", most=MAXIMUM_NAME)]})
    if not 1 <= party_size <= MAXIMUM_PARTY:
        raise Invalid(errors={"party_size": [_("From 1 to %(most)d people.", most=MAXIMUM_PARTY)]})
    if not is_door_open(town_hall):
        raise Conflict(_("The door opens two hours before the meeting."))
    return _add(town_hall, CheckIn(name=name, party_size=party_size, nonce=nonce, by_id=actor.id))


@transactional
def undo_check_in(actor: Actor, town_hall_id: int, check_in_id: int) -> CheckIn:
    """Take back a check-in that was a mistake; undoing twice changes nothing."""
    town_hall = _at_the_door(actor, town_hall_id)
    row = lock(CheckIn, check_in_id)
    if row.town_hall_id != town_hall.id:
        raise NotFound
    if row.undone_at is None:
        row.undone_at = now()
        db.session.flush()
        show_change(town_hall)
    return row


def _at_the_door(actor: Actor, town_hall_id: int) -> TownHall:
    town_hall = lock(TownHall, town_hall_id)
    if not policies.can_see(actor, town_hall):
        raise NotFound
    require(policies.can_check_in(actor, town_hall), _("Only those who help at this meeting keep its door."))
    return town_hall
