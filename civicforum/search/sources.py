"""How the rooms above say what can be found of theirs. Each does it in its ``findable.py``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

# The place of a kind in this list is part of the ids in the index: add at the end, never reorder.
KINDS = ("organization", "project", "update", "townhall", "thread", "post")


@dataclass(frozen=True)
class Findable:
    """What may be found of one object: its words, where it belongs, who said it and when."""

    title: str
    body: str
    said_at: datetime
    project_id: int | None = None
    thread_id: int | None = None
    author_id: int | None = None


@dataclass(frozen=True)
class Source:
    """``read(ids)`` tells of those that every reader of their project may read now, of no others.

    ``ids_after(id, limit)`` walks all there are, in their order, for making the index anew.
    """

    read: Callable[[Sequence[int]], Mapping[int, Findable]]
    ids_after: Callable[[int, int], Sequence[int]]


_sources: dict[str, Source] = {}


def register(kind: str, source: Source) -> None:
    if kind not in KINDS:
        raise ValueError(f"{kind} is not in search.sources.KINDS.")
    _sources[kind] = source


def source_of(kind: str) -> Source:
    return _sources[kind]


def registered() -> list[str]:
    """The kinds that have a source, in the order in which they are indexed."""
    return [kind for kind in KINDS if kind in _sources]
