"""The arithmetic of seats: first come, first served, counted in people, not in rows.

Only whoever holds the town hall's row lock may act on what it says.
"""

from collections.abc import Sequence


def fits(capacity: int | None, taken: int, party_size: int) -> bool:
    """Say whether a party finds seats; ``capacity`` None is a hall without a limit."""
    return capacity is None or taken + party_size <= capacity


def promotable(capacity: int | None, taken: int, waiting: Sequence[int]) -> int:
    """Count the parties at the head of the queue that can be let in now.

    ``waiting`` holds the sizes of the parties in order. The first that does not fit ends it: a
    small party does not overtake a larger one, or the larger one would wait for ever.
    """
    for count, party_size in enumerate(waiting):
        if not fits(capacity, taken, party_size):
            return count
        taken += party_size
    return len(waiting)
