"""What waits for a moderator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Mapped

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.accounts.policies import has_site_role
from civicforum.agreement.limits.models import DELAY
from civicforum.agreement.models import Hold
from civicforum.db import db
from civicforum.discussions.models import Post, Thread
from civicforum.errors import NotFound
from civicforum.moderation import policies
from civicforum.moderation.models import Case, Flag
from civicforum.moderation.queries.flags import flags_of_cases
from civicforum.moderation.queries.places import posts_before, posts_of
from civicforum.moderation.queries.recusal import is_free_of
from civicforum.partnerships.models import Project

# So many are decided together: each is one measure, with a line of its own in the log.
MOST_AT_ONCE = 200
WAITING = ("open", "second_look")


DECIDABLE = ("visible", "pending", "hidden")


@dataclass(frozen=True)
class QueueItem:
    """Something that waits for a moderator: the post, what was said before it, and why it waits.

    ``why`` is flag, score (flags hid it by themselves), second_look, listed (a word that is worth a look),
    moderator; or of what is held list, links, thread, newcomer. One of ``case`` and ``hold`` is there.
    """

    post: Post
    before: Post | None
    why: str
    since: datetime
    case: Case | None = None
    hold: Hold | None = None
    flags: Sequence[Flag] = ()


def list_queue(viewer: Actor, limit: int = 50) -> list[QueueItem]:
    """What waits for this moderator, oldest first; NotFound for those who moderate nowhere."""
    if not policies.can_see_queue(viewer):
        raise NotFound
    cases = db.session.scalars(_waiting_cases(viewer).order_by(Case.id).limit(limit)).all()
    holds = db.session.scalars(_waiting_holds(viewer).order_by(Hold.id).limit(limit)).all()
    posts = posts_of([case.target_id for case in cases] + [hold.object_id for hold in holds])
    flags = flags_of_cases([case.id for case in cases])
    before = posts_before(posts.values())
    items = [
        QueueItem(
            post,
            before.get(post.id),
            _why(case),
            case.mended_at or case.created_at,
            case=case,
            flags=flags.get(case.id, ()),
        )
        for case in cases
        if (post := posts.get(case.target_id))
    ]
    items += [
        QueueItem(post, before.get(post.id), hold.cause, hold.created_at, hold=hold)
        for hold in holds
        if (post := posts.get(hold.object_id))
    ]
    return sorted(items, key=lambda item: item.since)[:limit]


def _why(case: Case) -> str:
    if case.state == "second_look":
        return "second_look"
    if case.awaits_person:
        return "score"
    return "listed" if case.source == "list" else case.source


def count_queue(viewer: Actor) -> int:
    """How many things wait for this moderator."""
    if not policies.can_see_queue(viewer):
        return 0
    cases = _waiting_cases(viewer).with_only_columns(func.count(Case.id)).options()
    holds = _waiting_holds(viewer).with_only_columns(func.count(Hold.id)).options()
    return (db.session.scalar(cases) or 0) + (db.session.scalar(holds) or 0)


def _waiting_cases(viewer: Actor) -> Select[Case]:
    return select(Case).where(
        or_(Case.state.in_(WAITING), Case.awaits_person),
        Case.target_type == "post",
        # What its author took back meanwhile leaves nothing to decide; nor is there for who has a part in it.
        exists().where(Post.id == Case.target_id, Post.state.in_(DECIDABLE), is_free_of(viewer, Post)),
        not_by(viewer, Case.target_author_id),
        moderated_by(viewer, Case.project_id),
    )


def _waiting_holds(viewer: Actor) -> Select[Hold]:
    return select(Hold).where(
        Hold.decided_at.is_(None),
        Hold.kind == "post",
        # What only waits its seconds is the thread's own page's (queries.lane).
        Hold.cause != DELAY,
        not_by(viewer, Hold.author_id),
        moderated_by(viewer, Hold.project_id),
    )


def list_held(viewer: Actor, thread: Thread) -> list[Hold]:
    """What waits in one thread for this moderator, oldest first."""
    inside = select(Post.id).where(Post.thread_id == thread.id, Post.state == "pending")
    waiting = _waiting_holds(viewer).where(Hold.object_id.in_(inside)).order_by(Hold.id)
    return list(db.session.scalars(waiting.limit(MOST_AT_ONCE)))


def list_held_posts(viewer: Actor, thread: Thread) -> list[tuple[Hold, Post]]:
    """What waits in one thread for this moderator, each with its words, oldest first."""
    holds = list_held(viewer, thread)
    posts = posts_of([hold.object_id for hold in holds])
    return [(hold, posts[hold.object_id]) for hold in holds]


def not_by(viewer: Actor, author_id: Mapped[int | None]) -> ColumnElement[bool]:
    return or_(author_id.is_(None), author_id != (viewer.id or 0))


def moderated_by(viewer: Actor, project_id: Mapped[int | None]) -> ColumnElement[bool]:
    """The projects where ``can_moderate`` holds: open ones for site moderators, and one's own."""
    if viewer is SYSTEM:
        return project_id.is_not(None)
    own = [row.project_id for row in viewer.memberships if row.role == "moderator"]
    if not has_site_role(viewer, "moderator"):
        return project_id.in_(own)
    belongs = [row.project_id for row in viewer.memberships]
    public = select(Project.id).where(Project.visibility == "public", Project.status != "draft")
    return or_(project_id.in_(public), project_id.in_(belongs))
