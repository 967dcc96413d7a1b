"""Whom words can call on: who spoke in the thread, and the project's partners."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from civicforum.accounts.models import User
from civicforum.db import db
from civicforum.discussions import policies
from civicforum.discussions.models import Post, Thread
from civicforum.partnerships.models import Organization, Partner, Seat

MOST_OFFERED = 8
# Looked through for people to call on: however long a thread is, it costs the same.
LATEST_POSTS = 300
LONGEST_HANDLE = 30
# Who speaks for an organization that is called on is told; not a whole town hall's staff.
MOST_SEATS = 20


@dataclass(frozen=True)
class Callee:
    """Somebody to call on as ``@handle``: a person, or a partner by its short name."""

    handle: str
    name: str
    is_organization: bool = False


def find_called(handles: Sequence[str], thread: Thread) -> list[User]:
    """The people of these handles, and who speaks for partners of these names; those who see the thread."""
    if not handles:
        return []
    people = list(
        db.session.scalars(select(User).where(User.handle.in_(list(handles)), User.erased_at.is_(None)))
    )
    people += _speaking_for({*handles} - {user.handle for user in people}, thread)
    return [user for user in dict.fromkeys(people) if policies.can_see_thread(user, thread)]


def _speaking_for(names: set[str], thread: Thread) -> Sequence[User]:
    if not names:
        return []
    return db.session.scalars(
        select(User)
        .join(Seat, Seat.user_id == User.id)
        .join(Organization, Organization.id == Seat.organization_id)
        .join(Partner, Partner.organization_id == Organization.id)
        .where(
            Organization.slug.in_(names),
            Partner.project_id == thread.project_id,
            User.erased_at.is_(None),
        )
        .order_by(Seat.id)
        .limit(MOST_SEATS)
    ).all()


def list_callees(thread: Thread, beginning: str) -> list[Callee]:
    """Whom one can call on in this thread, whose handle or name begins so; people before partners.

    Nobody is found here who is not to be seen here anyway. The caller asked who may see the thread.
    """
    found = [*_people(thread, beginning), *_partners(thread, beginning)]
    return found[:MOST_OFFERED]


def _people(thread: Thread, beginning: str) -> list[Callee]:
    speakers = select(Post.author_id).where(
        Post.thread_id == thread.id,
        Post.state == "visible",
        Post.pseudonym_id.is_(None),
        Post.seq > thread.last_seq - LATEST_POSTS,
    )
    rows = db.session.execute(
        select(User.handle, User.name)
        .where(User.id.in_(speakers), User.erased_at.is_(None), _begins(beginning, User.handle, User.name))
        .order_by(User.handle)
        .limit(MOST_OFFERED)
    )
    return [Callee(row.handle, row.name) for row in rows]


def _partners(thread: Thread, beginning: str) -> list[Callee]:
    rows = db.session.execute(
        select(Organization.slug, Organization.name)
        .join(Partner, Partner.organization_id == Organization.id)
        .where(
            Partner.project_id == thread.project_id,
            func.length(Organization.slug) <= LONGEST_HANDLE,
            _begins(beginning, Organization.slug, Organization.name),
        )
        .order_by(Organization.name)
        .limit(MOST_OFFERED)
    )
    return [Callee(row.slug, row.name, is_organization=True) for row in rows]


def _begins(beginning: str, *columns: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    return or_(*(column.istartswith(beginning.strip(), autoescape=True) for column in columns))
