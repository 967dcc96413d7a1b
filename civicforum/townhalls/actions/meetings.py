"""Calling a meeting, changing it, publishing it, cancelling it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from flask_babel import force_locale, format_date
from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.accounts.policies import is_person
from civicforum.db import db, lock, now, transactional
from civicforum.discussions.actions import start_thread
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.live.changes import open_channel
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_see_project
from civicforum.search.index import refresh
from civicforum.text import clean_text
from civicforum.townhalls import plans, policies, queries, shipped
from civicforum.townhalls.actions.answers import promote
from civicforum.townhalls.actions.telling import plan_reminders, show_change, tell_everybody
from civicforum.townhalls.agenda import MAXIMUM_ITEMS, Item
from civicforum.townhalls.calendar import find_zone
from civicforum.townhalls.models import AgendaItem, TownHall
from civicforum.web.site import get_site

NEEDS_DAYS_BEFORE = 3
MAXIMUM_REASON = 1000
BLANK: dict[str, Any] = {
    "title": "",
    "summary": "",
    "location": "",
    "online_url": "",
    "phone": "",
    "capacity": None,
    "online_capacity": None,
    "access_statement": "",
    "needs_until": None,
}


@transactional
def create_town_hall(
    actor: Actor,
    project_id: int,
    facts: Mapping[str, Any],
    status: str = "draft",
    agenda: Sequence[Item] = (),
) -> TownHall:
    """Call a meeting of a project: as a draft, or published at once.

    ``facts`` are those of ``plans.FIELDS``; times are aware. What people need to know about access is
    prefilled where it is left out. Raises Invalid by field.
    """
    project = lock(Project, project_id)
    if not can_see_project(actor, project):
        raise NotFound
    require(policies.can_call(actor, project), _("Only those who run this project can call a meeting."))
    town_hall = _new(actor, project, facts)
    _write_agenda(town_hall, agenda)
    db.session.flush()
    open_channel(town_hall.channel)
    if status == "published":
        _publish(actor, town_hall)
    return town_hall


def _new(actor: Actor, project: Project, facts: Mapping[str, Any]) -> TownHall:
    clean = {**BLANK, **plans.cleaned(facts)}
    _refuse(plans.faults(clean))
    town_hall = TownHall(
        project=project,
        status="draft",
        uid=f"{uuid4()}@civicforum",
        sequence=0,
        revision=1,
        last_place=0,
        cancel_reason="",
        created_by_id=actor.id,
        updated_at=now(),
        **clean,
    )
    if town_hall.needs_until is None:
        town_hall.needs_until = usual_needs_until(town_hall.starts_at)
    if "access_statement" not in facts:
        town_hall.access_statement = prefilled_access_statement(town_hall)[: plans.TEXTS["access_statement"]]
    db.session.add(town_hall)
    return town_hall


def usual_needs_until(starts_at: datetime) -> datetime:
    """Until when needs are taken where nobody said: three days before, later if that is too soon."""
    usual = starts_at - timedelta(days=NEEDS_DAYS_BEFORE)
    return usual if usual > now() + timedelta(days=1) else max(usual, starts_at - timedelta(hours=12))


def suggested_hours() -> tuple[datetime, datetime, datetime]:
    """Wall-clock times for a new meeting: an evening in two weeks, its end, until when needs are taken."""
    day = now().astimezone(find_zone(get_site().timezone)) + timedelta(days=14)
    begin = day.replace(hour=18, minute=30, second=0, microsecond=0, tzinfo=None)
    return begin, begin + timedelta(minutes=90), begin - timedelta(days=NEEDS_DAYS_BEFORE)


def prefilled_access_statement(town_hall: TownHall) -> str:
    """The town's own statement, or the shipped one with this meeting's place and days in it."""
    site = get_site()
    if site.access_statement:
        return site.access_statement
    until = (town_hall.needs_until or town_hall.starts_at).astimezone(find_zone(town_hall.timezone))
    with force_locale(site.locale):
        day = format_date(until.date(), "full")
        place = town_hall.location or _("The room")
    return shipped.access_statement(site.locale, place, day, site.contact_phone or site.name)


@transactional
def edit_town_hall(
    actor: Actor,
    town_hall_id: int,
    facts: Mapping[str, Any],
    revision: int | None = None,
    agenda: Sequence[Item] | None = None,
) -> TownHall:
    """Change what is said of a meeting. All who answered are told of a move, and calendars follow.

    A raised capacity seats whoever waits; a lowered one throws nobody out. Raises Conflict if somebody
    else changed it since ``revision``, and for a meeting that was cancelled.
    """
    town_hall = _to_run(actor, town_hall_id)
    if revision is not None and revision != town_hall.revision:
        raise Conflict(
            _("Somebody else has changed this meeting meanwhile. Look at it again before you save.")
        )
    if town_hall.is_cancelled:
        raise Conflict(_("This meeting was cancelled. Call a new one instead."))
    before = {name: getattr(town_hall, name) for name in plans.FIELDS}
    after = {**before, **plans.cleaned(facts)}
    if "needs_until" not in facts and plans.asks_too_late(after):
        # The meeting moved, its deadline was not spoken of: it moves along.
        after["needs_until"] = usual_needs_until(after["starts_at"])
    _refuse({**plans.faults(after), **_lost_ways(town_hall, after)})
    if town_hall.is_published and not after["access_statement"]:
        _refuse({"access_statement": [_needs_access_statement()]})
    changed = [name for name in plans.FIELDS if before[name] != after[name]]
    for name in changed:
        setattr(town_hall, name, after[name])
    is_other_agenda = agenda is not None and _write_agenda(town_hall, agenda)
    if changed or is_other_agenda:
        note_edit(actor, town_hall, changed)
    return town_hall


def note_edit(actor: Actor, town_hall: TownHall, changed: Sequence[str]) -> None:
    town_hall.revision += 1
    town_hall.updated_at = now()
    if not town_hall.is_published:
        return
    if changed:
        town_hall.sequence += 1
    refresh("townhall", town_hall.id)
    db.session.flush()
    if "starts_at" in changed or "ends_at" in changed:
        plan_reminders(town_hall)
    if set(changed) & set(plans.MOVES) and not town_hall.is_over():
        tell_everybody(town_hall, "moved", actor)
    promote(town_hall)
    show_change(town_hall)


def _lost_ways(town_hall: TownHall, after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """A way to come that somebody has chosen cannot be taken away under them."""
    kept = {"hybrid": {"in_person", "online"}}.get(after["mode"], {after["mode"]})
    lost = set(town_hall.modes) - kept
    if any(row.mode in lost for row in queries.list_answered(town_hall.id)) if lost else False:
        return {"mode": [_("People have said that they come in a way that this would end.")]}
    return {}


@transactional
def publish_town_hall(actor: Actor, town_hall_id: int) -> TownHall:
    """Open a draft to everybody, with its discussion; nothing changes where it is published already."""
    town_hall = _to_run(actor, town_hall_id)
    if town_hall.is_cancelled:
        raise Conflict(_("This meeting was cancelled. Call a new one instead."))
    if not town_hall.is_published:
        _publish(actor, town_hall)
    return town_hall


def _publish(actor: Actor, town_hall: TownHall) -> None:
    if not town_hall.access_statement:
        _refuse({"access_statement": [_needs_access_statement()]})
    town_hall.status = "published"
    town_hall.revision += 1
    town_hall.updated_at = now()
    if town_hall.needs_until is None:
        town_hall.needs_until = usual_needs_until(town_hall.starts_at)
    if is_person(actor) and not town_hall.is_over() and town_hall.project.is_open:
        town_hall.thread = start_thread(
            actor,
            town_hall.project_id,
            _("Before and after: %(title)s", title=town_hall.title)[:255],
            _first_words(town_hall),
        )
    db.session.flush()
    refresh("townhall", town_hall.id)
    plan_reminders(town_hall)
    show_change(town_hall)


def _first_words(town_hall: TownHall) -> str:
    return _(
        "This is the discussion of the meeting “%(title)s”. Say here what should be talked about, what you "
        "would like to ask, and afterwards what was missing.",
        title=town_hall.title,
    )


def _needs_access_statement() -> str:
    return _("Say how people can get in and take part, also with a disability or another language.")


@transactional
def cancel_town_hall(actor: Actor, town_hall_id: int, reason: str) -> TownHall:
    """Call a meeting off. All who answered are told once, and it stays in calendars as cancelled.

    Raises Conflict for one that is over, and for a draft, of which nobody knows. Cancelling twice
    changes nothing.
    """
    town_hall = _to_run(actor, town_hall_id)
    if town_hall.is_cancelled:
        return town_hall
    reason = clean_text(reason).strip()
    if not 1 <= len(reason) <= MAXIMUM_REASON:
        _refuse({"reason": [_("Say why, in a sentence or two: people have planned for this day.")]})
    if town_hall.is_over():
        raise Conflict(_("This meeting is over and cannot be cancelled any more."))
    if not town_hall.is_published:  # cancelled, it would stand in every calendar
        raise Conflict(_("This meeting is not published yet."))
    town_hall.status, town_hall.cancel_reason = "cancelled", reason
    town_hall.sequence += 1
    town_hall.revision += 1
    town_hall.updated_at = now()
    db.session.flush()
    plan_reminders(town_hall)
    tell_everybody(town_hall, "cancelled", actor)
    show_change(town_hall)
    return town_hall


@transactional
def change_town_hall(
    actor: Actor,
    town_hall_id: int,
    facts: Mapping[str, Any],
    status: str | None = None,
    reason: str = "",
    revision: int | None = None,
    agenda: Sequence[Item] | None = None,
) -> TownHall:
    """Edit, then publish or cancel, in one: what a PATCH asks for."""
    town_hall = _to_run(actor, town_hall_id)
    if facts or agenda is not None:
        town_hall = edit_town_hall(actor, town_hall_id, facts, revision, agenda)
    if status == "published":
        return publish_town_hall(actor, town_hall_id)
    if status == "cancelled":
        return cancel_town_hall(actor, town_hall_id, reason)
    if status == "draft" and town_hall.is_published:
        raise Conflict(_("A published meeting cannot become a draft again. Cancel it instead."))
    return town_hall


def _to_run(actor: Actor, town_hall_id: int) -> TownHall:
    town_hall = lock(TownHall, town_hall_id)
    if not policies.can_see(actor, town_hall):
        raise NotFound
    require(policies.can_run(actor, town_hall), _("Only those who run this project can change its meetings."))
    return town_hall


def _write_agenda(town_hall: TownHall, items: Sequence[Item]) -> bool:
    """Make the agenda these items; whether that changed anything."""
    if len(items) > MAXIMUM_ITEMS:
        _refuse({"agenda": [_("At most %(most)d items.", most=MAXIMUM_ITEMS)]})
    items = [Item(" ".join(clean_text(item.title).split()), item.minutes) for item in items]
    if not all(item.title for item in items):
        _refuse({"agenda": [_("Each item of the agenda needs words.")]})
    old = [(item.title, item.minutes) for item in town_hall.agenda]
    if old == [(item.title, item.minutes) for item in items]:
        return False
    town_hall.agenda = [
        AgendaItem(position=place, title=item.title, minutes=item.minutes)
        for place, item in enumerate(items, 1)
    ]
    return True


def _refuse(faults: Mapping[str, Sequence[Any]]) -> None:
    if faults:
        raise Invalid(errors=faults)
