"""What waits for those who set up, run meetings and moderate."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, lazyload

from civicforum.accounts.models import Actor
from civicforum.accounts.policies import can_administer, has_site_role
from civicforum.db import db, now
from civicforum.moderation.queries import count_queue
from civicforum.pages.queries.gathering import set_up_progress
from civicforum.partnerships.queries import visible_projects_clause
from civicforum.townhalls.models import Need, Rsvp, Summary, TownHall
from civicforum.townhalls.policies import can_help, can_run
from civicforum.townhalls.queries.answers import INTERESTED

MOST_TO_DO = 5
SUMMARY_DUE_DAYS = 30


@dataclass(frozen=True)
class Task:
    """Work that waits for somebody: ``kind`` is set_up, moderation, needs or summary; ``count`` of what."""

    kind: str
    count: int = 1
    town_hall: TownHall | None = None


def list_to_do(viewer: Actor) -> list[Task]:
    """What waits for one who runs meetings, moderates or sets up; residents are not even asked about."""
    tasks = []
    if can_administer(viewer) and set_up_progress().is_unfinished:
        tasks.append(Task("set_up"))
    if waiting := count_queue(viewer):
        tasks.append(Task("moderation", waiting))
    if _helps_somewhere(viewer):
        tasks += [*_open_needs(viewer), *_unwritten_summaries(viewer)]
    return tasks


def _helps_somewhere(viewer: Actor) -> bool:
    if has_site_role(viewer, "organizer", "steward"):
        return True
    return any(row.role in ("organizer", "steward") for row in getattr(viewer, "memberships", ()))


def _open_needs(viewer: Actor) -> list[Task]:
    """Meetings to come where somebody waits for an answer on an access need, the soonest first."""
    rows = db.session.execute(
        _meetings(viewer, select(TownHall, func.count(Need.id)))
        .join(Rsvp, Rsvp.town_hall_id == TownHall.id)
        .join(Need, Need.rsvp_id == Rsvp.id)
        .where(TownHall.ends_at > now(), Need.state == "requested", Rsvp.state.in_(INTERESTED))
        .group_by(TownHall.id)
        .order_by(TownHall.starts_at, TownHall.id)
    ).all()
    mine = [Task("needs", count, row) for row, count in rows if can_help(viewer, row)]
    return mine[:MOST_TO_DO]


def _unwritten_summaries(viewer: Actor) -> list[Task]:
    """Meetings that were over lately and have no summary yet, the latest first."""
    rows = db.session.scalars(
        _meetings(viewer, select(TownHall))
        .where(
            TownHall.ends_at <= now(),
            TownHall.ends_at > now() - timedelta(days=SUMMARY_DUE_DAYS),
            ~select(Summary.id).where(Summary.town_hall_id == TownHall.id).exists(),
        )
        .order_by(TownHall.ends_at.desc(), TownHall.id)
    ).all()
    return [Task("summary", 1, row) for row in rows if can_run(viewer, row)][:MOST_TO_DO]


def _meetings(viewer: Actor, statement: Any) -> Any:
    return (
        statement.join(TownHall.project)
        .where(TownHall.status == "published", visible_projects_clause(viewer))
        .options(contains_eager(TownHall.project), lazyload(TownHall.agenda))
    )
