"""What people want to be mailed, what waits to be, and what was of late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from civicforum.accounts.models import User
from civicforum.db import db
from civicforum.errors import NotFound
from civicforum.notifications.models import AT_ONCE, MailWishes, Notification


@dataclass(frozen=True)
class Batch:
    """What one mail is about: (reason, id of the object), in order; ``number`` names the mail for good."""

    number: int
    told: tuple[tuple[str, int], ...]

    @classmethod
    def of(cls, rows: Sequence[Notification]) -> "Batch":
        number = min(row.mail_number or 0 for row in rows)
        return cls(number, tuple((row.reason, row.object_id) for row in rows if row.mail_number == number))


def read_wishes(user: User) -> MailWishes:
    """What this person wants mailed; everybody's defaults, unsaved, for who never said anything."""
    return db.session.get(MailWishes, user.id) or MailWishes(
        user_id=user.id,
        **dict.fromkeys((*AT_ONCE, "reminder", "summary"), True),
        digest="daily",
        weekday=0,
    )


def can_be_mailed(user: User, wishes: MailWishes) -> bool:
    """Somebody is there, at an address that they confirmed and that takes mail."""
    return user.erased_at is None and user.is_confirmed and wishes.refused_address != user.email


def get_mailed_person(user_id: int) -> User:
    """Whose mails these are; NotFound for somebody who left."""
    user = db.session.get(User, user_id)
    if user is None or user.erased_at is not None:
        raise NotFound
    return user


def list_waiting_mail(user_id: int, bundle: str) -> list[Notification]:
    """What this person is still to be mailed of the bundle and has not read, the earliest first."""
    return list(
        db.session.scalars(
            select(Notification)
            .where(
                Notification.user_id == user_id,
                Notification.mailed_at.is_(None),
                Notification.bundle == bundle,
                Notification.wants_mail,
                Notification.read_at.is_(None),
            )
            .order_by(Notification.id)
        )
    )


def mailed_since(user_id: int, since: datetime, bundle: str | None = None) -> Sequence[datetime]:
    """When each mail since then left (about this), the earliest first."""
    at = func.max(Notification.mailed_at)
    mails = (
        select(at)
        .where(Notification.user_id == user_id, Notification.mailed_at > since)
        .group_by(Notification.mail_number)
        .order_by(at)
    )
    if bundle is not None:
        mails = mails.where(Notification.bundle == bundle)
    return [moment for moment in db.session.scalars(mails) if moment is not None]
