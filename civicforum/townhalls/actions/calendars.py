"""Bringing in a calendar of meetings, and renewing one's own calendar address."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from flask_babel import gettext as _

from civicforum.accounts.models import Actor, User
from civicforum.accounts.policies import is_person
from civicforum.db import db, lock, lock_or_make, now, transactional
from civicforum.errors import Invalid, NotFound, require
from civicforum.live.changes import open_channel
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_see_project
from civicforum.search.index import refresh
from civicforum.townhalls import plans, policies, queries
from civicforum.townhalls.actions.meetings import (
    BLANK,
    note_edit,
    prefilled_access_statement,
    usual_needs_until,
)
from civicforum.townhalls.actions.telling import plan_reminders, show_change, tell_everybody
from civicforum.townhalls.calendar import CalendarError, ImportedEvent, read_calendar
from civicforum.townhalls.models import CalendarKey, TownHall
from civicforum.web.aside import aside
from civicforum.web.site import get_site

# What a calendar says of a meeting; everything else is the organizers' own.
IMPORTED = ("title", "summary", "starts_at", "ends_at", "timezone", "location")


@dataclass
class Imported:
    """What an import did, in order of time: titles of meetings with their ids."""

    made: list[TownHall] = field(default_factory=list)
    changed: list[TownHall] = field(default_factory=list)
    unchanged: list[TownHall] = field(default_factory=list)


def read_events(data: bytes, fallback_zone: str | None = None) -> list[ImportedEvent]:
    """Read a calendar before the transaction, because a large one takes seconds.

    Raises Invalid with a sentence that names the event that is wrong.
    """
    try:
        events = aside(read_calendar, data, fallback_zone or get_site().timezone, now())
    except CalendarError as wrong:
        raise Invalid(errors={"file": [str(wrong)]}) from wrong
    for number, event in enumerate(events, 1):
        faults = plans.faults({**BLANK, "mode": "in_person", **_facts(event)})
        if faults:
            raise Invalid(
                errors={
                    "file": [
                        _(
                            "Event %(number)d ('%(title)s'): %(fault)s",
                            number=number,
                            title=event.title[:80],
                            fault=str(next(iter(faults.values()))[0]),
                        )
                    ]
                }
            )
    return events


def import_calendar(actor: Actor, project_id: int, data: bytes) -> Imported:
    """Make or bring up to date a town hall for each meeting in an iCalendar file, by its UID.

    All or nothing; running it again changes nothing. Raises Invalid, naming the event that is wrong.
    """
    return import_events(actor, project_id, read_events(data))


@transactional
def import_events(actor: Actor, project_id: int, events: Sequence[ImportedEvent]) -> Imported:
    """The writing half of ``import_calendar``."""
    project = lock(Project, project_id)
    if not can_see_project(actor, project):
        raise NotFound
    require(policies.can_call(actor, project), _("Only those who run this project can call a meeting."))
    done = Imported()
    for event in events:
        town_hall = queries.find_by_uid(project.id, event.uid)
        if town_hall is None:
            done.made.append(_make(actor, project, event))
        elif _follow(actor, lock(TownHall, town_hall.id), event):
            done.changed.append(town_hall)
        else:
            done.unchanged.append(town_hall)
    return done


def _facts(event: ImportedEvent) -> dict[str, Any]:
    return plans.cleaned(
        {
            "title": event.title[: plans.LINES["title"]],
            "summary": event.summary[: plans.TEXTS["summary"]],
            "starts_at": event.starts_at,
            "ends_at": event.ends_at,
            "timezone": event.timezone,
            "location": event.location[: plans.LINES["location"]],
        }
    )


def _make(actor: Actor, project: Project, event: ImportedEvent) -> TownHall:
    town_hall = TownHall(
        **{**BLANK, **_facts(event), "needs_until": usual_needs_until(event.starts_at)},
        project=project,
        mode="in_person",
        status="cancelled" if event.cancelled else "published",
        cancel_reason="",
        uid=event.uid,
        sequence=1 if event.cancelled else 0,
        revision=1,
        last_place=0,
        created_by_id=actor.id,
        updated_at=now(),
    )
    town_hall.access_statement = prefilled_access_statement(town_hall)
    db.session.add(town_hall)
    db.session.flush()
    open_channel(town_hall.channel)
    refresh("townhall", town_hall.id)
    if not town_hall.is_over():
        plan_reminders(town_hall)
    return town_hall


def _follow(actor: Actor, town_hall: TownHall, event: ImportedEvent) -> bool:
    """Bring one meeting up to what the calendar says now; whether anything changed."""
    facts = _facts(event)
    changed = [name for name in IMPORTED if getattr(town_hall, name) != facts[name]]
    for name in changed:
        setattr(town_hall, name, facts[name])
    if changed:
        note_edit(actor, town_hall, changed)
    if event.cancelled != town_hall.is_cancelled:
        _follow_status(actor, town_hall, event.cancelled)
        return True
    return bool(changed)


def _follow_status(actor: Actor, town_hall: TownHall, is_cancelled: bool) -> None:
    town_hall.status = "cancelled" if is_cancelled else "published"
    town_hall.sequence += 1
    town_hall.revision += 1
    town_hall.updated_at = now()
    db.session.flush()
    if not town_hall.is_over():
        plan_reminders(town_hall)
        tell_everybody(town_hall, "cancelled" if is_cancelled else "moved", actor)
    show_change(town_hall)


@transactional
def renew_calendar(actor: Actor) -> int:
    """Give the actor's personal calendar a new address; the old one stops working. The new version."""
    require(is_person(actor))
    person = cast(User, actor)
    row = lock_or_make(CalendarKey, person.id, lambda: CalendarKey(user_id=person.id, version=1))
    row.version += 1
    return row.version
