"""What a search found, as it is now: each object is asked for once more by who may see it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from civicforum.accounts.models import Actor, User
from civicforum.discussions.models import Post, Pseudonym
from civicforum.discussions.policies import can_see_thread
from civicforum.discussions.queries import find_threads, visible_posts
from civicforum.partnerships.findable import text_of as project_text
from civicforum.partnerships.models import Organization, Project, Update
from civicforum.partnerships.queries import find_organizations, find_projects, find_updates
from civicforum.text import plain_text, words_of_html
from civicforum.townhalls.findable import text_of as town_hall_text
from civicforum.townhalls.models import TownHall
from civicforum.townhalls.queries import find_town_halls, latest_summaries


@dataclass(frozen=True)
class Hit:
    """Something found: ``row`` is the object itself, ``text`` its present words, not yet escaped."""

    kind: str
    row: Any
    title: str
    text: str
    said_at: datetime
    project: Project | None = None
    author: User | Pseudonym | None = None


def read_hits(viewer: Actor, found: Sequence[tuple[str, int]]) -> list[Hit]:
    """These objects in this order, without those that ``viewer`` may not read (any more).

    One or a few queries for each kind, however many there are of it.
    """
    hits: dict[tuple[str, int], Hit] = {}
    for kind, group in groupby(sorted(found), key=lambda pair: pair[0]):
        rows = _READERS[kind](viewer, [object_id for _kind, object_id in group])
        hits.update({(kind, object_id): hit for object_id, hit in rows.items()})
    return [hits[pair] for pair in found if pair in hits]


def _posts(viewer: Actor, ids: Sequence[int]) -> Mapping[int, Hit]:
    return {post.id: _post(post) for post in visible_posts(viewer, ids).values() if _is_published(post)}


def _is_published(post: Post) -> bool:
    """A moderator may read more than that, and finds it in the queue."""
    return post.is_visible and post.seq is not None


def _post(post: Post) -> Hit:
    said_at = post.published_at or post.created_at
    thread = post.thread
    return Hit("post", post, thread.title, words_of_html(post.html), said_at, thread.project, post.author)


def _threads(viewer: Actor, ids: Sequence[int]) -> Mapping[int, Hit]:
    return {
        row.id: Hit("thread", row, row.title, "", row.created_at, row.project, row.author)
        for row in find_threads(ids)
        if can_see_thread(viewer, row) and row.status != "pending"
    }


def _town_halls(viewer: Actor, ids: Sequence[int]) -> Mapping[int, Hit]:
    minutes = latest_summaries(ids)
    return {
        row.id: _town_hall(row, minutes.get(row.id))
        for row in find_town_halls(viewer, ids).values()
        if row.is_published
    }


def _town_hall(row: TownHall, minutes: Any) -> Hit:
    return Hit("townhall", row, row.title, town_hall_text(row, minutes), row.starts_at, row.project)


def _projects(viewer: Actor, ids: Sequence[int]) -> Mapping[int, Hit]:
    return {row.id: _project(row) for row in find_projects(viewer, ids)}


def _project(row: Project) -> Hit:
    return Hit("project", row, row.title, project_text(row), row.created_at, row)


def _updates(viewer: Actor, ids: Sequence[int]) -> Mapping[int, Hit]:
    return {row.id: _update(row) for row in find_updates(viewer, ids).values()}


def _update(row: Update) -> Hit:
    return Hit("update", row, row.title, words_of_html(row.html), row.published_at, row.project, row.author)


def _organizations(viewer: Actor, ids: Sequence[int]) -> Mapping[int, Hit]:
    return {row.id: _organization(row) for row in find_organizations(viewer, ids)}


def _organization(row: Organization) -> Hit:
    return Hit("organization", row, row.name, plain_text(row.about), row.created_at)


_READERS: dict[str, Callable[[Actor, Sequence[int]], Mapping[int, Hit]]] = {
    "organization": _organizations,
    "project": _projects,
    "update": _updates,
    "townhall": _town_halls,
    "thread": _threads,
    "post": _posts,
}
