"""Keeping the index as everything is: by the deeds themselves, and anew where its form has changed.

What is written is always the present state, as the source tells it at the end of the transaction: a deed
says only *that* something may have changed, so nothing can be indexed that is hidden by the same deed.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from sqlalchemy import delete, func, select

from civicforum.db import before_commit, db, stop_other_writers, transaction
from civicforum.search.models import SearchEntry, SearchState
from civicforum.search.sources import KINDS, Findable, registered, source_of
from civicforum.search.words import folded_words

# Raise it when ``words`` or a source tells other words than before: the next upgrade makes the index anew.
VERSION = 1
BATCH = 200
PLACES = 16  # room for as many kinds
Progress = Callable[[int], None]


def entry_id(kind: str, object_id: int) -> int:
    """The id in the index: by object first, so that newer comments have larger ones."""
    return object_id * PLACES + KINDS.index(kind)


def refresh(kind: str, object_id: int) -> None:
    """Inside an action: have this object found, or no longer found, as it is when the action ends."""
    before_commit(("index", kind, f"{object_id:010}"), lambda: write_now(kind, [object_id]))


def write_now(kind: str, ids: Sequence[int]) -> None:
    """Inside a transaction: write how these objects are, many in a few statements."""
    known = {row.id: row for row in _entries(kind, ids)}
    told = source_of(kind).read(ids)
    for object_id in ids:
        row = known.get(entry_id(kind, object_id))
        if object_id in told:
            _put(row or _new(kind, object_id), told[object_id])
        elif row is not None:
            db.session.delete(row)
    db.session.flush()


def _entries(kind: str, ids: Sequence[int]) -> Sequence[SearchEntry]:
    wanted = [entry_id(kind, object_id) for object_id in ids]
    return db.session.scalars(select(SearchEntry).where(SearchEntry.id.in_(wanted))).all()


def _new(kind: str, object_id: int) -> SearchEntry:
    row = SearchEntry(id=entry_id(kind, object_id), kind=kind, object_id=object_id)
    db.session.add(row)
    return row


def _put(row: SearchEntry, told: Findable) -> None:
    for name, value in _columns(told).items():
        # An unchanged row is not written again.
        if getattr(row, name) != value:
            setattr(row, name, value)


def _columns(told: Findable) -> dict[str, object]:
    return {
        "project_id": told.project_id,
        "thread_id": told.thread_id,
        "author_id": told.author_id,
        "said_at": told.said_at,
        "title": folded_words(told.title),
        "body": folded_words(told.body),
    }


# --- all of it ---


def refresh_everything() -> None:
    """Inside an action that made very much at once: have all of it found."""
    for kind in registered():
        for ids in _batches(kind):
            write_now(kind, ids)


def is_current() -> bool:
    """Whether the index is of this version, and whole."""
    return db.session.scalar(select(SearchState.version)) == VERSION


def count_findable() -> int:
    """About how much there is to index: for a progress bar."""
    tables = (db.metadata.tables[name] for name in ("post", "thread", "search_entry"))
    return sum(db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables)


def rebuild(progress: Progress = lambda _count: None) -> int:
    """Make the index as everything is, while people go on reading and writing; how many can be found.

    It goes in short transactions, each alone, and empties nothing first: stopped half-way it leaves an index
    that is right as far as it came, and the next upgrade (or this) makes it whole.
    """
    with transaction():
        db.session.execute(delete(SearchState))
    for kind in registered():
        for ids in _batches(kind):
            _in_one_step(kind, ids)
            progress(len(ids))
    _forget_the_gone(progress)
    with transaction():
        stop_other_writers()  # of two that rebuild at once, the second says it after the first
        db.session.execute(delete(SearchState))
        db.session.add(SearchState(id=1, version=VERSION))
    return db.session.scalar(select(func.count()).select_from(SearchEntry)) or 0


def _batches(kind: str) -> Iterator[Sequence[int]]:
    last = 0
    while ids := source_of(kind).ids_after(last, BATCH):
        yield ids
        last = ids[-1]


def _in_one_step(kind: str, ids: Sequence[int]) -> None:
    """Nobody changes what is read here until it is written: else a later deed could be undone by it."""
    with transaction():
        stop_other_writers()
        write_now(kind, ids)
    db.session.expunge_all()


def _forget_the_gone(progress: Progress) -> None:
    """Objects that were deleted are named by no source: look at what the index has, too."""
    last = -1
    while rows := _entries_after(last):
        for kind in {row.kind for row in rows}:
            _in_one_step(kind, [row.object_id for row in rows if row.kind == kind])
        progress(len(rows))
        last = rows[-1].id


def _entries_after(last: int) -> Sequence[Any]:
    statement = select(SearchEntry.id, SearchEntry.kind, SearchEntry.object_id).order_by(SearchEntry.id)
    return db.session.execute(statement.where(SearchEntry.id > last).limit(BATCH)).all()


def faults() -> list[str]:
    """Where the index differs from what the sources tell now; empty is well."""
    found = {row.id: _indexed(row) for row in db.session.scalars(select(SearchEntry))}
    wanted = {
        entry_id(kind, object_id): _columns(told)
        for kind in registered()
        for ids in _batches(kind)
        for object_id, told in source_of(kind).read(ids).items()
    }
    return [
        f"a search finds {KINDS[key % PLACES]} {key // PLACES} as {found.get(key)}, not as {wanted.get(key)}"
        for key in sorted(found.keys() | wanted.keys())
        if found.get(key) != wanted.get(key)
    ]


def _indexed(row: SearchEntry) -> dict[str, object]:
    names = ("project_id", "thread_id", "author_id", "said_at", "title", "body")
    return {name: getattr(row, name) for name in names}
