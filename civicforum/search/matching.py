"""Which entries hold all words and marks: where the two databases differ in full text.

Beside its words every entry has marks: ``§t7`` says that it is of thread 7. So a search within one thread
looks through that thread alone, however much was said elsewhere, and no word of a text can be a mark.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, bindparam, cast, column, literal_column, select, table
from sqlalchemy.dialects.postgresql import TSQUERY

from civicforum.db import is_sqlite
from civicforum.search.models import SearchEntry
from civicforum.search.words import Term

# A contentless FTS5 table; on PostgreSQL a generated tsvector column of the same name.
_fts = table("search_fts", column("rowid"))


@dataclass(frozen=True)
class Wanted:
    """All ``terms``, and at least one mark of each group in ``marks``."""

    terms: Sequence[Term]
    marks: tuple[tuple[str, ...], ...] = ()


def mark(letter: str, values: Iterable[object]) -> tuple[str, ...]:
    """The marks of kinds (k), projects (p), threads (t) or authors (a)."""
    return tuple(f"§{letter}{value}" for value in values)


def newest_first(wanted: Wanted) -> Select[SearchEntry]:
    """Matching entries, the one with the largest id first; a limit stops the search where it is reached."""
    if is_sqlite():
        has_all = literal_column("search_fts").op("MATCH")(bindparam("wanted", _fts5(wanted)))
        return (
            select(SearchEntry)
            .join_from(_fts, SearchEntry, SearchEntry.id == _fts.c.rowid)
            .where(has_all)
            .order_by(_fts.c.rowid.desc())
        )
    has_all = literal_column("search_entry.search_fts").op("@@")(
        cast(bindparam("wanted", _tsquery(wanted)), TSQUERY)
    )
    return select(SearchEntry).where(has_all).order_by(SearchEntry.id.desc())


def id_column() -> ColumnElement[int]:
    """What to bound in ``newest_first``: by this column each database stops early."""
    return _fts.c.rowid if is_sqlite() else SearchEntry.id  # type: ignore[return-value]  # both are numbers


def _fts5(wanted: Wanted) -> str:
    terms = [f'"{term.word}"{"*" if term.is_open else ""}' for term in wanted.terms]
    groups = ["(" + " OR ".join(f'"{mark}"' for mark in group) + ")" for group in wanted.marks]
    return " AND ".join([*terms, *groups])


def _tsquery(wanted: Wanted) -> str:
    terms = [f"'{term.word}'{':*' if term.is_open else ''}" for term in wanted.terms]
    groups = ["(" + " | ".join(f"'{mark}'" for mark in group) + ")" for group in wanted.marks]
    return " & ".join([*terms, *groups])
