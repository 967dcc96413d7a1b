"""Access needs, summaries, and who is owed them."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from civicforum.accounts.models import Actor
from civicforum.db import db
from civicforum.discussions.models import Post
from civicforum.errors import NotFound, require
from civicforum.townhalls import policies
from civicforum.townhalls.models import CheckIn, Need, Rsvp, Summary, TownHall
from civicforum.townhalls.queries.answers import INTERESTED


def list_needs(viewer: Actor, town_hall: TownHall) -> Sequence[Need]:
    """What people who still come have asked for, unsettled first; for those who help."""
    require(policies.can_settle_needs(viewer, town_hall))
    is_settled = Need.state != "requested"
    return (
        db.session.scalars(
            select(Need)
            .join(Need.rsvp)
            .where(Rsvp.town_hall_id == town_hall.id, Rsvp.state.in_(INTERESTED))
            .options(contains_eager(Need.rsvp))
            .order_by(is_settled, Need.created_at, Need.id)
        )
        .unique()
        .all()
    )


def list_all_needs(town_hall_id: int) -> Sequence[Need]:
    """Every need of a meeting, also of those who do not come: for forgetting them."""
    return db.session.scalars(select(Need).join(Need.rsvp).where(Rsvp.town_hall_id == town_hall_id)).all()


def get_need(viewer: Actor, town_hall: TownHall, need_id: int) -> Need:
    row = db.session.get(Need, need_id)
    if row is None or row.rsvp.town_hall_id != town_hall.id:
        raise NotFound
    if not policies.can_settle_needs(viewer, town_hall):
        raise NotFound
    return row


def count_needs(town_hall: TownHall) -> tuple[int, int]:
    """(asked, met): of those who still come; after they were purged, what was kept of them."""
    if town_hall.needs_asked is not None:
        return town_hall.needs_asked, town_hall.needs_met or 0
    rows = db.session.execute(
        select(Need.state, func.count())
        .join(Need.rsvp)
        .where(Rsvp.town_hall_id == town_hall.id, Rsvp.state.in_(INTERESTED))
        .group_by(Need.state)
    ).all()
    by_state = {row[0]: row[1] for row in rows}
    return sum(by_state.values()), by_state.get("provided", 0) + by_state.get("confirmed", 0)


def latest_summary(town_hall: TownHall) -> Summary | None:
    return db.session.scalar(
        select(Summary).where(Summary.town_hall_id == town_hall.id).order_by(Summary.version.desc()).limit(1)
    )


def latest_summaries(town_hall_ids: Sequence[int]) -> dict[int, Summary]:
    """The newest version of each meeting's summary, in one query."""
    rows = db.session.scalars(
        select(Summary).where(Summary.town_hall_id.in_(town_hall_ids)).order_by(Summary.version)
    )
    return {row.town_hall_id: row for row in rows}


def list_summaries(town_hall: TownHall) -> Sequence[Summary]:
    """All versions, the newest first."""
    return db.session.scalars(
        select(Summary).where(Summary.town_hall_id == town_hall.id).order_by(Summary.version.desc())
    ).all()


def list_who_came(town_hall_id: int) -> Sequence[Rsvp]:
    """The answers of those who were checked in; where nobody kept the door, of all who were coming."""
    came = db.session.scalars(
        select(Rsvp)
        .where(
            Rsvp.town_hall_id == town_hall_id,
            Rsvp.id.in_(select(CheckIn.rsvp_id).where(CheckIn.undone_at.is_(None))),
        )
        .order_by(Rsvp.id)
    ).all()
    if came:
        return came
    return db.session.scalars(
        select(Rsvp).where(Rsvp.town_hall_id == town_hall_id, Rsvp.state == "going").order_by(Rsvp.id)
    ).all()


def list_thread_writers(thread_id: int | None) -> list[int]:
    """Whoever has a visible comment in the meeting's discussion."""
    if thread_id is None:
        return []
    return [
        user_id
        for user_id in db.session.scalars(
            select(Post.author_id)
            .where(Post.thread_id == thread_id, Post.state == "visible", Post.author_id.is_not(None))
            .distinct()
            .order_by(Post.author_id)
        )
        if user_id is not None
    ]


def is_discussed_in(thread_id: int) -> bool:
    """Whether a meeting has its discussion in this thread."""
    return db.session.scalar(select(TownHall.id).where(TownHall.thread_id == thread_id).limit(1)) is not None


def recent_posts(thread_id: int | None, limit: int = 5) -> list[Post]:
    """The latest visible comments of the meeting's discussion, in their order."""
    if thread_id is None:
        return []
    rows = db.session.scalars(
        select(Post)
        .where(Post.thread_id == thread_id, Post.state == "visible", Post.seq.is_not(None))
        .options(joinedload(Post.writer), joinedload(Post.pseudonym))
        .order_by(Post.seq.desc())
        .limit(limit)
    ).all()
    return list(reversed(rows))
