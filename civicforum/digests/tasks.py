"""The clock's door to digests: who is due, and writing one."""

from datetime import datetime, timedelta

from flask import current_app
from flask_babel import lazy_gettext as _

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, User
from civicforum.accounts.queries import find_user
from civicforum.db import now
from civicforum.digests import actions, queries
from civicforum.digests.queries import Digest
from civicforum.discussions.addresses import post_url
from civicforum.discussions.schemas import name_of
from civicforum.notifications.mailing import in_language_of, mail_person
from civicforum.notifications.queries import read_wishes
from civicforum.notifications.stops import Stop


@jobs.task_of_round("digests.plan", every=timedelta(minutes=5))
def plan() -> None:
    """Everybody whose morning has come."""
    while actions.plan_digests(SYSTEM) == actions.PEOPLE_AT_ONCE:
        pass


@jobs.task("digests.mail_digest")
def mail_digest(user_id: int, day: str, since: str, until: str) -> None:
    """Mail somebody what is new to them, if anything is; who was long away is told once, then left alone."""
    user = find_user(user_id)
    if user is None:
        return
    seen_at = queries.last_seen(user)
    wishes, is_away = read_wishes(user), now() - seen_at > queries.LONGEST_ABSENCE
    knows_it = wishes.farewell_at is not None and wishes.farewell_at > seen_at
    if wishes.digest == "never" or (is_away and knows_it):
        return
    with in_language_of(user):
        digest = queries.gather_digest(user, datetime.fromisoformat(since), datetime.fromisoformat(until))
        was_sent = not digest.is_empty and _send(user, day, digest, is_away)
    if was_sent and is_away:
        actions.note_farewell(SYSTEM, user_id)


def _send(user: User, day: str, digest: Digest, is_last: bool) -> bool:
    return mail_person(
        user,
        "digests/mail/digest.md",
        key=f"digest:{user.id}:{day}",
        because=_("You get this because there is something here that you have not read yet."),
        stop=Stop(user.id, ("digest",)),
        digest=digest,
        is_last=is_last,
        name_of=name_of,
        post_url=post_url,
        base_url=current_app.config["BASE_URL"],
    )
