"""How the rooms above say who may read what a file belongs to.

Each room calls ``register`` at its opening: the door of a file asks the same policy as the page.
"""

from collections.abc import Callable

from civicforum.accounts.models import Actor

CanRead = Callable[[Actor, int], bool]

_kinds: dict[str, CanRead] = {}


def register(kind: str, can_read: CanRead) -> None:
    """Let ``can_read(viewer, object_id)`` decide about the files of this kind of object."""
    _kinds[kind] = can_read


def can_read(viewer: Actor, kind: str, object_id: int) -> bool:
    """Whether the viewer may read the words that the file came with; no for a kind nobody speaks for."""
    ask = _kinds.get(kind)
    return ask is not None and ask(viewer, object_id)
