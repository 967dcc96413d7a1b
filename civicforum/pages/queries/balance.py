"""Who is heard in a project: its threads, with the meetings that some of them belong to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from civicforum.accounts.models import Actor
from civicforum.db import db
from civicforum.discussions.models import Thread
from civicforum.discussions.queries import Wanted, list_threads, thread_balances
from civicforum.partnerships.models import Project
from civicforum.townhalls.models import TownHall
from civicforum.voices.balance import Balance
from civicforum.web.pagination import MAXIMUM_LIMIT, Page


@dataclass(frozen=True)
class Weighed:
    """A thread and how it is spread; ``meeting`` is the one it belongs to, if any."""

    thread: Thread
    balance: Balance
    meeting: TownHall | None


def list_weighed(
    viewer: Actor, project: Project, cursor: str | None = None, limit: int = 30
) -> Page[Weighed]:
    """The project's threads that ``viewer`` may see, the liveliest first, in a fixed number of queries.

    Also those that are put away: what was said there was said.
    """
    page = list_threads(viewer, project, cursor, limit, Wanted(with_archived=True))
    balances = thread_balances(viewer, project, page.items)
    meetings = _meetings_of([thread.id for thread in page.items])
    rows = [Weighed(thread, balances[thread.id], meetings.get(thread.id)) for thread in page.items]
    return Page(rows, page.next)


def list_all_weighed(viewer: Actor, project: Project) -> Iterator[Weighed]:
    """Every thread, for the exports; a page of them at a time."""
    page = list_weighed(viewer, project, limit=MAXIMUM_LIMIT)
    yield from page.items
    while page.next:
        page = list_weighed(viewer, project, page.next, MAXIMUM_LIMIT)
        yield from page.items


def _meetings_of(thread_ids: Sequence[int]) -> dict[int, TownHall]:
    """The published meetings of these threads, by thread; the latest where there are several."""
    rows = db.session.execute(
        select(Thread.id, TownHall)
        .join(TownHall, TownHall.thread_id == Thread.id)
        .where(Thread.id.in_(thread_ids), TownHall.status != "draft")
        .order_by(TownHall.starts_at, TownHall.id)
    )
    return {row[0]: row[1] for row in rows}
