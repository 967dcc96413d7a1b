"""Search in everything that the viewer may read: the viewer first, one function for every door.

The cost of a search does not grow with how much was said. Only the newest ``WINDOW`` matches are weighed
against each other; older ones follow after them, a window at a time. Beside the first window stand the
newest matches that are no comments, so that many comments do not bury a project.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select

from civicforum.accounts.models import Actor, User
from civicforum.accounts.queries import get_person
from civicforum.db import db
from civicforum.errors import NotFound
from civicforum.pages.queries.found import Hit, read_hits
from civicforum.partnerships.models import Project
from civicforum.partnerships.queries import visible_projects_clause
from civicforum.search import matching
from civicforum.search.models import SearchEntry
from civicforum.search.ranking import score
from civicforum.search.sources import KINDS
from civicforum.search.words import Term, parse_terms
from civicforum.web.numbers import LARGEST
from civicforum.web.pagination import decode_cursor, encode_cursor
from civicforum.web.site import get_site

PAGE_HITS = 20
WINDOW = 100  # matches that are weighed against each other
PLACES = 50  # and of the first ones, so many that are no comments
# Where somebody sees more projects than this, they are not listed in the search but asked of each match.
MOST_PROJECTS = 200


@dataclass(frozen=True)
class Filters:
    """What narrows a search; a name that the viewer cannot know finds nothing. Days are the town's."""

    kind: str | None = None
    project: str | None = None
    person: str | None = None
    thread_id: int | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Results:
    """One page of what was found. ``terms`` is empty where there was nothing to look for.

    ``is_cut`` says that there were more matches than were weighed, so that the best come only of the newest.
    """

    terms: Sequence[Term] = ()
    hits: list[Hit] = field(default_factory=list)
    next: str | None = None
    is_cut: bool = False


@dataclass(frozen=True)
class _Place:
    """Where a page begins: behind ``key`` in the window whose newest match is ``top``."""

    is_first_window: bool = True
    top: int = LARGEST
    key: tuple[int, int, int] = (LARGEST, LARGEST, LARGEST)

    def cursor(self) -> str:
        return encode_cursor([int(self.is_first_window), self.top, *self.key])


def _place(cursor: str | None) -> _Place:
    values = decode_cursor(cursor, int, int, int, int, int)
    return _Place(bool(values[0]), values[1], values[2:]) if values else _Place()


@dataclass(frozen=True)
class _Match:
    id: int
    kind: str
    object_id: int
    key: tuple[int, int, int]


@dataclass(frozen=True)
class _Scope:
    """Where to look: marks by which the index itself narrows, and conditions asked of each match."""

    viewer: Actor
    marks: list[tuple[str, ...]] = field(default_factory=list)
    conditions: list[Any] = field(default_factory=list)


def find(
    viewer: Actor,
    query: str,
    filters: Filters = Filters(),
    cursor: str | None = None,
    limit: int = PAGE_HITS,
    is_typing: bool = False,
) -> Results:
    """The best matches that ``viewer`` may read; while ``is_typing``, the last word counts as a beginning.

    Nothing is found that is not open to every reader of its project, nor in a project that the viewer does
    not see; each object found is asked for by its own policy again. Raises Invalid for a damaged cursor.
    """
    terms = parse_terms(query, is_typing)
    place = _place(cursor)
    scope = _scope(viewer, filters)
    if not terms or scope is None:
        return Results(terms)
    newest = _read(scope, terms, WINDOW + 1, top=place.top)
    window, is_cut = newest[:WINDOW], len(newest) > WINDOW
    ranked = [match for match in _ranked(scope, terms, filters, window, place) if match.key < place.key]
    page = ranked[:limit]
    following = None
    if len(ranked) > limit:
        top = min([place.top, *(match.id for match in window[:1])])
        following = _Place(place.is_first_window, top, page[-1].key).cursor()
    elif is_cut:
        following = _Place(False, window[-1].id - 1).cursor()
    hits = read_hits(viewer, [(match.kind, match.object_id) for match in page])
    return Results(terms, hits, following, is_cut or not place.is_first_window)


