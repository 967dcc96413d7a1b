"""What the rooms above and beside do when two people agreed that a limit may be lifted.

``on_agreement(lift)`` adds one; each is called in a transaction of its own rows' locks, after the agreement.
"""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Agreed:
    """What the two agreed about: the comment, and who they are. Never what they said."""

    post_id: int
    people: tuple[int, ...]


Lift = Callable[[Agreed], None]

_lifts: list[Lift] = []


def on_agreement(lift: Lift) -> None:
    """Let ``lift(agreed)`` be called where both sides want the limit of a case lifted. It asks the present
    state first: it may be called twice, and somebody may have lifted it already."""
    if lift not in _lifts:
        _lifts.append(lift)


def lift_all(agreed: Agreed) -> None:
    for lift in _lifts:
        lift(agreed)
