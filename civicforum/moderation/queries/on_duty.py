"""What waits for a moderator on duty, project by project; and who is told that something does."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, exists, func, select

from civicforum.accounts.models import User
from civicforum.agreement.models import Duty, Hold
from civicforum.db import db, now
from civicforum.discussions.models import Post
from civicforum.moderation.queries.recusal import is_free_of, may_judge_post
from civicforum.moderation.queries.waiting import is_held, moderated_by
from civicforum.partnerships.models import Project


def list_free_on_duty(post_id: int) -> Sequence[int]:
    """Who is on duty where this comment is, and nothing ties them to it."""
    post = db.session.get_one(Post, post_id)
    return db.session.scalars(
        select(User.id)
        .join(Duty, Duty.user_id == User.id)
        .join(Post, Post.id == post_id)
        .where(Duty.ends_at > now(), may_judge_post(post))
        .order_by(User.id)
    ).all()


@dataclass(frozen=True)
class HeldIn:
    """What a project is called, and how many comments wait in it for somebody."""

    project: str
    count: int


def count_held(viewer: User, project_ids: Sequence[int]) -> dict[int, HeldIn]:
    """How many comments wait for this moderator in each of these projects; nothing where they may not read.

    What they have a part in does not wait for them, and is not counted.
    """
    free = exists().where(Post.id == Hold.object_id, Post.state == "pending", is_free_of(viewer, Post))
    waits = and_(Hold.project_id == Project.id, Hold.decided_at.is_(None), is_held(), free)
    rows = db.session.execute(
        select(Project.id, Project.title, func.count(Hold.id))
        .outerjoin(Hold, waits)
        .where(Project.id.in_(project_ids), moderated_by(viewer, Project.id))
        .group_by(Project.id, Project.title)
    )
    return {id_: HeldIn(title, count) for id_, title, count in rows}
