"""What was set on somebody's own speaking, now and before: told to them alone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from civicforum.accounts.models import Actor
from civicforum.agreement.models import Limit
from civicforum.db import db
from civicforum.discussions.models import Thread
from civicforum.discussions.policies import can_see_thread
from civicforum.moderation.models import Appeal, Case, Measure
from civicforum.moderation.queries.appeals import is_undone
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_see_project

MOST = 100


@dataclass(frozen=True)
class OwnLimit:
    """A limit of the viewer's, the measure that set it, and their second look at it, if they asked.

    ``place`` is what the thread or project is called; None everywhere, and where the viewer may not read (any
    more). ``can_be_contested``: it was not taken back, and no second look was asked for. Until when is asked
    of the statement.
    """

    measure: Measure
    limit: Limit
    place: str | None
    appeal: Appeal | None
    can_be_contested: bool


def list_own_limits(viewer: Actor) -> Sequence[OwnLimit]:
    """Every limit that a moderator set on the viewer, the newest first; in a fixed number of queries."""
    measures = db.session.scalars(
        select(Measure)
        .join(Limit, Limit.id == Measure.limit_id)
        .where(Limit.user_id == (viewer.id or 0))
        .options(joinedload(Measure.limit), joinedload(Measure.case).selectinload(Case.measures))
        .order_by(Measure.id.desc())
        .limit(MOST)
    ).all()
    titles = _titles(viewer, [measure.limit.place for measure in measures if measure.limit])
    appeals = _appeals(viewer, measures)
    return [_own(measure, titles, appeals.get(measure.id)) for measure in measures]


def _own(measure: Measure, titles: dict[str, str], appeal: Appeal | None) -> OwnLimit:
    assert measure.limit is not None
    can_be_contested = appeal is None and not is_undone(measure.case, measure)
    return OwnLimit(measure, measure.limit, titles.get(measure.limit.place), appeal, can_be_contested)


def _appeals(viewer: Actor, measures: Iterable[Measure]) -> dict[int, Appeal]:
    ids = [measure.id for measure in measures]
    rows = db.session.scalars(
        select(Appeal).where(Appeal.measure_id.in_(ids), Appeal.person_id == (viewer.id or 0))
    )
    return {appeal.measure_id: appeal for appeal in rows}


def _titles(viewer: Actor, places: Iterable[str]) -> dict[str, str]:
    """What the threads and projects among these places are called, where the viewer may read them."""
    named = [place.split(":") for place in places if ":" in place]
    ids = {kind: {int(number) for name, number in named if name == kind} for kind in ("thread", "project")}
    threads = db.session.scalars(
        select(Thread)
        .where(Thread.id.in_(ids["thread"]))
        .options(joinedload(Thread.project).selectinload(Project.partners))
    )
    projects = db.session.scalars(select(Project).where(Project.id.in_(ids["project"])))
    return {thread.channel: thread.title for thread in threads if can_see_thread(viewer, thread)} | {
        f"project:{project.id}": project.title for project in projects if can_see_project(viewer, project)
    }
