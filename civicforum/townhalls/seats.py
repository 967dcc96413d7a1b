"""The arithmetic of first come, first served. Seats are counted in people, not in answers."""

from collections.abc import Sequence


def fits(capacity: int | None, taken: int, party_size: int) -> bool:
    """Whether a party can be seated beside the ``taken`` seats; ``capacity`` None is no limit."""
    return capacity is None or taken + party_size <= capacity


def promotable(capacity: int | None, taken: int, waiting: Sequence[int]) -> int:
    """How many parties from the head of the queue can be let in.

    Strictly in order: a small party does not overtake a larger one that is before it.
    """
    count = 0
    for party_size in waiting:
        if not fits(capacity, taken, party_size):
            break
        taken += party_size
        count += 1
    return count
