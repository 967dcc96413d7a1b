"""What the door needs: who is expected, who is here."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from civicforum.accounts.models import Actor
from civicforum.db import db
from civicforum.errors import require
from civicforum.townhalls import policies
from civicforum.townhalls.models import CheckIn, Rsvp, TownHall
from civicforum.townhalls.queries.meetings import get_town_hall

AT_THE_DOOR = ("going", "waitlisted", "maybe")


@dataclass(frozen=True)
class Tally:
    """People, not rows: who said they would come to the hall, and who is here (walk-ins among them)."""

    coming: int
    here: int
    walk_ins: int


def tally(town_hall_id: int) -> Tally:
    coming = db.session.scalar(
        select(func.sum(Rsvp.party_size)).where(Rsvp.town_hall_id == town_hall_id, Rsvp.state == "going")
    )
    here = db.session.execute(
        select(func.sum(CheckIn.party_size), func.sum(CheckIn.party_size).filter(CheckIn.name != "")).where(
            CheckIn.town_hall_id == town_hall_id, CheckIn.undone_at.is_(None)
        )
    ).one()
    return Tally(coming or 0, here[0] or 0, here[1] or 0)


def list_people(viewer: Actor, town_hall: TownHall, search: str = "") -> list[Rsvp]:
    """Everybody who answered and did not say no, by name, with who is here; for those who help.

    ``search`` finds a part of a name however it is accented, or a whole code.
    """
    require(policies.can_see_people(viewer, town_hall))
    rows = db.session.scalars(
        select(Rsvp)
        .where(Rsvp.town_hall_id == town_hall.id, Rsvp.state.in_(AT_THE_DOOR))
        .options(selectinload(Rsvp.check_ins))
    )
    wanted = _folded(search)
    found = [row for row in rows if wanted in _folded(row.name) or row.code == search.upper()]
    return sorted(found, key=lambda row: (_folded(row.name), row.id))


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(c for c in apart if not unicodedata.combining(c)).split())


def list_walk_ins(viewer: Actor, town_hall: TownHall) -> Sequence[CheckIn]:
    require(policies.can_see_people(viewer, town_hall))
    return db.session.scalars(
        select(CheckIn)
        .where(
            CheckIn.town_hall_id == town_hall.id,
            CheckIn.rsvp_id.is_(None),
            CheckIn.undone_at.is_(None),
            CheckIn.name != "",
        )
        .order_by(CheckIn.at.desc(), CheckIn.id.desc())
    ).all()


def find_at_door(viewer: Actor, town_hall_id: int, rsvp_id: int) -> Rsvp | None:
    """The answer of a party that stands at this meeting's door, for those who keep it."""
    town_hall = get_town_hall(viewer, town_hall_id)
    require(policies.can_check_in(viewer, town_hall))
    row = db.session.get(Rsvp, rsvp_id)
    return row if row is not None and row.town_hall_id == town_hall.id else None


def find_by_code(code: str) -> Rsvp | None:
    return db.session.scalar(select(Rsvp).where(Rsvp.code == code))


def find_nonce(town_hall_id: int, nonce: str) -> CheckIn | None:
    """What this deed of the door came to the first time."""
    return db.session.scalar(
        select(CheckIn).where(CheckIn.town_hall_id == town_hall_id, CheckIn.nonce == nonce)
    )


def find_check_in(rsvp_id: int) -> CheckIn | None:
    """That this party is here; None if it is not (or it was undone)."""
    return db.session.scalar(
        select(CheckIn).where(CheckIn.rsvp_id == rsvp_id, CheckIn.undone_at.is_(None)).limit(1)
    )


def has_ever_checked_in(rsvp_id: int) -> bool:
    return db.session.scalar(select(CheckIn.id).where(CheckIn.rsvp_id == rsvp_id).limit(1)) is not None
