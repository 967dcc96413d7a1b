"""What a case is about, and what stands around it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from civicforum.agreement.models import Hold, Rule
from civicforum.agreement.queries import find_hold
from civicforum.db import db
from civicforum.discussions.models import Post
from civicforum.moderation.models import Case
from civicforum.partnerships.models import Project


def posts_of(ids: Sequence[int]) -> dict[int, Post]:
    found = db.session.scalars(
        select(Post).where(Post.id.in_(ids)).options(joinedload(Post.writer), joinedload(Post.thread))
    )
    return {post.id: post for post in found}


def posts_before(posts: Iterable[Post]) -> dict[int, Post]:
    """The visible post that each one follows, for context; pending ones follow the thread's latest."""
    found: dict[int, Post] = {}
    wanted = [(post.thread_id, (post.seq or post.thread.last_seq + 1) - 1, post.id) for post in posts]
    conditions = [(Post.thread_id == thread) & (Post.seq == seq) for thread, seq, _id in wanted if seq]
    if not conditions:
        return found
    rows = db.session.scalars(select(Post).where(Post.state == "visible", or_(*conditions)))
    by_place = {(row.thread_id, row.seq): row for row in rows}
    return {post_id: by_place[(thread, seq)] for thread, seq, post_id in wanted if (thread, seq) in by_place}


def project_of(case: Case) -> Project | None:
    return db.session.get(Project, case.project_id) if case.project_id else None


def project_of_rule(rule: Rule) -> Project | None:
    """Whose own rule it is; None for the town's."""
    project_id = rule.version.project_id
    return db.session.get(Project, project_id) if project_id else None


def post_before(post: Post) -> Post | None:
    """The visible post that this one follows, for context."""
    return posts_before([post]).get(post.id)


def waiting_hold(post: Post) -> Hold | None:
    """What holds this post back, if it waits for a decision."""
    hold = find_hold("post", post.id)
    return hold if hold and hold.decided_at is None else None
