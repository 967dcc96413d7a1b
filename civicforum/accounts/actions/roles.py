"""Roles in the whole site, and suspension."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from civicforum.accounts import appearances, policies
from civicforum.accounts.actions.arriving import check_role
from civicforum.accounts.actions.sessions import end_sessions
from civicforum.accounts.models import Actor, RoleGrant, User
from civicforum.db import db, lock, transactional
from civicforum.errors import Conflict, Invalid, require
from civicforum.live.changes import shrink_audience
from civicforum.live.registry import closed_channels


@transactional
def grant_role(actor: Actor, user: User, role: str) -> None:
    """Give a role in the whole site; giving it twice changes nothing."""
    user = lock(User, user.id)
    require(policies.can_grant_roles(actor))
    check_role(role)
    if role != "resident" and not user.has_role(role):
        user.grants.append(RoleGrant(role=role))
        db.session.flush()
        appearances.show_again([user.id])


@transactional
def revoke_role(actor: Actor, user: User, role: str) -> None:
    """Take a role back, and with it whatever was seen through it.

    Raises Conflict for the last administrator: nobody could give it again.
    """
    user = lock(User, user.id)
    require(policies.can_grant_roles(actor))
    check_role(role)
    if role == "administrator" and user.is_administrator and len(_lock_administrators()) == 1:
        raise Conflict(_("This is the last administrator. Name another one first."))
    if not user.has_role(role):
        return
    user.grants = [grant for grant in user.grants if grant.role != role]
    db.session.flush()
    shrink_audience(closed_channels())
    appearances.show_again([user.id])


def _lock_administrators() -> Sequence[RoleGrant]:
    """All grants of this role, held: two administrators who revoke each other's do it one after the other."""
    return db.session.scalars(
        select(RoleGrant)
        .where(RoleGrant.role == "administrator")
        .order_by(RoleGrant.id)
        .with_for_update(key_share=True, of=RoleGrant)
    ).all()


@transactional
def suspend_person(actor: Actor, user: User, until: datetime) -> None:
    """Let somebody read but not speak until then; their sessions and sockets end at once."""
    user = lock(User, user.id)
    require(policies.can_suspend(actor, user))
    user.suspended_until = until
    end_sessions(user)


@transactional
def lift_suspension(actor: Actor, user: User) -> None:
    """Let somebody speak again before their time. Raises Invalid if they may."""
    user = lock(User, user.id)
    require(policies.can_suspend(actor, user))
    if user.suspended_until is None:
        raise Invalid(_("This person is not suspended."))
    user.suspended_until = None
