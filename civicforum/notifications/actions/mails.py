"""What one wants to be mailed; and gathering what is mailed at once, each thing in one mail."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update

from civicforum import jobs
from civicforum.accounts.models import Actor, User
from civicforum.db import db, find_locked, lock_or_make, now, transactional
from civicforum.errors import Invalid, require
from civicforum.notifications import policies, queries, registry
from civicforum.notifications.actions.attention import set_attention
from civicforum.notifications.actions.inbox import mail_key, mail_later
from civicforum.notifications.models import RHYTHMS, MailWishes, Notification
from civicforum.notifications.queries import Batch
from civicforum.notifications.stops import Stop, read_stop

# After so many mails about one thing within the time, what follows waits and is gathered.
MANY_MAILS, MANY_WITHIN = 3, timedelta(minutes=120)
# And so many in a day about everything: nobody's mailbox is flooded by calling on them.
MOST_MAILS_A_DAY = 20
DAY = timedelta(days=1)


@transactional
def save_wishes(actor: Actor, wishes: Mapping[str, Any]) -> MailWishes:
    """Set what the actor wants mailed: any of ``AT_ONCE``, reminder, summary, digest (the rhythm), weekday.

    Saying it anew also tries an address again that had refused. Locks the actor's own row. Raises Invalid for
    a rhythm or a weekday that there is not.
    """
    require(policies.can_follow(actor))
    row = lock_wishes(int(actor.id or 0))
    for name, value in wishes.items():
        setattr(row, name, value)
    if row.digest not in RHYTHMS or row.weekday not in range(7):
        raise Invalid
    row.digest_due_at = row.refused_address = row.farewell_at = None
    db.session.flush()
    return row


def lock_wishes(user_id: int) -> MailWishes:
    """The person's row, held, and made if it was not there."""
    return lock_or_make(MailWishes, user_id, lambda: MailWishes(user_id=user_id))


@transactional
def stop_mails(actor: Actor, token: str) -> Stop:
    """Send no more of the mails that this token came with. Whoever holds the mail may; it opens nothing else.

    Locks the person's own row. Raises NotFound for a token that is not ours, or of somebody who left.
    """
    stop = read_stop(token)
    _turn(stop, is_on=False)
    return stop


@transactional
def resume_mails(actor: Actor, token: str) -> Stop:
    """Take back ``stop_mails``: the same mails again. Locks and raises the same."""
    stop = read_stop(token)
    _turn(stop, is_on=True)
    return stop


def _turn(stop: Stop, is_on: bool) -> None:
    user = queries.get_mailed_person(stop.user_id)
    row = lock_wishes(user.id)
    for what in stop.what:
        if what == "digest":
            row.digest = "daily" if is_on else "never"
            row.digest_due_at = None
        elif what == "subscription":
            object_id = registry.present_id(stop.kind, stop.object_id)
            set_attention(user, stop.kind, object_id, "subscribed" if is_on else "normal")
        else:
            setattr(row, what, is_on)
    db.session.flush()


@transactional
def gather_mail(actor: Actor, user_id: int, bundle: str, task: str) -> Batch | None:
    """What one mail to this person is about: all that waits in the bundle and is wanted, under one number.

    None if nothing is; or if there were many of late: ``task`` then comes back later. What was gathered and
    not noted as mailed (a crash) is the same batch again. Locks the person.
    """
    require(policies.can_send_mail(actor))
    user = find_locked(User, user_id)
    if user is None:
        return None
    waiting = queries.list_waiting_mail(user_id, bundle)
    begun = [row for row in waiting if row.mail_number is not None]
    if begun:
        if len(begun) < len(waiting):
            mail_later(task, user_id, bundle)
        return Batch.of(begun)
    wanted = _drop_unwanted(user, waiting)
    if not wanted:
        return None
    later = _when_calmer(user_id, bundle)
    if later is not None:
        key = mail_key(user_id, bundle)
        jobs.enqueue(task, unique_key=key, run_at=later, user_id=user_id, bundle=bundle)
        return None
    for row in wanted:
        row.mail_number = wanted[-1].id
    db.session.flush()
    return Batch.of(wanted)


def _drop_unwanted(user: User, waiting: list[Notification]) -> list[Notification]:
    wishes = queries.read_wishes(user)
    is_silent = not queries.can_be_mailed(user, wishes)
    wanted = []
    for row in waiting:
        if is_silent or not getattr(wishes, row.reason, False):
            row.wants_mail = False
        else:
            wanted.append(row)
    return wanted


def _when_calmer(user_id: int, bundle: str) -> datetime | None:
    """When the next mail may leave, if there were many of late; None for now."""
    of_bundle = queries.mailed_since(user_id, now() - MANY_WITHIN, bundle)
    if len(of_bundle) >= MANY_MAILS:
        return of_bundle[-MANY_MAILS] + MANY_WITHIN
    of_day = queries.mailed_since(user_id, now() - DAY)
    return of_day[-MOST_MAILS_A_DAY] + DAY if len(of_day) >= MOST_MAILS_A_DAY else None


@transactional
def note_mailed(actor: Actor, user_id: int, number: int, was_sent: bool = True) -> None:
    """The mail of this number has left; or there was nothing left to tell. Locks nothing."""
    require(policies.can_send_mail(actor))
    noted: dict[str, Any] = {"mailed_at": now()} if was_sent else {"wants_mail": False, "mail_number": None}
    db.session.execute(
        update(Notification)
        .where(Notification.user_id == user_id, Notification.mail_number == number)
        .values(**noted),
        execution_options={"synchronize_session": False},
    )
    db.session.expire_all()


@transactional
def note_refused(actor: Actor, user_id: int, address: str) -> None:
    """This address came back for good: nothing but what is asked for goes there. Locks the person's row."""
    require(policies.can_send_mail(actor))
    lock_wishes(user_id).refused_address = address
