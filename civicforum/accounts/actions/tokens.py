"""API tokens: made, shown once, noted when used, revoked."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, update

from civicforum.accounts import policies
from civicforum.accounts.models import SYSTEM, Actor, ApiToken, User
from civicforum.accounts.queries import hash_token
from civicforum.db import after_commit, db, lock, now, transactional
from civicforum.errors import Invalid, NotFound, require
from civicforum.live.doorbell import ring_person

SCOPES = ("read", "write", "moderate", "admin")
PREFIX = "cf_"  # so that a scanner of leaked secrets knows one when it sees one
NOTED_EVERY = timedelta(minutes=10)


@transactional
def create_token(
    actor: Actor, user: User, name: str, scopes: Sequence[str] = SCOPES, days: int | None = None
) -> str:
    """Make a token and give it back: it is shown this once, only its hash is kept.

    ``days``: how long it holds (None: until it is revoked). Raises Invalid for scopes beyond the
    person's roles; the house itself gives them all, and they never count for more than the roles.
    """
    user = lock(User, user.id)
    require(policies.can_make_token(actor, user))
    allowed = SCOPES if actor is SYSTEM else policies.token_scopes(user)
    if not scopes or not set(scopes) <= set(allowed):
        raise Invalid(errors={"scopes": [_("Choose from what you may do yourself.")]})
    token = PREFIX + secrets.token_urlsafe(32)
    db.session.add(
        ApiToken(
            user_id=user.id,
            name=name,
            token_hash=hash_token(token),
            scopes=" ".join(scope for scope in SCOPES if scope in scopes),
            expires_at=now() + timedelta(days=days) if days else None,
        )
    )
    return token


@transactional
def revoke_token(actor: Actor, token_id: int) -> None:
    """End one of one's own tokens. NotFound for anybody else's."""
    token = lock(ApiToken, token_id)
    if not policies.can_revoke_token(actor, token.user_id):
        raise NotFound
    token.revoked_at = token.revoked_at or now()
    user_id = token.user_id
    after_commit(lambda: ring_person(user_id))


def revoke_all(user: User) -> None:
    """End every token of this person; inside a running action."""
    db.session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now())
    )


@transactional
def note_token_use(actor: Actor, token_id: int) -> None:
    """Keep when a token was used last, to ten minutes."""
    require(actor is SYSTEM)
    db.session.execute(
        update(ApiToken)
        .where(
            ApiToken.id == token_id,
            or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at < now() - NOTED_EVERY),
        )
        .values(last_used_at=now()),
        execution_options={"synchronize_session": False},
    )
