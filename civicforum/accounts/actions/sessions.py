"""What begins and ends sessions: links by mail, new passwords, signing out."""

from datetime import timedelta

from sqlalchemy import delete

from civicforum import jobs
from civicforum.accounts import policies
from civicforum.accounts.actions.arriving import lock_by_token, settle
from civicforum.accounts.models import SYSTEM, Actor, EndedSession, User
from civicforum.accounts.queries import hash_token
from civicforum.db import after_commit, db, lock, now, transactional
from civicforum.errors import require
from civicforum.live.doorbell import ring_person

# A cookie is refused by its age after 30 days; then its end need not be remembered.
KEPT_DAYS = 31


@transactional
def use_sign_in_link(actor: Actor, token: str) -> User:
    """Use up a mailed link: the person who may be signed in now. It confirms the address as well.

    A password that was chosen before that is dropped: it may be of somebody who signed up with this
    address to wait for its owner.
    """
    user = lock_by_token(token, "sign-in")
    if not user.is_confirmed:
        user.password_hash = None
    settle(user)
    return user


@transactional
def reset_password(actor: Actor, token: str, password_hash: str) -> User:
    """Use up a mailed link and set a new password; every session of the person ends."""
    user = lock_by_token(token, "reset")
    settle(user)
    set_password(user, password_hash)
    return user


def set_password(user: User, password_hash: str | None) -> None:
    user.password_hash = password_hash
    end_sessions(user)
    jobs.enqueue("accounts.mail_password_changed", user_id=user.id, at=now().isoformat())


def end_sessions(user: User) -> None:
    """Every session of this person is over, here and everywhere; inside a running action."""
    user.session_version += 1
    user_id = user.id
    after_commit(lambda: ring_person(user_id))


@transactional
def renew_hash(actor: Actor, user: User, password_hash: str) -> None:
    """Keep the same password, hashed with today's settings."""
    user = lock(User, user.id)
    require(policies.can_edit_account(actor, user))
    user.password_hash = password_hash


@transactional
def end_session(actor: Actor, session_key: str) -> None:
    """End one session, known by its key: copies of its cookie are worthless from now on."""
    db.session.merge(EndedSession(key=hash_token(session_key), ended_at=now()))
    jobs.enqueue(
        "accounts.forget_ended_sessions",
        unique_key="accounts:forget-ended-sessions",
        run_at=now() + timedelta(days=1),
    )
    user_id = actor.id
    if user_id is not None:
        after_commit(lambda: ring_person(user_id))


@transactional
def forget_ended_sessions(actor: Actor) -> None:
    """Drop what is too old to be presented anyway."""
    require(actor is SYSTEM)
    limit = now() - timedelta(days=KEPT_DAYS)
    db.session.execute(delete(EndedSession).where(EndedSession.ended_at < limit))


@transactional
def end_all_sessions(actor: Actor, user: User) -> None:
    """Sign this person out everywhere."""
    user = lock(User, user.id)
    require(policies.can_edit_account(actor, user))
    end_sessions(user)
