"""How facilitation was found: one's own answer, and everybody's together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from civicforum.accounts.models import Actor, User
from civicforum.db import db
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.policies import can_see_thread
from civicforum.discussions.queries import get_thread
from civicforum.errors import NotFound
from civicforum.moderation import policies
from civicforum.moderation.figures import FEWEST, Answers, Found, found, found_together
from civicforum.moderation.models import Rating
from civicforum.moderation.quarters import Quarter
from civicforum.partnerships.models import Project
from civicforum.townhalls.models import CheckIn, Rsvp, TownHall
from civicforum.townhalls.policies import can_see as can_see_meeting
from civicforum.townhalls.queries import get_town_hall


@dataclass(frozen=True)
class Place:
    """A thread or a meeting whose facilitation is rated once it is over."""

    kind: str  # thread, townhall
    id: int
    title: str
    project: Project
    is_over: bool


def get_place(viewer: Actor, kind: str, object_id: int) -> Place:
    """The thread or meeting; NotFound for who may not know that it is there."""
    if kind == "thread":
        return _place_of_thread(get_thread(viewer, object_id))
    if kind == "townhall":
        return _place_of_meeting(get_town_hall(viewer, object_id))
    raise NotFound


def _place_of_thread(thread: Thread) -> Place:
    is_over = thread.status == "closed" or thread.archived_at is not None
    return Place("thread", thread.id, thread.title, thread.project, is_over)


def _place_of_meeting(town_hall: TownHall) -> Place:
    is_over = town_hall.status == "published" and town_hall.is_over()
    return Place("townhall", town_hall.id, town_hall.title, town_hall.project, is_over)


def took_part(user: Actor, place: Place) -> bool:
    """Said something that was published, also what was hidden since; or came to the meeting."""
    if place.kind == "thread":
        said = select(Post.id).where(Post.thread_id == place.id, Post.author_id == user.id)
        return db.session.scalar(said.where(Post.seq.is_not(None)).limit(1)) is not None
    came = select(CheckIn.rsvp_id).where(CheckIn.town_hall_id == place.id, CheckIn.undone_at.is_(None))
    own = select(Rsvp.id).where(Rsvp.town_hall_id == place.id, Rsvp.user_id == user.id)
    if db.session.scalar(came.limit(1)) is None:
        # Nobody kept the door: whoever was coming came.
        return db.session.scalar(own.where(Rsvp.state == "going")) is not None
    return db.session.scalar(own.where(Rsvp.id.in_(came))) is not None


def find_rating(user: Actor, place: Place) -> Rating | None:
    """What this person answered, or that they put the question away."""
    if not isinstance(user, User):
        return None
    own = (Rating.kind == place.kind, Rating.object_id == place.id, Rating.user_id == user.id)
    return db.session.scalar(select(Rating).where(*own))


def may_answer(user: Actor, place: Place) -> bool:
    """Took part in something that is over, and did not lead it."""
    return place.is_over and policies.can_rate(user, place.project) and took_part(user, place)


def found_in_place(place: Place) -> Found | None:
    """How it was found; None below five answers."""
    return found(_answers_by_place(_is_of(place)).get((place.kind, place.id), {}))


def _is_of(place: Place) -> ColumnElement[bool]:
    return (Rating.kind == place.kind) & (Rating.object_id == place.id)


def found_in_project(project: Project) -> Found | None:
    return found_together(_answers_by_place(Rating.project_id == project.id))


def found_in_quarter(quarter: Quarter) -> dict[str, Any] | None:
    is_in = (Rating.answered_at >= quarter.begins_at) & (Rating.answered_at < quarter.ends_at)
    told = found_together(_answers_by_place(is_in))
    return told.json() if told else None


def found_in_places(viewer: Actor, project: Project) -> list[tuple[Place, Found]]:
    """The threads and meetings of the project that five people answered about, the latest first."""
    answers = _answers_by_place(Rating.project_id == project.id)
    told = {key: result for key, one in answers.items() if (result := found(one))}
    return [(place, told[place.kind, place.id]) for place in _places(viewer, list(told))]


def _places(viewer: Actor, keys: list[tuple[str, int]]) -> list[Place]:
    threads = [id_ for kind, id_ in keys if kind == "thread"]
    meetings = [id_ for kind, id_ in keys if kind == "townhall"]
    found_threads = db.session.scalars(
        select(Thread).where(Thread.id.in_(threads)).order_by(Thread.id.desc())
    )
    found_meetings = db.session.scalars(
        select(TownHall).where(TownHall.id.in_(meetings)).order_by(TownHall.starts_at.desc())
    )
    return [
        *(_place_of_thread(row) for row in found_threads if can_see_thread(viewer, row)),
        *(_place_of_meeting(row) for row in found_meetings if can_see_meeting(viewer, row)),
    ]


def _answers_by_place(which: ColumnElement[bool]) -> dict[tuple[str, int], Answers]:
    rows = db.session.execute(
        select(Rating.kind, Rating.object_id, Rating.fair, Rating.heard, func.count())
        .where(Rating.id.in_(_told(which)))
        .group_by(Rating.kind, Rating.object_id, Rating.fair, Rating.heard)
    )
    places: dict[tuple[str, int], dict[tuple[int, int], int]] = defaultdict(dict)
    for kind, object_id, fair, heard, people in rows:
        places[kind, object_id][fair or 0, heard or 0] = people
    return dict(places)


def _told(which: ColumnElement[bool]) -> Select[int]:
    """The ids of the answers that are told: of each place by fives, the earliest first. So nobody learns by
    the difference what the last one to answer said."""
    place = (Rating.kind, Rating.object_id)
    rank = func.row_number().over(partition_by=place, order_by=Rating.id).label("rank")
    answered = select(Rating.id, rank, func.count().over(partition_by=place).label("people"))
    ranked = answered.where(which, Rating.fair.is_not(None)).subquery()
    return select(ranked.c.id).where(ranked.c.rank <= ranked.c.people - ranked.c.people % FEWEST)


def words_for(viewer: Actor, place: Place) -> Sequence[str]:
    """What people wrote to those who led it: for them alone, from five answers on, in no order of time."""
    if not policies.facilitates(viewer, place.project) or found_in_place(place) is None:
        return []
    told = Rating.id.in_(_told(_is_of(place)))
    said = select(Rating.words).where(told, Rating.words != "").order_by(Rating.words)
    return db.session.scalars(said).all()
