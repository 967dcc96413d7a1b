"""Who answered what, and who waits."""

from collections.abc import Iterable, Sequence

from sqlalchemy import func, or_, select

from civicforum.accounts.models import Actor, Guest, User
from civicforum.db import db
from civicforum.errors import NotFound
from civicforum.townhalls import policies
from civicforum.townhalls.models import Reminder, Rsvp, TownHall

# Answers of people who want to know how it goes on.
INTERESTED = ("going", "maybe", "waitlisted")


def find_own(viewer: Actor, town_hall: TownHall) -> Rsvp | None:
    """The viewer's own answer, whatever its state."""
    return find_own_answers(viewer, [town_hall.id]).get(town_hall.id)


def find_own_answers(viewer: Actor, town_hall_ids: Iterable[int]) -> dict[int, Rsvp]:
    """The viewer's own answers to these, by town hall, in one query. Unconfirmed ones do not count yet."""
    if not isinstance(viewer, User):
        return {}
    rows = db.session.scalars(
        select(Rsvp).where(
            Rsvp.user_id == viewer.id,
            Rsvp.town_hall_id.in_(list(town_hall_ids)),
            Rsvp.state != "unconfirmed",
        )
    )
    return {row.town_hall_id: row for row in rows}


def get_own(viewer: Actor, town_hall: TownHall) -> Rsvp:
    row = find_own(viewer, town_hall)
    if row is None:
        raise NotFound
    return row


def find_person_answer(town_hall_id: int, user: User) -> Rsvp | None:
    """The row of somebody who confirmed their address: also one that waits for its mail, and what they sent
    as a guest from that address."""
    is_theirs = or_(Rsvp.user_id == user.id, Rsvp.guest_email == user.email)
    return db.session.scalar(
        select(Rsvp)
        .where(Rsvp.town_hall_id == town_hall_id, is_theirs)
        .order_by(Rsvp.user_id.is_(None))
        .limit(1)
    )


def find_guest(town_hall_id: int, email: str) -> Rsvp | None:
    return db.session.scalar(select(Rsvp).where(Rsvp.town_hall_id == town_hall_id, Rsvp.guest_email == email))


def get_answer(rsvp_id: int) -> Rsvp:
    """An answer by its id, for whoever holds the signed link to it, and for tasks.

    NotFound once whoever gave it may not see the meeting any more: a link keeps no door open.
    """
    row = db.session.get(Rsvp, rsvp_id)
    if row is None or not row.town_hall.is_published:
        raise NotFound
    if not policies.can_see(row.user or Guest(), row.town_hall):
        raise NotFound
    return row


def count_taken(town_hall_id: int, mode: str) -> int:
    """People who hold a seat. Exact only under the town hall's lock."""
    return (
        db.session.scalar(
            select(func.sum(Rsvp.party_size)).where(
                Rsvp.town_hall_id == town_hall_id, Rsvp.mode == mode, Rsvp.state == "going"
            )
        )
        or 0
    )


def list_waiting(town_hall_id: int, mode: str) -> Sequence[Rsvp]:
    """Who waits, first come first."""
    return db.session.scalars(
        select(Rsvp)
        .where(Rsvp.town_hall_id == town_hall_id, Rsvp.mode == mode, Rsvp.state == "waitlisted")
        .order_by(Rsvp.place, Rsvp.id)
    ).all()


def count_ahead(rsvp: Rsvp) -> int | None:
    """The place on the waiting list, from 1; None for who does not wait."""
    if rsvp.state != "waitlisted":
        return None
    return db.session.scalar(
        select(func.count()).where(
            Rsvp.town_hall_id == rsvp.town_hall_id,
            Rsvp.mode == rsvp.mode,
            Rsvp.state == "waitlisted",
            Rsvp.place <= rsvp.place,
        )
    )


def list_answered(town_hall_id: int, states: Sequence[str] = INTERESTED) -> Sequence[Rsvp]:
    return db.session.scalars(
        select(Rsvp)
        .where(Rsvp.town_hall_id == town_hall_id, Rsvp.state.in_(states))
        .order_by(Rsvp.place, Rsvp.id)
    ).all()


def list_reminders(town_hall_id: int, kind: str) -> dict[int, Reminder]:
    """Who was reminded already, by answer."""
    rows = db.session.scalars(
        select(Reminder)
        .join(Rsvp, Rsvp.id == Reminder.rsvp_id)
        .where(Rsvp.town_hall_id == town_hall_id, Reminder.kind == kind)
    )
    return {row.rsvp_id: row for row in rows}
