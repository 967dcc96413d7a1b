"""What is done when two people agreed, with a mediator, that the limit of a case may be lifted.

Mediation stands above this room and says when; whoever sets limits says here, with ``on_agreement(lift)``,
how they are lifted. All are called in one action after the agreement, which holds no row when it begins: they
lock in the order of the house, the thread, the post, the case.
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