def _ranked(
    scope: _Scope, terms: Sequence[Term], filters: Filters, window: Sequence[_Match], place: _Place
) -> list[_Match]:
    """The matches of this window, the best first; what is no comment stands with the first window alone."""
    places = [] if filters.kind or filters.thread_id else _read(scope, terms, PLACES, is_place=True)
    found = {match.id: match for match in window}
    for match in places:
        if place.is_first_window:
            found[match.id] = match
        else:
            found.pop(match.id, None)
    return sorted(found.values(), key=lambda match: match.key, reverse=True)


# --- where to look ---


def _scope(viewer: Actor, filters: Filters) -> _Scope | None:
    """Where this viewer may look, narrowed by the filters; None where that is nowhere."""
    scope = _Scope(viewer)
    projects = _visible_projects(viewer, filters.project)
    if filters.project and not projects:
        return None
    if len(projects) <= MOST_PROJECTS:
        # 0 is what belongs to no project: organizations.
        scope.marks.append(matching.mark("p", projects if filters.project else [0, *projects]))
    if filters.kind:
        scope.marks.append(matching.mark("k", [filters.kind]))
    if filters.thread_id is not None:
        scope.marks.append(matching.mark("t", [filters.thread_id]))
    if filters.person:
        person = _find_person(filters.person)
        if person is None:
            return None
        scope.marks.append(matching.mark("a", [person.id]))
    scope.conditions.extend(_days(filters))
    return scope


def _visible_projects(viewer: Actor, slug: str | None) -> Sequence[int]:
    statement = select(Project.id).where(visible_projects_clause(viewer)).order_by(Project.id)
    if slug:
        statement = statement.where(Project.slug == slug)
    return db.session.scalars(statement.limit(MOST_PROJECTS + 1)).all()


def _find_person(handle: str) -> User | None:
    try:
        return get_person(handle)
    except NotFound:
        return None


def _days(filters: Filters) -> list[Any]:
    found: list[Any] = []
    if filters.since is not None:
        found.append(SearchEntry.said_at >= _midnight(filters.since))
    if filters.until is not None:
        found.append(SearchEntry.said_at < _midnight(filters.until) + timedelta(days=1))
    return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(get_site().timezone))


# --- matches ---


def _read(
    scope: _Scope, terms: Sequence[Term], limit: int, top: int | None = None, is_place: bool = False
) -> list[_Match]:
    marks = [*scope.marks]
    if is_place:
        marks.append(matching.mark("k", [kind for kind in KINDS if kind != "post"]))
    statement = matching.newest_first(matching.Wanted(terms, tuple(marks)))
    statement = _seen_by(scope.viewer, statement).where(*scope.conditions).limit(limit)
    if top is not None:
        statement = statement.where(matching.id_column() <= top)
    columns = (
        SearchEntry.id, SearchEntry.kind, SearchEntry.object_id, SearchEntry.said_at,
        SearchEntry.title, SearchEntry.body,
    )  # fmt: skip
    rows = db.session.execute(statement.with_only_columns(*columns)).all()
    return [_Match(row.id, row.kind, row.object_id, _key(row, terms)) for row in rows]


def _seen_by(viewer: Actor, statement: Select[Any]) -> Select[Any]:
    """The marks make it quick; this makes it sure."""
    return statement.outerjoin(Project, Project.id == SearchEntry.project_id).where(
        or_(SearchEntry.project_id.is_(None), visible_projects_clause(viewer))
    )


def _key(row: Any, terms: Sequence[Term]) -> tuple[int, int, int]:
    """By how well it answers, then by when it was said."""
    return score(row.title, row.body, terms), int(row.said_at.timestamp()) // 60, row.id
