"""How the rooms above say what an inbox row is about.

Each room calls ``register`` in its ``notices.py``; only ``app`` imports those.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Notice:
    """One row of an inbox: a sentence for this viewer, and where it leads (None: nowhere)."""

    text: Any
    url: str | None = None


Describe = Callable[[Any, str, Sequence[int]], Mapping[int, Notice]]

_kinds: dict[str, Describe] = {}


def register(kind: str, describe: Describe) -> None:
    """Let ``describe(viewer, reason, ids)`` speak for notifications about this kind of object.

    It asks the policies again and leaves out what the viewer may not see (any more).
    """
    _kinds[kind] = describe


def describe(viewer: Any, kind: str, reason: str, ids: Sequence[int]) -> Mapping[int, Notice]:
    """The notices of these objects; empty for a kind nobody speaks for."""
    speak = _kinds.get(kind)
    return speak(viewer, reason, ids) if speak and ids else {}


Successor = Callable[[int], int]

_successors: dict[str, Successor] = {}


def register_successor(kind: str, find: Successor) -> None:
    """Let ``find(id)`` say of which object of this kind it is a part by now: itself, mostly."""
    _successors[kind] = find


def present_id(kind: str, object_id: int) -> int:
    """The object that holds now what was told of this one."""
    find = _successors.get(kind)
    return find(object_id) if find else object_id
