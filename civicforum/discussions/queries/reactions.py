"""Which words a post was given, and by whom."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import func, select

from civicforum.accounts.models import Actor, User
from civicforum.db import db
from civicforum.discussions import policies
from civicforum.discussions.models import REACTIONS, Post, Pseudonym, Reaction
from civicforum.errors import NotFound


def count_reactions(post_ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """How often each civic word was given to each post, in one query; zeros included."""
    wanted = list(post_ids)
    counts = {post_id: dict.fromkeys(REACTIONS, 0) for post_id in wanted}
    rows = db.session.execute(
        select(Reaction.post_id, Reaction.kind, func.count())
        .where(Reaction.post_id.in_(wanted))
        .group_by(Reaction.post_id, Reaction.kind)
    )
    for post_id, kind, count in rows:
        counts[post_id][kind] = count
    return counts


def own_reactions(viewer: Actor, post_ids: Iterable[int]) -> dict[int, set[str]]:
    """Which words the viewer gave each of these posts; who gave none is left out."""
    given: dict[int, set[str]] = defaultdict(set)
    if isinstance(viewer, User):
        rows = db.session.execute(
            select(Reaction.post_id, Reaction.kind).where(
                Reaction.user_id == viewer.id, Reaction.post_id.in_(list(post_ids))
            )
        )
        for post_id, kind in rows:
            given[post_id].add(kind)
    return given


def find_reaction(user_id: int, post_id: int, kind: str) -> Reaction | None:
    return db.session.scalar(
        select(Reaction).where(
            Reaction.user_id == user_id, Reaction.post_id == post_id, Reaction.kind == kind
        )
    )


def list_reacting(viewer: Actor, post: Post, limit: int = 500) -> list[tuple[str, User | Pseudonym]]:
    """(kind, person or pseudonym) of who gave the post which word, earliest first.

    NotFound for who may not read it.
    """
    if not policies.can_read_words(viewer, post):
        raise NotFound
    rows = db.session.execute(
        select(Reaction.kind, User, Pseudonym)
        .join(User, User.id == Reaction.user_id)
        .join(Pseudonym, Pseudonym.id == Reaction.pseudonym_id, isouter=True)
        .where(Reaction.post_id == post.id, User.erased_at.is_(None))
        .order_by(Reaction.id)
        .limit(limit)
    )
    return [(kind, pseudonym or user) for kind, user, pseudonym in rows]
