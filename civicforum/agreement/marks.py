"""Listed words that are worth a look: what has one is shown, and the moderators see it.

Those who judge live in a room above, and fill this in.
"""

from collections.abc import Callable

from civicforum.agreement.queries import find_listed

Look = Callable[[str, int], None]

_lookers: list[Look] = []


def register(look: Look) -> None:
    """Let ``look(kind, object_id)`` be called, in the same transaction, for what has such a word."""
    if look not in _lookers:
        _lookers.append(look)


def mark_listed(kind: str, object_id: int, text: str) -> None:
    """Inside an action that shows ``text`` to everybody: have it looked at if it has a word of that list."""
    if find_listed(text, "flag"):
        for look in _lookers:
            look(kind, object_id)
