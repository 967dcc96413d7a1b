"""Saying how closely one follows a project or a thread."""

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
