"""What waits for a moderator, as conditions in SQL: who may look at it, and what somebody narrows it to."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, or_, select
from sqlalchemy.orm import Mapped

from civicforum.accounts.models import SYSTEM, Actor, User
from civicforum.accounts.policies import has_site_role
from civicforum.agreement.limits.models import DELAY
from civicforum.agreement.models import Hold
from civicforum.db import now
from civicforum.discussions.models import Post, Thread
from civicforum.moderation import policies
from civicforum.moderation.models import Case, QueueClaim
from civicforum.moderation.queries.recusal import is_free_of, is_free_of_person, is_free_of_thread
from civicforum.partnerships.models import Project

DECIDABLE = ("visible", "pending", "hidden")


@dataclass(frozen=True)
class QueueFilter:
    """What a moderator wants to see of what waits; all of it must hold.

    ``kind``, ``why`` and ``whose`` are the keys of ``words.QUEUE_KINDS``, ``WHYS`` and ``WHOSE``.
    """

    kind: str = ""
    why: str = ""
    project_id: int | None = None
    whose: str = ""
    thread_id: int | None = None


ALL = QueueFilter()


def why_waits(row: Case) -> str:
    """Why a case waits, in a word; also of a row with its columns."""
    if row.state == "second_look":
        return "second_look"
    if row.awaits_person:
        return "score"
    return "listed" if row.source == "list" else row.source


def seen_cases(viewer: Actor) -> Select[Case]:
    """The cases this moderator may judge, whether they wait or not."""
    # What its author took back meanwhile leaves nothing to decide; nor is there for who has a part in it.
    of_post = exists().where(Post.id == Case.target_id, Post.state.in_(DECIDABLE), is_free_of(viewer, Post))
    of_thread = exists().where(Thread.id == Case.target_id, is_free_of_thread(viewer))
    is_there = exists().where(User.id == Case.target_id, User.erased_at.is_(None))
    of_person = and_(is_there, is_free_of_person(viewer, Case))
    here, target = moderated_by(viewer, Case.project_id), Case.target_type
    # A choice, no OR: with that a database would gather all the cases there are, kind by kind, to sort them.
    is_theirs = case(
        (target == "post", and_(here, of_post)),
        (target == "thread", and_(here, of_thread)),
        else_=and_(target == "person", of_person) if policies.can_act_for_site(viewer) else false(),
    )
    return select(Case).where(not_by(viewer, Case.target_author_id), is_theirs)


def waiting_cases(viewer: Actor, wanted: QueueFilter = ALL) -> Select[Case]:
    return seen_cases(viewer).where(Case.waits_since.is_not(None), *_narrowed_cases(viewer, wanted))


def is_held() -> ColumnElement[bool]:
    """Whether a hold is for moderators to read: what only waits its seconds is the thread's own page's."""
    return and_(Hold.kind == "post", Hold.cause != DELAY)


def seen_holds(viewer: Actor) -> Select[Hold]:
    """What was held where this person moderates, and is not their own, decided or not."""
    return select(Hold).where(
        is_held(),
        not_by(viewer, Hold.author_id),
        moderated_by(viewer, Hold.project_id),
    )


def waiting_holds(viewer: Actor, wanted: QueueFilter = ALL) -> Select[Hold]:
    return seen_holds(viewer).where(Hold.decided_at.is_(None), *_narrowed_holds(viewer, wanted))


def _narrowed_cases(viewer: Actor, wanted: QueueFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.kind:
        found.append(Case.target_type == wanted.kind)
    if wanted.why:
        found.append(_is_why(wanted.why))
    if wanted.project_id:
        found.append(Case.project_id == wanted.project_id)
    if wanted.whose:
        found.append(_is_whose(viewer, wanted.whose, QueueClaim.case_id == Case.id))
    if wanted.thread_id:
        found.append(is_in_thread(wanted.thread_id))
    return found


def _is_why(why: str) -> ColumnElement[bool]:
    """The same in SQL as ``why_waits``."""
    by_flags = and_(Case.state != "second_look", Case.awaits_person)
    if why == "second_look":
        return Case.state == "second_look"
    if why == "score":
        return by_flags
    source = "list" if why == "listed" else why
    return and_(Case.state != "second_look", ~Case.awaits_person, Case.source == source)


def is_in_thread(thread_id: int) -> ColumnElement[bool]:
    """Whether a case is about a thread, or about a comment that stands in it."""
    inside = select(Post.id).where(Post.thread_id == thread_id)
    return or_(
        and_(Case.target_type == "post", Case.target_id.in_(inside)),
        and_(Case.target_type == "thread", Case.target_id == thread_id),
    )


def _narrowed_holds(viewer: Actor, wanted: QueueFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.kind and wanted.kind != "held":
        found.append(false())
    if wanted.why:
        found.append(Hold.cause == wanted.why)
    if wanted.project_id:
        found.append(Hold.project_id == wanted.project_id)
    if wanted.whose:
        found.append(_is_whose(viewer, wanted.whose, QueueClaim.hold_id == Hold.id))
    if wanted.thread_id:
        found.append(Hold.object_id.in_(select(Post.id).where(Post.thread_id == wanted.thread_id)))
    return found


def _is_whose(viewer: Actor, whose: str, of_this: ColumnElement[bool]) -> ColumnElement[bool]:
    claimed = exists().where(of_this, QueueClaim.ends_at > now())
    own = exists().where(of_this, QueueClaim.ends_at > now(), QueueClaim.user_id == (viewer.id or 0))
    return {"mine": own, "nobody": ~claimed, "others": and_(claimed, ~own)}[whose]


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
    public = select(Project.id).where(Project.is_public)
    return or_(project_id.in_(public), project_id.in_(belongs))
