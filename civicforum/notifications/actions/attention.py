"""Saying how closely one follows a project or a thread."""

from sqlalchemy import and_, delete, or_, select, update

from civicforum.accounts.models import Actor
from civicforum.db import db, transactional
from civicforum.errors import Invalid, NotFound, require
from civicforum.notifications import policies, queries
from civicforum.notifications.models import LEVELS, Attention


@transactional
def set_attention(actor: Actor, kind: str, object_id: int, level: str | None) -> None:
    """Follow this project or thread so closely; None: as if nothing had been said about it.

    The room that it is in has asked whether the actor may see it. Locks nothing: it is the actor's own row.
    Raises Invalid for a level that there is not.
    """
    require(policies.can_follow(actor))
    if level is not None and level not in LEVELS:
        raise Invalid
    row = queries.find_attention(actor, kind, object_id)
    if row is not None and level is not None:
        row.level = level
    elif row is not None:
        db.session.delete(row)
    elif level is not None:
        db.session.add(Attention(user_id=actor.id, kind=kind, object_id=object_id, level=level))
    db.session.flush()


@transactional
def change_attention(actor: Actor, attention_id: int, level: str | None) -> None:
    """Change or (None) take back what the actor said about something, also where it is closed to them by now.

    Locks nothing. Raises NotFound for what is somebody else's, Invalid for a level that there is not.
    """
    row = db.session.get(Attention, attention_id)
    if row is None or row.user_id != actor.id:
        raise NotFound
    set_attention(actor, row.kind, row.object_id, level)


def carry_attention(kind: str, object_id: int, other_id: int, project_id: int) -> None:
    """Let what people said about a thing hold for the one that it is part of now, in the running action.

    Both are of this project. What somebody said about the other one stays. Otherwise the closer level wins:
    what they said about this one, or how they follow the project. Two statements, however many people.
    """
    here = and_(Attention.kind == kind, Attention.object_id == object_id)
    said_there = select(Attention.user_id).where(Attention.kind == kind, Attention.object_id == other_id)
    project_ignored = select(Attention.user_id).where(
        Attention.kind == "project", Attention.object_id == project_id, Attention.level == "ignore"
    )
    is_closer = or_(
        Attention.level == "subscribed",
        and_(Attention.level == "normal", Attention.user_id.in_(project_ignored)),
    )
    moves = update(Attention).where(here, is_closer, Attention.user_id.not_in(said_there))
    for statement in (moves.values(object_id=other_id), delete(Attention).where(here)):
        db.session.execute(statement, execution_options={"synchronize_session": False})
