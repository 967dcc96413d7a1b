"""The morning after: what was said and decided, with an owner for each decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from civicforum import jobs
from civicforum.accounts.models import Actor
from civicforum.db import db, lock, now, transactional
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.notifications.actions import notify
from civicforum.search.index import refresh
from civicforum.text import clean_text, render_markdown
from civicforum.townhalls import policies, queries
from civicforum.townhalls.actions.telling import KIND, mail_one, show_change
from civicforum.townhalls.models import Decision, Summary, TownHall

MAXIMUM_BODY = 50_000
MAXIMUM_DECISIONS = 40


@dataclass(frozen=True)
class Decided:
    """One decision: what, who does it, and by which day (None: without a day)."""

    text: str
    owner: str
    due_on: date | None = None


@transactional
def publish_summary(
    actor: Actor,
    town_hall_id: int,
    body: str,
    decisions: Sequence[Decided] = (),
    based_on: int | None = None,
) -> Summary:
    """Publish what was said and decided; a change is a new version, and the earlier ones stay.

    The first time, all who came or wrote in the discussion are told, by one job. Raises Invalid for a
    decision without an owner, Conflict before the meeting has begun, and if ``based_on`` is no longer the
    newest version (0: there was none).
    """
    town_hall = lock(TownHall, town_hall_id)
    if not policies.can_see(actor, town_hall):
        raise NotFound
    require(policies.can_publish_summary(actor, town_hall))
    body, decisions = clean_text(body).strip(), [_tidy(decided) for decided in decisions]
    _check(body, decisions)
    if town_hall.status != "published" or not town_hall.has_begun():
        raise Conflict(_("A summary is for a meeting that has taken place."))
    newest = queries.latest_summary(town_hall)
    version = newest.version if newest else 0
    if based_on is not None and based_on != version:
        raise Conflict(_("Somebody published a newer version meanwhile. Yours was not saved."))
    summary = Summary(
        town_hall_id=town_hall.id,
        version=version + 1,
        body=body,
        html=render_markdown(body),
        attendance=queries.tally(town_hall.id).here,
        author_id=actor.id,
        published_at=now(),
        decisions=[
            Decision(position=place, text=made.text, owner=made.owner, due_on=made.due_on)
            for place, made in enumerate(decisions, 1)
        ],
    )
    db.session.add(summary)
    db.session.flush()
    if version == 0:
        _tell(actor, town_hall)
    refresh("townhall", town_hall.id)
    show_change(town_hall)
    return summary


def _tidy(decided: Decided) -> Decided:
    return Decided(
        clean_text(decided.text).strip(), " ".join(clean_text(decided.owner).split()), decided.due_on
    )


def _check(body: str, decisions: Sequence[Decided]) -> None:
    if not 1 <= len(body) <= MAXIMUM_BODY:
        raise Invalid(errors={"body": [_("Say in a few words what was talked about.")]})
    if len(decisions) > MAXIMUM_DECISIONS:
        raise Invalid(errors={"decisions": [_("At most %(most)d decisions.", most=MAXIMUM_DECISIONS)]})
    if any(not made.owner for made in decisions):
        raise Invalid(
            errors={"decisions": [_("Each decision needs somebody who does it: a name or an organization.")]}
        )
    if any(not made.text or len(made.text) > 1000 or len(made.owner) > 120 for made in decisions):
        raise Invalid(
            errors={"decisions": [_("Each decision needs words: at most 1000 characters, the owner 120.")]}
        )


def _tell(actor: Actor, town_hall: TownHall) -> None:
    came = [row.user_id for row in queries.list_who_came(town_hall.id)]
    wrote = queries.list_thread_writers(town_hall.thread_id)
    notify([*came, *wrote], "summary", KIND, town_hall.id, actor_id=actor.id)
    jobs.enqueue(
        "townhalls.tell_summary",
        unique_key=f"townhall:{town_hall.id}:summary",
        town_hall_id=town_hall.id,
    )


@transactional
def tell_summary(actor: Actor, town_hall_id: int) -> None:
    """Turn one waiting row into a mail for each who came or wrote; called by its job."""
    town_hall = lock(TownHall, town_hall_id)
    came = [row for row in queries.list_who_came(town_hall.id) if row.address is not None]
    for row in came:
        mail_one(row, "summary", 1)
    known = {row.user_id for row in came}
    for user_id in queries.list_thread_writers(town_hall.thread_id):
        if user_id not in known:
            jobs.enqueue(
                "townhalls.mail_writer",
                unique_key=f"townhall:{town_hall.id}:summary:{user_id}",
                town_hall_id=town_hall.id,
                user_id=user_id,
            )
