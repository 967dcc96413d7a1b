"""What the gathering pages read from many rooms: the viewer first, and only what they may see."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import contains_eager, lazyload

from civicforum.accounts.models import Actor
from civicforum.db import db, now
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.policies import can_see_post
from civicforum.errors import NotFound
from civicforum.partnerships.models import Organization, Project, Update
from civicforum.partnerships.queries import visible_projects_clause
from civicforum.townhalls.models import TownHall
from civicforum.townhalls.queries import list_running
from civicforum.voices.models import STATES, Voice
from civicforum.voices.queries import find_voice
from civicforum.web.pagination import Page, decode_cursor, page_of
from civicforum.web.site import get_site

MOST_RUNNING = 50

# --- what was heard ---


@dataclass(frozen=True)
class Heard:
    """A voice and the comment it stands for, which the viewer may read."""

    voice: Voice
    post: Post


def count_heard(viewer: Actor, project: Project | None = None) -> dict[str, int]:
    """How many comments that ``viewer`` may read have come how far; every state, zeros included."""
    statement = _spoken(viewer, project, select(Voice.state, func.count())).group_by(Voice.state)
    counts = dict.fromkeys(STATES, 0)
    counts.update((state, number) for state, number in db.session.execute(statement))
    return counts


def list_heard(
    viewer: Actor, project: Project | None = None, limit: int = 20, cursor: str | None = None
) -> Page[Heard]:
    """Comments that ``viewer`` may read with their voices, the latest first."""
    statement = (
        _spoken(viewer, project, select(Voice, Post))
        .options(
            contains_eager(Post.thread).contains_eager(Thread.project),
            lazyload(Post.writer),
            lazyload(Post.pseudonym),
        )
        .order_by(Voice.id.desc())
    )
    after = decode_cursor(cursor, int)
    if after:
        statement = statement.where(Voice.id < after[0])
    rows = db.session.execute(statement.limit(limit + 1)).all()
    heard = [Heard(voice, post) for voice, post in rows]
    return page_of(heard, limit, lambda row: [row.voice.id])


def _spoken(viewer: Actor, project: Project | None, statement: Any) -> Any:
    spoken = (
        statement.select_from(Voice)
        .join(Post, and_(Voice.kind == "post", Voice.object_id == Post.id))
        .join(Post.thread)
        .join(Thread.project)
        .where(*is_readable(viewer))
    )
    return spoken if project is None else spoken.where(Project.id == project.id)


def is_readable(viewer: Actor) -> tuple[ColumnElement[bool], ...]:
    """Posts that every reader of the project reads; the statement joins Thread and Project."""
    return (
        Post.state == "visible",
        Post.seq.is_not(None),
        Thread.status != "pending",
        visible_projects_clause(viewer),
    )


@dataclass(frozen=True)
class Receipt:
    """What became of one voice. ``body`` is None unless everybody who sees the thread may read it."""

    number: str
    state: str
    kind: str
    said_at: datetime
    post: Post

    @property
    def thread(self) -> Thread:
        return self.post.thread

    @property
    def project(self) -> Project:
        return self.post.thread.project

    @property
    def body(self) -> str | None:
        return self.post.body if self.post.is_visible else None

    @property
    def rule(self) -> dict[str, object] | None:
        """The rule that a moderator cited, where the words are hidden."""
        if self.post.state not in ("hidden", "removed", "declined") or not self.post.rule_number:
            return None
        return {"number": self.post.rule_number, "title": self.post.rule_title or ""}


def get_receipt(viewer: Actor, number: str) -> Receipt:
    """The receipt of this tracking number; NotFound for who may not know where it was said."""
    voice = find_voice(number)
    if voice is None or voice.kind != "post":
        raise NotFound
    post = db.session.get(Post, voice.object_id)
    if post is None or not can_see_post(viewer, post):
        raise NotFound
    said_at = post.published_at or post.created_at
    return Receipt(voice.number, voice.state, voice.kind, said_at, post)


# --- the front page ---


def list_discussed(viewer: Actor, project: Project | None = None, limit: int = 6) -> Sequence[Thread]:
    """Open threads that ``viewer`` may read (of one project), the latest spoken in first."""
    statement = (
        select(Thread)
        .join(Thread.project)
        .where(Thread.status == "open", Thread.archived_at.is_(None), visible_projects_clause(viewer))
        .options(contains_eager(Thread.project))
        .order_by(Thread.last_post_at.desc(), Thread.id.desc())
        .limit(limit)
    )
    if project is not None:
        statement = statement.where(Thread.project_id == project.id)
    return db.session.scalars(statement).all()


# --- a project's front page ---


def list_running_in(viewer: Actor, project: Project) -> list[TownHall]:
    """The town halls of one project that are going on now."""
    return [row for row in list_running(viewer, limit=MOST_RUNNING) if row.project_id == project.id]


def list_headlines(viewer: Actor, project: Project, limit: int = 2) -> Sequence[Update]:
    """The latest news of a project by headline; who wrote it is on its own page."""
    return db.session.scalars(
        select(Update)
        .join(Update.project)
        .where(
            Update.project_id == project.id,
            Update.withdrawn_at.is_(None),
            visible_projects_clause(viewer),
        )
        .order_by(Update.id.desc())
        .limit(limit)
    ).all()


def today() -> date:
    """The day in the town, by which phases are counted."""
    return now().astimezone(ZoneInfo(get_site().timezone)).date()


# --- the guided set-up ---


@dataclass(frozen=True)
class Progress:
    """What a new town has so far: the first of each, None where it is still to come."""

    organization: Organization | None
    project: Project | None
    town_hall: TownHall | None

    @property
    def is_unfinished(self) -> bool:
        return self.project is None or self.town_hall is None


def set_up_progress() -> Progress:
    """For administrators, who see everything."""
    return Progress(
        db.session.scalar(select(Organization).order_by(Organization.id).limit(1)),
        db.session.scalar(select(Project).order_by(Project.id).limit(1)),
        db.session.scalar(select(TownHall).order_by(TownHall.id).limit(1)),
    )
