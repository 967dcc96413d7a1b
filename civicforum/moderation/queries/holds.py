"""What waits before it is published, for moderators' clients: page by page, and one of them."""

from dataclasses import dataclass

from sqlalchemy import Select

from civicforum.accounts.models import Actor
from civicforum.agreement.models import Hold
from civicforum.db import db
from civicforum.discussions.models import Post
from civicforum.errors import NotFound
from civicforum.moderation import policies
from civicforum.moderation.queries.places import posts_of
from civicforum.moderation.queries.recusal import is_free_of
from civicforum.moderation.queries.waiting import seen_holds
from civicforum.web.pagination import Page, decode_cursor, page_of


@dataclass(frozen=True)
class ToRead:
    """A comment that is held. ``can_decline``: nothing ties the viewer to it; they may publish it anyway."""

    hold: Hold
    post: Post
    can_decline: bool


def list_holds(viewer: Actor, cursor: str | None, limit: int) -> Page[ToRead]:
    """What waits for this moderator, oldest first; NotFound for those who moderate nowhere."""
    if not policies.can_see_queue(viewer):
        raise NotFound
    after = decode_cursor(cursor, int)
    wanted = _holds(viewer).where(Hold.decided_at.is_(None), Hold.id > (after[0] if after else 0))
    rows = db.session.execute(wanted.order_by(Hold.id).limit(limit + 1)).all()
    posts = posts_of([hold.object_id for hold, _free in rows])
    found = [ToRead(hold, posts[hold.object_id], bool(is_free)) for hold, is_free in rows]
    return page_of(found, limit, lambda row: [row.hold.id])


def get_hold(viewer: Actor, hold_id: int) -> ToRead:
    """A hold in a place that the viewer moderates, waiting or decided; NotFound for everybody else."""
    row = None
    if policies.can_see_queue(viewer):
        row = db.session.execute(_holds(viewer).where(Hold.id == hold_id)).one_or_none()
    if row is None:
        raise NotFound
    hold, is_free = row
    return ToRead(hold, db.session.get_one(Post, hold.object_id), bool(is_free))


def _holds(viewer: Actor) -> Select[Hold, bool]:
    """(hold, whether nothing ties the viewer to it), of others' comments where the viewer moderates."""
    found = seen_holds(viewer).join(Post, Post.id == Hold.object_id)
    return found.add_columns(is_free_of(viewer, Post))
