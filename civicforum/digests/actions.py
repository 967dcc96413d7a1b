"""Seeing to it that everybody's digest is written in their morning, once."""

from datetime import datetime, timedelta

from sqlalchemy import or_, select

from civicforum import jobs
from civicforum.accounts.models import Actor, User
from civicforum.db import db, now, transactional
from civicforum.digests import policies
from civicforum.digests.mornings import is_morning, next_morning, own_day
from civicforum.errors import require
from civicforum.notifications.actions import lock_wishes
from civicforum.notifications.models import MailWishes
from civicforum.web.site import get_site

# So many people are looked after in one transaction.
PEOPLE_AT_ONCE = 100
# Somebody's first digest looks back so far, and no digest further.
LONGEST_LOOK_BACK = timedelta(days=7)
# What was said in the last minute may not be committed yet: it is left to the next one, so that none is lost.
SETTLED = timedelta(minutes=1)


@transactional
def plan_digests(actor: Actor) -> int:
    """Give each person whose digest is due a job that writes it, and their next morning; how many they were.

    Both commit together, so that none is lost and none is planned twice. Locks each person's own row.
    """
    require(policies.can_plan_digests(actor))
    due = _due_people(now())
    for user in due:
        _plan(user)
    return len(due)


def _due_people(at: datetime) -> list[User]:
    """Those whose morning has come, and those for whom none has been worked out yet."""
    is_due = or_(
        MailWishes.user_id.is_(None), MailWishes.digest_due_at.is_(None), MailWishes.digest_due_at <= at
    )
    wants = or_(MailWishes.user_id.is_(None), MailWishes.digest != "never")
    return list(
        db.session.scalars(
            select(User)
            .outerjoin(MailWishes, MailWishes.user_id == User.id)
            .where(User.erased_at.is_(None), User.email_confirmed_at.is_not(None), wants, is_due)
            .order_by(User.id)
            .limit(PEOPLE_AT_ONCE)
        )
    )


def _plan(user: User) -> None:
    row, at = lock_wishes(user.id), now()
    zone = user.timezone or get_site().timezone
    is_due = row.digest_due_at is not None and row.digest_due_at <= at
    day = own_day(at, zone)
    if is_due and is_morning(at, zone) and row.digest_day != day:
        jobs.enqueue(
            "digests.mail_digest",
            unique_key=f"digest:{user.id}",
            user_id=user.id,
            day=day.isoformat(),
            since=_since(user, row, at).isoformat(),
            until=(at - SETTLED).isoformat(),
        )
        row.digest_day, row.digest_until = day, at - SETTLED
    row.digest_due_at = next_morning(at, zone, row.digest, row.weekday, row.digest_day)


def _since(user: User, row: MailWishes, at: datetime) -> datetime:
    """Where the last digest ended; nobody hears of what was before they came, or longer ago than a week."""
    look_back = max(at - LONGEST_LOOK_BACK, user.created_at)
    return max(row.digest_until, look_back) if row.digest_until else look_back


@transactional
def note_farewell(actor: Actor, user_id: int) -> None:
    """Their last digest for now has said that more come when they are back. Locks the person's own row."""
    require(policies.can_plan_digests(actor))
    lock_wishes(user_id).farewell_at = now()
