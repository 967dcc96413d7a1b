"""Telling people about a town hall: inbox rows in the transaction, mail by rows of ids."""

from collections.abc import Iterable
from datetime import timedelta

from civicforum import jobs
from civicforum.accounts.models import Actor
from civicforum.db import db, lock, now, transactional
from civicforum.live.changes import touch
from civicforum.notifications.actions import notify
from civicforum.townhalls import queries
from civicforum.townhalls.models import Reminder, Rsvp, TownHall

KIND = "townhall"
# How long before its beginning people are reminded.
REMINDERS = {"two_days": timedelta(days=2), "two_hours": timedelta(hours=2)}
NEEDS_KEPT = timedelta(days=30)


def show_change(town_hall: TownHall) -> None:
    """Let whoever watches the town hall's page see it as it is now."""
    touch(town_hall.channel, KIND, town_hall.id)


def tell_everybody(town_hall: TownHall, what: str, actor: Actor) -> None:
    """Tell all who are coming, may come or wait of ``what`` (moved, cancelled): one job, however many."""
    people = [row.user_id for row in queries.list_answered(town_hall.id)]
    notify(people, what, KIND, town_hall.id, actor_id=actor.id)
    jobs.enqueue(
        "townhalls.tell_all",
        unique_key=f"townhall:{town_hall.id}:{what}",
        town_hall_id=town_hall.id,
        what=what,
        number=town_hall.sequence,
    )


def tell_one(row: Rsvp, what: str) -> None:
    """Tell one person of their own answer: promoted, or what became of a need."""
    notify([row.user_id], what, KIND, row.town_hall_id)
    mail_one(row, what, row.revision)


def mail_one(row: Rsvp, what: str, number: int) -> None:
    """Mail this answer's person; a mail of the same kind that still waits is replaced."""
    jobs.enqueue(
        "townhalls.mail_answer",
        unique_key=_mail_key(row.id, what),
        rsvp_id=row.id,
        what=what,
        number=number,
    )


def forget_mail(row: Rsvp, what: str) -> None:
    """A mail that still waits is no longer true."""
    jobs.withdraw(_mail_key(row.id, what))


def _mail_key(rsvp_id: int, what: str) -> str:
    return f"rsvp:{rsvp_id}:{what}"


@transactional
def tell_all(actor: Actor, town_hall_id: int, what: str, number: int) -> None:
    """Turn one waiting row into a mail for each who answered; called by its job."""
    town_hall = lock(TownHall, town_hall_id)
    _mail_each(queries.list_answered(town_hall.id), what, number)


def _mail_each(rows: Iterable[Rsvp], what: str, number: int) -> None:
    for row in rows:
        if row.address is not None:
            mail_one(row, what, number)


# --- reminders and the clock ---


def plan_reminders(town_hall: TownHall) -> None:
    """Put the clock right after publishing, moving or cancelling: only what lies ahead is planned."""
    for kind, before in REMINDERS.items():
        at = town_hall.starts_at - before
        key = f"townhall:{town_hall.id}:remind:{kind}"
        if town_hall.status == "published" and at > now():
            jobs.enqueue("townhalls.remind", run_at=at, unique_key=key, town_hall_id=town_hall.id, kind=kind)
        else:
            jobs.withdraw(key)
    jobs.enqueue(
        "townhalls.purge_needs",
        run_at=max(now(), town_hall.ends_at + NEEDS_KEPT),
        unique_key=f"townhall:{town_hall.id}:purge-needs",
        town_hall_id=town_hall.id,
    )


@transactional
def remind(actor: Actor, town_hall_id: int, kind: str) -> int:
    """Remind all who are coming or may come, each once for each ``kind`` and day; how many.

    Does nothing for a meeting that was cancelled, has begun, or was moved further away meanwhile.
    """
    town_hall = lock(TownHall, town_hall_id)
    is_time = town_hall.starts_at - REMINDERS[kind] <= now() < town_hall.starts_at
    if town_hall.status != "published" or not is_time:
        return 0
    rows = queries.list_answered(town_hall.id, ("going", "maybe"))
    reminded = queries.list_reminders(town_hall.id, kind)
    due = [row for row in rows if _is_due(reminded.get(row.id), town_hall)]
    for row in due:
        _note_reminder(reminded.get(row.id), row, kind, town_hall)
        mail_one(row, kind, town_hall.sequence)
    notify([row.user_id for row in due], kind, KIND, town_hall.id)
    return len(due)


def _is_due(earlier: Reminder | None, town_hall: TownHall) -> bool:
    """A meeting that was moved to another day is a new thing to remember."""
    return earlier is None or abs(earlier.starts_at - town_hall.starts_at) >= timedelta(days=1)


def _note_reminder(earlier: Reminder | None, row: Rsvp, kind: str, town_hall: TownHall) -> None:
    if earlier is None:
        earlier = Reminder(rsvp_id=row.id, kind=kind)
        db.session.add(earlier)
    earlier.starts_at = town_hall.starts_at
