"""Finding people and tokens."""

from collections.abc import Iterable, Sequence
from functools import reduce
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from civicforum.accounts.models import Actor, ApiToken, EndedSession, RoleGrant, User
from civicforum.accounts.names import NAME_MARKS, skeleton, without_marks
from civicforum.db import db, now
from civicforum.errors import NotFound


def find_user(user_id: int) -> User | None:
    return db.session.get(User, user_id)


def get_person(handle: str) -> User:
    """The person with this handle; NotFound for nobody, for former participants, and before the address is
    confirmed: the page of a sign-up would say that its address had no account."""
    user = db.session.scalar(
        select(User).where(
            User.handle == handle.lower(), User.erased_at.is_(None), User.email_confirmed_at.is_not(None)
        )
    )
    if user is None:
        raise NotFound
    return user


def find_by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def read_password_hash(email: str) -> str | None:
    """The password's hash of this account, None for no account or no password.

    Gives the connection back at once: checking a hash takes a while, and a hall signs in together.
    """
    found = db.session.scalar(select(User.password_hash).where(User.email == email))
    db.session.rollback()
    return found


def find_by_session(session_id: str, session_key: str | None = None) -> User | None:
    """The person of a session ``id:version``, unless the version is an old one or the session ended."""
    user_id, _colon, version = session_id.partition(":")
    if not (user_id.isdigit() and version.isdigit()):
        return None
    person = select(User).where(
        User.id == int(user_id), User.session_version == int(version), User.erased_at.is_(None)
    )
    if session_key is not None:
        ended = exists().where(EndedSession.key == hash_token(session_key))
        person = person.where(~ended)
    return db.session.scalar(person)


def ended_sessions(session_keys: Iterable[str]) -> set[str]:
    """Which of these sessions were signed out, in one query."""
    by_hash = {hash_token(key): key for key in session_keys}
    rows = db.session.scalars(select(EndedSession.key).where(EndedSession.key.in_(by_hash)))
    return {by_hash[key] for key in rows}


def is_not_suspended() -> ColumnElement[bool]:
    """Of a row of people: whether they may speak just now, as far as suspensions go."""
    return or_(User.suspended_until.is_(None), User.suspended_until <= now())


def is_standing_well() -> ColumnElement[bool]:
    """``policies.is_in_good_standing`` of a row of people who are still here, in SQL."""
    return and_(User.email_confirmed_at.is_not(None), User.erased_at.is_(None), is_not_suspended())


def is_name_taken(name: str, but_for: int | None = None) -> bool:
    """Whether somebody is called this, or so that it looks the same. ``but_for`` is the asker's own id.

    Whoever has a role in the whole site is looked like more easily: spaces and marks count for nothing there.

    Only confirmed accounts take names. If a sign-up did, whoever signs up with somebody's address and then
    tries the name again would learn whether the first one made an account.
    """
    key = skeleton(name)
    has_role = User.id.in_(select(RoleGrant.user_id))
    like_theirs = has_role & (_without_marks(User.name_skeleton) == without_marks(key))
    return any(_is_somebody(like, but_for) for like in (User.name_skeleton == key, like_theirs))


def _is_somebody(like: ColumnElement[bool], but_for: int | None) -> bool:
    """One question for each: together no index would serve them."""
    taken = select(User.id).where(like, User.erased_at.is_(None), User.email_confirmed_at.is_not(None))
    if but_for is not None:
        taken = taken.where(User.id != but_for)
    return db.session.scalar(taken.limit(1)) is not None


def _without_marks(column: Any) -> ColumnElement[str]:
    return reduce(lambda bare, mark: func.replace(bare, mark, ""), NAME_MARKS, column)


def is_handle_taken(handle: str) -> bool:
    return db.session.scalar(select(User.id).where(User.handle == handle)) is not None


def has_administrator() -> bool:
    """Whether the town has been set up: somebody can administer it."""
    granted = select(RoleGrant.id).where(RoleGrant.role == "administrator").limit(1)
    return db.session.scalar(granted) is not None


def list_tokens(viewer: Actor) -> Sequence[ApiToken]:
    """The viewer's own API tokens that still work, newest first."""
    return db.session.scalars(
        select(ApiToken)
        .where(ApiToken.user_id == viewer.id, ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id.desc())
    ).all()


def find_token(token: str) -> ApiToken | None:
    """The token as it is now: not revoked, not expired, of somebody who is still here."""
    return db.session.scalar(
        select(ApiToken)
        .join(ApiToken.user)
        .where(
            User.erased_at.is_(None),
            ApiToken.token_hash == hash_token(token),
            ApiToken.revoked_at.is_(None),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now()),
        )
    )


def ended_tokens(token_ids: Iterable[int]) -> set[int]:
    """Which of these were revoked, have run out or are gone, in one query."""
    asked = set(token_ids)
    alive = select(ApiToken.id).where(
        ApiToken.id.in_(asked),
        ApiToken.revoked_at.is_(None),
        or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now()),
    )
    return asked - set(db.session.scalars(alive)) if asked else set()


def hash_token(token: str) -> str:
    """How a secret with full entropy is kept: one look at the table gives nobody a key."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def session_versions(user_ids: list[int]) -> dict[int, int]:
    """The present session version of each, in one query; the pulse compares them with the sockets'."""
    rows = db.session.execute(select(User.id, User.session_version).where(User.id.in_(user_ids)))
    return {row.id: row.session_version for row in rows}
