"""Rooms and what was said in them: the viewer first, and nobody finds another's."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import joinedload

from civicforum.accounts.models import Actor, User
from civicforum.db import db
from civicforum.discussions.models import Post
from civicforum.errors import NotFound
from civicforum.mediation import policies
from civicforum.mediation.models import REST_DAYS, WITH_ROOM, Mediation, Message, Participant
from civicforum.notifications.models import Notification

PAGE_MESSAGES = 100
KIND = "mediation"


def get_mediation(viewer: Actor, mediation_id: int) -> Mediation:
    """The offer or room, for its people; NotFound for everybody else, whatever they may elsewhere."""
    found = db.session.get(Mediation, mediation_id, options=[joinedload(Mediation.post)])
    if found is None or not policies.can_see(viewer, found):
        raise NotFound
    return found


def get_room(viewer: Actor, mediation_id: int) -> Mediation:
    """As ``get_mediation``, once there is a room, for those who said yes."""
    found = get_mediation(viewer, mediation_id)
    if not policies.can_read_room(viewer, found):
        raise NotFound
    return found


def list_mediations(viewer: Actor) -> Sequence[Mediation]:
    """The viewer's own offers and rooms, the latest first."""
    wanted = (
        select(Mediation)
        .join(Participant)
        .where(Participant.user_id == viewer.id, Participant.state.in_(("invited", "accepted")))
        .options(joinedload(Mediation.post))
        .order_by(Mediation.id.desc())
        .limit(PAGE_MESSAGES)
    )
    return [row for row in db.session.scalars(wanted) if policies.can_see(viewer, row)]


def find_mediations(viewer: Actor, ids: Iterable[int]) -> Mapping[int, Mediation]:
    """Those of these that the viewer was ever part of; what is still to be seen, a policy says."""
    wanted = select(Mediation).join(Participant)
    wanted = wanted.where(Mediation.id.in_(list(ids)), Participant.user_id == viewer.id)
    return {row.id: row for row in db.session.scalars(wanted)}


def sat_together(user_id: object, post: type[Post]) -> ColumnElement[bool]:
    """Whether this person wants to talk, or talked, about the comment, as a side or as the mediator."""
    talked = exists().where(
        Mediation.post_id == post.id,
        Participant.mediation_id == Mediation.id,
        Participant.user_id == user_id,
        Participant.state == "accepted",
    )
    return talked.correlate_except(Mediation, Participant)


def list_messages(viewer: Actor, mediation_id: int, before: int | None = None) -> list[Message]:
    """What was said, in order: the latest, or those before the message ``before``; one more than a page."""
    get_room(viewer, mediation_id)
    wanted = select(Message).where(Message.mediation_id == mediation_id)
    if before is not None:
        wanted = wanted.where(Message.id < before)
    rows = db.session.scalars(wanted.order_by(Message.id.desc()).limit(PAGE_MESSAGES + 1)).all()
    return list(reversed(rows))


def find_messages(ids: Sequence[int]) -> Sequence[Message]:
    """For the room's own channel, which nobody else watches."""
    return db.session.scalars(select(Message).where(Message.id.in_(ids))).all()


def find_rooms(ids: Sequence[int]) -> Sequence[Mediation]:
    """For the room's own channel, which nobody else watches."""
    return db.session.scalars(select(Mediation).where(Mediation.id.in_(ids))).all()


def closed_channels() -> list[str]:
    """Every room: none is open to everybody."""
    rows = db.session.scalars(select(Mediation.id).where(Mediation.state.in_(WITH_ROOM)))
    return [f"mediation:{mediation_id}" for mediation_id in rows]


def messages_by_name(user_ids: Iterable[int]) -> list[tuple[int, int]]:
    """(room, message) of what these people said under their own names."""
    rows = db.session.execute(
        select(Message.mediation_id, Message.id)
        .join(Participant)
        .where(Participant.user_id.in_(list(user_ids)), Participant.pseudonym_id.is_(None))
        .order_by(Message.id)
    )
    return [(room, message) for room, message in rows]


def message_ids(mediation_id: int) -> Sequence[int]:
    return db.session.scalars(
        select(Message.id).where(Message.mediation_id == mediation_id).order_by(Message.id)
    ).all()


def unread_of(mediation_id: int, people: Iterable[int]) -> dict[int, list[int]]:
    """For each of these people the rows of their inbox about this room that they have not read."""
    found: dict[int, list[int]] = {}
    rows = db.session.execute(
        select(Notification.user_id, Notification.id)
        .where(
            Notification.user_id.in_(list(people)),
            Notification.kind == KIND,
            Notification.object_id == mediation_id,
            Notification.read_at.is_(None),
        )
        .order_by(Notification.id)
    )
    for user_id, notification_id in rows:
        found.setdefault(user_id, []).append(notification_id)
    return found


def find_reader(mediation_id: int, user_id: int) -> User | None:
    """Somebody who has something unread about a room that they may still see."""
    user, mediation = db.session.get(User, user_id), db.session.get(Mediation, mediation_id)
    if user is None or mediation is None or not unread_of(mediation_id, [user_id]):
        return None
    return user if policies.part_of(user, mediation) or mediation.state == "declined" else None


def list_due(at: datetime, keep_days: int) -> Sequence[int]:
    """Offers and rooms with which the clock has something to do."""
    is_to_purge = and_(
        Mediation.state == "ended",
        Mediation.purged_at.is_(None),
        Mediation.ended_at <= at - timedelta(days=keep_days),
    )
    is_to_forget = and_(
        Mediation.created_at <= at - timedelta(days=REST_DAYS),
        Mediation.agreement == "",
        or_(Mediation.state == "declined", Mediation.purged_at.is_not(None)),
    )
    wanted = select(Mediation.id).where(or_(Mediation.due_at <= at, is_to_purge, is_to_forget))
    return db.session.scalars(wanted.order_by(Mediation.id)).all()
