"""What people asked the moderators to look at."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from civicforum.accounts.models import Actor
from civicforum.db import db
from civicforum.errors import NotFound
from civicforum.moderation.models import Case, Flag, Measure
from civicforum.moderation.queries.cases import measures_about


def flags_of_cases(case_ids: Sequence[int]) -> dict[int, list[Flag]]:
    rows = db.session.scalars(
        select(Flag).where(Flag.case_id.in_(case_ids), Flag.state == "open").order_by(Flag.id)
    )
    found: dict[int, list[Flag]] = {}
    for flag in rows:
        found.setdefault(flag.case_id or 0, []).append(flag)
    return found


def open_flags(case: Case | None) -> Sequence[Flag]:
    return flags_of_cases([case.id]).get(case.id, []) if case else []


def find_own_flag(viewer: Actor, post_id: int) -> Flag | None:
    return db.session.scalar(
        select(Flag).where(Flag.post_id == post_id, Flag.user_id == viewer.id, Flag.state == "open")
    )


def get_own_flag(viewer: Actor, post_id: int) -> Flag:
    """The viewer's latest flag on this post, open or decided; NotFound if there is none."""
    flag = db.session.scalar(
        select(Flag)
        .where(Flag.post_id == post_id, Flag.user_id == viewer.id)
        .order_by(Flag.id.desc())
        .limit(1)
    )
    if flag is None:
        raise NotFound
    return flag


def count_flags_by(viewer: Actor, since: datetime) -> int:
    """How many comments the viewer flagged since then, whatever became of it."""
    mine = select(func.count(Flag.id)).where(Flag.user_id == viewer.id, Flag.created_at > since)
    return db.session.scalar(mine) or 0


def last_left_at(post_id: int) -> datetime | None:
    """When a person last left this post as it is, or showed it again."""
    return db.session.scalar(
        measures_about("post", post_id)
        .where(Measure.action.in_(("leave", "restore")), Measure.is_automated.is_(False))
        .with_only_columns(func.max(Measure.created_at))
    )
