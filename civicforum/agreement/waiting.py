"""Telling those on duty that something waits for them.

Who may judge what is known in a room above, which fills this in.
"""

from collections.abc import Callable

from civicforum.agreement.models import Hold

Tell = Callable[[Hold], None]

_tellers: list[Tell] = []


def register(tell: Tell) -> None:
    """Let ``tell(hold)`` be called, in the same transaction, for whatever begins to wait."""
    if tell not in _tellers:
        _tellers.append(tell)


def tell_waiting(hold: Hold) -> None:
    """Inside the action that lets it wait."""
    for tell in _tellers:
        tell(hold)
