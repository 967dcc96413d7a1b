"""The queue, cases, reasons, and the public log."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Mapped, joinedload, selectinload

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.accounts.policies import has_site_role
from civicforum.agreement.models import Hold, Rule
from civicforum.agreement.queries import current_agreement, find_hold
from civicforum.db import db
from civicforum.discussions.models import Post
from civicforum.discussions.queries import get_post
from civicforum.errors import NotFound
from civicforum.moderation import policies
from civicforum.moderation.chain import GENESIS, first_broken
from civicforum.moderation.log import HEAD_ID, line_json
from civicforum.moderation.models import Case, Flag, LogEntry, LogHead, Measure
from civicforum.partnerships.models import Project
from civicforum.web.pagination import Page, decode_cursor, page_of

WAITING = ("open", "second_look")
DECIDABLE = ("visible", "pending", "hidden")


@dataclass(frozen=True)
class QueueItem:
    """Something that waits for a moderator: the post, what was said before it, and why it waits.

    ``why`` is flag, second_look, list, links or thread; exactly one of ``case`` and ``hold`` is there.
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
    posts = _posts([case.target_id for case in cases] + [hold.object_id for hold in holds])
    flags = _open_flags([case.id for case in cases])
    before = _posts_before(posts.values())
    items = [
        QueueItem(
            post,
            before.get(post.id),
            "second_look" if case.state == "second_look" else case.source,
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


def count_queue(viewer: Actor) -> int:
    """How many things wait for this moderator."""
    if not policies.can_see_queue(viewer):
        return 0
    cases = _waiting_cases(viewer).with_only_columns(func.count(Case.id)).options()
    holds = _waiting_holds(viewer).with_only_columns(func.count(Hold.id)).options()
    return (db.session.scalar(cases) or 0) + (db.session.scalar(holds) or 0)


def _waiting_cases(viewer: Actor) -> Select[Case]:
    return select(Case).where(
        Case.state.in_(WAITING),
        Case.target_type == "post",
        # What its author took back meanwhile leaves nothing to decide.
        Case.target_id.in_(select(Post.id).where(Post.state.in_(DECIDABLE))),
        _not_by(viewer, Case.target_author_id),
        _moderated_by(viewer, Case.project_id),
    )


def _waiting_holds(viewer: Actor) -> Select[Hold]:
    return select(Hold).where(
        Hold.decided_at.is_(None),
        Hold.kind == "post",
        _not_by(viewer, Hold.author_id),
        _moderated_by(viewer, Hold.project_id),
    )


def _not_by(viewer: Actor, author_id: Mapped[int | None]) -> ColumnElement[bool]:
    return or_(author_id.is_(None), author_id != (viewer.id or 0))


def _moderated_by(viewer: Actor, project_id: Mapped[int | None]) -> ColumnElement[bool]:
    """The projects where ``can_moderate`` holds: open ones for site moderators, and one's own."""
    if viewer is SYSTEM:
        return project_id.is_not(None)
    own = [row.project_id for row in viewer.memberships if row.role == "moderator"]
    if not has_site_role(viewer, "moderator"):
        return project_id.in_(own)
    belongs = [row.project_id for row in viewer.memberships]
    public = select(Project.id).where(Project.visibility == "public", Project.status != "draft")
    return or_(project_id.in_(public), project_id.in_(belongs))


def _posts(ids: Sequence[int]) -> dict[int, Post]:
    found = db.session.scalars(
        select(Post).where(Post.id.in_(ids)).options(joinedload(Post.writer), joinedload(Post.thread))
    )
    return {post.id: post for post in found}


def _posts_before(posts: Iterable[Post]) -> dict[int, Post]:
    """The visible post that each one follows, for context; pending ones follow the thread's latest."""
    found: dict[int, Post] = {}
    wanted = [(post.thread_id, (post.seq or post.thread.last_seq + 1) - 1, post.id) for post in posts]
    conditions = [(Post.thread_id == thread) & (Post.seq == seq) for thread, seq, _id in wanted if seq]
    if not conditions:
        return found
    rows = db.session.scalars(select(Post).where(Post.state == "visible", or_(*conditions)))
    by_place = {(row.thread_id, row.seq): row for row in rows}
    return {post_id: by_place[(thread, seq)] for thread, seq, post_id in wanted if (thread, seq) in by_place}


def _open_flags(case_ids: Sequence[int]) -> dict[int, list[Flag]]:
    rows = db.session.scalars(
        select(Flag).where(Flag.case_id.in_(case_ids), Flag.state == "open").order_by(Flag.id)
    )
    found: dict[int, list[Flag]] = {}
    for flag in rows:
        found.setdefault(flag.case_id or 0, []).append(flag)
    return found


# --- one case ---


def project_of(case: Case) -> Project | None:
    return db.session.get(Project, case.project_id) if case.project_id else None


def get_case(viewer: Actor, case_id: int) -> Case:
    """The case with its measures, for moderators of the place; NotFound for everybody else."""
    case = db.session.get(Case, case_id, options=[selectinload(Case.measures)])
    if case is None or not policies.can_see_case(viewer, case, project_of(case)):
        raise NotFound
    return case


def list_cases(viewer: Actor, cursor: str | None, limit: int) -> Page[Case]:
    """Cases of the places this person moderates, newest first."""
    if not policies.can_see_queue(viewer):
        raise NotFound
    wanted = select(Case).where(
        _moderated_by(viewer, Case.project_id), _not_by(viewer, Case.target_author_id)
    )
    before = decode_cursor(cursor, int)
    if before:
        wanted = wanted.where(Case.id < before[0])
    wanted = wanted.options(selectinload(Case.measures)).order_by(Case.id.desc()).limit(limit + 1)
    return page_of(db.session.scalars(wanted).all(), limit, lambda case: [case.id])


def find_case_about(target_type: str, target_id: int) -> Case | None:
    """The case about this target that is not closed, or else the latest."""
    return db.session.scalar(
        select(Case)
        .where(Case.target_type == target_type, Case.target_id == target_id)
        .order_by(Case.closed_at.is_not(None), Case.id.desc())
        .limit(1)
    )


def was_mended(post_id: int) -> bool:
    """Whether its author has mended this comment, in whatever case: that is done once."""
    mended = select(Case.id).where(
        Case.target_type == "post", Case.target_id == post_id, Case.mended_at.is_not(None)
    )
    return db.session.scalar(mended.limit(1)) is not None


def get_reasons(viewer: Actor, post_id: int) -> tuple[Post, Case, Measure]:
    """The post, its case and the measure in force, for the author and for moderators of the place."""
    post = get_post(viewer, post_id)
    case = find_case_about("post", post_id)
    if case is None or not policies.can_read_reasons(viewer, case, post.thread.project):
        raise NotFound
    measures = [m for m in case.measures if m.action in ("hide", "decline")]
    if not measures:
        raise NotFound
    return post, case, measures[-1]


def post_before(post: Post) -> Post | None:
    """The visible post that this one follows, for context."""
    return _posts_before([post]).get(post.id)


def open_flags(case: Case | None) -> Sequence[Flag]:
    return _open_flags([case.id]).get(case.id, []) if case else []


def waiting_hold(post: Post) -> Hold | None:
    """What holds this post back, if it waits for a decision."""
    hold = find_hold("post", post.id)
    return hold if hold and hold.decided_at is None else None


def find_own_flag(viewer: Actor, post_id: int) -> Flag | None:
    return db.session.scalar(
        select(Flag).where(Flag.post_id == post_id, Flag.user_id == viewer.id, Flag.state == "open")
    )


def get_own_flag(viewer: Actor, post_id: int) -> Flag:
    """The viewer's flag on this post, open or decided; NotFound if there is none."""
    flag = db.session.scalar(select(Flag).where(Flag.post_id == post_id, Flag.user_id == viewer.id))
    if flag is None:
        raise NotFound
    return flag


def find_measure(measure_id: int) -> tuple[Measure, Post] | None:
    """A measure and the post it was about, if both are still there."""
    measure = db.session.get(Measure, measure_id)
    post = db.session.get(Post, measure.case.target_id) if measure else None
    return (measure, post) if measure and post else None


def list_rules() -> Sequence[Rule]:
    """The rules that may be cited now: those of the current agreement."""
    version = current_agreement()
    return version.rules if version else []


# --- the public log ---


def list_log(cursor: str | None, limit: int) -> Page[LogEntry]:
    """Lines of the log, newest first."""
    wanted = select(LogEntry).order_by(LogEntry.number.desc()).limit(limit + 1)
    before = decode_cursor(cursor, int)
    if before:
        wanted = wanted.where(LogEntry.number < before[0])
    return page_of(db.session.scalars(wanted).all(), limit, lambda line: [line.number])


def log_head() -> tuple[int, str]:
    """How many lines there are, and the hash of the last."""
    head = db.session.get(LogHead, HEAD_ID)
    return (head.count, head.hash) if head else (0, GENESIS)


def verify_log() -> tuple[int, int | None]:
    """(number of lines, the first broken line or None). A missing end is broken after the last line."""
    entries = select(LogEntry).order_by(LogEntry.number).execution_options(yield_per=500)
    last: tuple[int, str] = (0, GENESIS)
    checked: list[tuple[int, str]] = [last]

    def seen(lines: Iterable[LogEntry]) -> Iterator[dict[str, Any]]:
        for line in lines:
            checked[0] = (line.number, line.hash)
            yield line_json(line)

    # At a broken line nobody reads on: PostgreSQL has to be told, or the cursor stays open.
    with closing(db.session.scalars(entries)) as lines:
        broken = first_broken(seen(lines))
    count, head = log_head()
    if broken is None and checked[0] != (count, head):
        broken = checked[0][0] + 1
    return checked[0][0], broken


@dataclass(frozen=True)
class ReportRow:
    """How often a measure was taken under a rule."""

    action: str
    rule: str
    count: int


def report() -> list[ReportRow]:
    """The log in figures: measures by kind and rule, most frequent first."""
    rows = db.session.execute(
        select(LogEntry.action, LogEntry.rule, func.count().label("times"))
        .group_by(LogEntry.action, LogEntry.rule)
        .order_by(func.count().desc(), LogEntry.action, LogEntry.rule)
    )
    return [ReportRow(row.action, row.rule, row.times) for row in rows]
