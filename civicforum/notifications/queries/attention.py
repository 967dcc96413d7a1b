"""How closely people follow things."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select

from civicforum.accounts.models import Actor, User
from civicforum.db import db
from civicforum.notifications import registry
from civicforum.notifications.models import Attention
from civicforum.notifications.registry import Notice

MOST_FOLLOWED = 200


def find_attention(viewer: Actor, kind: str, object_id: int) -> Attention | None:
    """What the viewer said about exactly this."""
    return db.session.scalar(
        select(Attention).where(
            Attention.user_id == viewer.id, Attention.kind == kind, Attention.object_id == object_id
        )
    )


def level_of(viewer: Actor, project_id: int, thread_id: int | None = None) -> str:
    """How closely the viewer follows this thread, or this project; what was said of a thread comes first."""
    about = [_is("project", project_id)]
    if thread_id is not None:
        about.append(_is("thread", thread_id))
    row = db.session.scalar(
        select(Attention)
        .where(Attention.user_id == viewer.id, or_(*about))
        .order_by(Attention.kind.desc())
        .limit(1)
    )
    return row.level if row else "normal"


def _is(kind: str, object_id: int) -> ColumnElement[bool]:
    return and_(Attention.kind == kind, Attention.object_id == object_id)


def followers_of(project_id: int, thread_id: int, after: int, limit: int) -> Sequence[User]:
    """People who want to hear of everything in this thread, by id, from the one after ``after`` on.

    Because of the thread, or of its project unless they said otherwise of the thread.
    """
    said_of_thread = select(Attention.user_id).where(_is("thread", thread_id))
    follows = or_(
        User.id.in_(said_of_thread.where(Attention.level == "subscribed")),
        and_(
            User.id.in_(
                select(Attention.user_id).where(_is("project", project_id), Attention.level == "subscribed")
            ),
            User.id.not_in(said_of_thread),
        ),
    )
    return db.session.scalars(
        select(User).where(follows, User.erased_at.is_(None), User.id > after).order_by(User.id).limit(limit)
    ).all()


def has_followers(project_id: int, thread_id: int) -> bool:
    """Whether anybody said that they want to hear of everything there."""
    anyone = select(Attention.id).where(
        or_(_is("thread", thread_id), _is("project", project_id)), Attention.level == "subscribed"
    )
    return db.session.scalar(anyone.limit(1)) is not None


def levels_of(viewer: Actor) -> dict[str, dict[int, str]]:
    """Everything that the viewer said, by kind and id."""
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for row in db.session.scalars(select(Attention).where(Attention.user_id == viewer.id)):
        found[row.kind][row.object_id] = row.level
    return found


@dataclass(frozen=True)
class Followed:
    """One thing that the viewer said something about; ``notice`` is None if it is not theirs to see (now)."""

    id: int
    kind: str
    level: str
    notice: Notice | None


def list_followed(viewer: Actor) -> list[Followed]:
    """What the viewer said of projects and threads, the latest first, in words of now."""
    rows = db.session.scalars(
        select(Attention)
        .where(Attention.user_id == viewer.id)
        .order_by(Attention.id.desc())
        .limit(MOST_FOLLOWED)
    ).all()
    ids: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        ids[row.kind].append(row.object_id)
    said = {kind: registry.describe(viewer, kind, "attention", ids[kind]) for kind in ids}
    return [Followed(row.id, row.kind, row.level, said[row.kind].get(row.object_id)) for row in rows]
