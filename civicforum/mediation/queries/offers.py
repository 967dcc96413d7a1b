"""Whom an offer can be made to, and whether it may be made at all."""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased

from civicforum.accounts.models import Actor, RoleGrant, User
from civicforum.agreement.models import Rule
from civicforum.db import db, now
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.queries import get_post, get_thread
from civicforum.errors import NotFound
from civicforum.mediation import policies
from civicforum.mediation.models import MOST_OFFERS, REST_DAYS, Mediation, Participant
from civicforum.moderation.models import Case, Flag, Measure
from civicforum.partnerships.models import Project

MOST_PEOPLE = 50


def get_post_to_ask(viewer: Actor, post_id: int) -> Post:
    """A comment that mediation can be about, for who is signed in; NotFound otherwise."""
    post = get_post(viewer, post_id)
    if post.state != "visible":
        raise NotFound
    return post


def get_post_to_propose(viewer: Actor, post_id: int) -> Post:
    """A comment of which a moderator may propose mediation; NotFound for everybody else."""
    post = get_post(viewer, post_id)
    if not policies.can_propose(viewer, post):
        raise NotFound
    return post


def list_people(viewer: Actor, thread_id: int) -> tuple[Thread, Sequence[Post]]:
    """The latest visible comment of each other name in a thread, the latest first; and the thread."""
    thread = get_thread(viewer, thread_id)
    latest = _latest_of_each(thread_id)
    shown = select(Post).where(Post.id.in_(latest), Post.author_id != (viewer.id or 0))
    return thread, db.session.scalars(shown.order_by(Post.id.desc()).limit(MOST_PEOPLE)).all()


def _latest_of_each(thread_id: int) -> Select[int]:
    return (
        select(func.max(Post.id))
        .where(Post.thread_id == thread_id, Post.state == "visible")
        .group_by(Post.author_id, Post.pseudonym_id)
    )


def list_flags(viewer: Actor, post: Post) -> Sequence[Flag]:
    """The flags whose senders could be asked: their rule and note, never who sent them."""
    wanted = select(Flag).where(
        Flag.post_id == post.id, Flag.state != "withdrawn", Flag.user_id != (viewer.id or 0)
    )
    return db.session.scalars(wanted.order_by(Flag.id).limit(MOST_PEOPLE)).all()


def are_all_at_the_table(post_id: int, people: Collection[int]) -> bool:
    """Whether somebody flagged this comment, and all who did are among these people."""
    flaggers = set(
        db.session.scalars(select(Flag.user_id).where(Flag.post_id == post_id, Flag.state != "withdrawn"))
    )
    return bool(flaggers) and flaggers <= set(people)


def is_barred(post_id: int | None) -> bool:
    """Whether a rule against threats, hate or danger was cited here: then nobody is asked to sit down."""
    flagged = (
        select(Flag.id)
        .join(Rule)
        .where(Flag.post_id == post_id, Flag.state.in_(("open", "agreed")), Rule.no_mediation)
    )
    judged = (
        select(Measure.id)
        .join(Case)
        .join(Rule, Rule.id == Measure.rule_id)
        .where(Case.target_type == "post", Case.target_id == post_id, Rule.no_mediation)
    )
    return any(db.session.scalar(found.limit(1)) is not None for found in (flagged, judged))


def are_asked_enough(people: Sequence[Participant]) -> bool:
    """Whether one of these has as many offers as anybody should have to look at."""
    offered = (
        select(func.count())
        .select_from(Participant)
        .join(Mediation)
        .where(
            Participant.user_id.in_([part.user_id for part in people]),
            Participant.state == "invited",
            Participant.role == "side",
            Mediation.state == "offered",
        )
        .group_by(Participant.user_id)
    )
    return max(db.session.scalars(offered), default=0) >= MOST_OFFERS


def has_mediators() -> bool:
    """Whether anybody in town mediates."""
    return bool(db.session.scalar(select(exists().where(RoleGrant.role == "mediator"))))


def find_mediator(project: Project | None, sides: Sequence[User], asked: Iterable[int]) -> User | None:
    """Whoever of the mediators may sit with these two and has the fewest rooms; not those asked before."""
    not_these = {*asked, *(side.id for side in sides)}
    found = select(User).join(RoleGrant).where(RoleGrant.role == "mediator", User.id.not_in(not_these))
    free = [user for user in db.session.scalars(found) if policies.can_mediate(user, project, sides)]
    busy = _count_rooms([user.id for user in free])
    return min(free, key=lambda user: (busy.get(user.id, 0), user.id), default=None)


def _count_rooms(user_ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Participant.user_id, func.count().label("rooms"))
        .join(Mediation)
        .where(Participant.user_id.in_(user_ids), Mediation.state.in_(("offered", "in_session")))
        .group_by(Participant.user_id)
    )
    return {row.user_id: row.rooms for row in rows}


def were_asked_lately(one: int, other: int, known_to: int | None = None) -> bool:
    """Whether these two were offered mediation within the rest, or are in it.

    ``known_to``: only what this person was told of counts, so that asking tells nobody anything new.
    """
    first, second = aliased(Participant), aliased(Participant)
    wanted = (
        select(Mediation.id)
        .join(first, first.mediation_id == Mediation.id)
        .join(second, second.mediation_id == Mediation.id)
        .where(
            first.user_id == one,
            second.user_id == other,
            first.role == "side",
            second.role == "side",
            Mediation.created_at > now() - timedelta(days=REST_DAYS),
        )
    )
    if known_to is not None:
        knows = first if known_to == one else second
        wanted = wanted.where(knows.state != "waiting")
    return db.session.scalar(wanted.limit(1)) is not None
