"""Finding people and tokens."""

from hashlib import sha256

from sqlalchemy import or_, select

from civicforum.accounts.models import ApiToken, User
from civicforum.db import db, now
from civicforum.errors import NotFound


def find_user(user_id: int) -> User | None:
    return db.session.get(User, user_id)


def get_person(handle: str) -> User:
    """The person with this handle; NotFound for nobody and for former participants."""
    user = db.session.scalar(select(User).where(User.handle == handle.lower(), User.erased_at.is_(None)))
    if user is None:
        raise NotFound
    return user


def find_by_email(email: str) -> User | None:
    return db.session.scalar(select(User).where(User.email == email.strip().lower()))


def find_by_session(session_id: str) -> User | None:
    """The person of a session ``id:version``, unless the version is an old one."""
    user_id, _colon, version = session_id.partition(":")
    if not (user_id.isdigit() and version.isdigit()):
        return None
    return db.session.scalar(
        select(User).where(User.id == int(user_id), User.session_version == int(version))
    )


def find_token(token: str) -> ApiToken | None:
    """The token as it is now: not revoked, not expired."""
    return db.session.scalar(
        select(ApiToken).where(
            ApiToken.token_hash == hash_token(token),
            ApiToken.revoked_at.is_(None),
            or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now()),
        )
    )


def hash_token(token: str) -> str:
    """How a secret with full entropy is kept: one look at the table gives nobody a key."""
    return sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def session_versions(user_ids: list[int]) -> dict[int, int]:
    """The present session version of each, in one query; the pulse compares them with the sockets'."""
    rows = db.session.execute(select(User.id, User.session_version).where(User.id.in_(user_ids)))
    return {row.id: row.session_version for row in rows}
