"""Seats: nobody too many, nobody overtaken, none left empty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from civicforum.townhalls.seats import fits, promotable

parties = st.lists(st.integers(1, 6), max_size=12)


@pytest.mark.parametrize(
    ("capacity", "taken", "party_size", "answer"),
    [
        (10, 9, 1, True),
        (10, 10, 1, False),
        (10, 8, 3, False),
        (10, 0, 10, True),
        (0, 0, 1, False),
        (10, 12, 1, False),
        (None, 10_000, 50, True),
    ],
)
def test_a_party_fits_whole_or_not(capacity: int | None, taken: int, party_size: int, answer: bool) -> None:
    assert fits(capacity, taken, party_size) is answer


@pytest.mark.parametrize(
    ("capacity", "taken", "waiting", "count"),
    [
        (10, 8, [1, 1, 1], 2),
        (10, 8, [2, 1], 1),
        (10, 8, [3, 1, 1], 0),
        (10, 8, [1, 3, 1], 1),
        (10, 10, [1], 0),
        (10, 12, [1], 0),
        (10, 0, [], 0),
        (None, 99, [4, 5, 6], 3),
    ],
)
def test_the_queue_moves_in_order(capacity: int | None, taken: int, waiting: list[int], count: int) -> None:
    assert promotable(capacity, taken, waiting) == count


@given(st.integers(0, 40), st.integers(0, 50), parties)
def test_the_hall_is_filled_as_far_as_the_queue_allows(capacity: int, taken: int, waiting: list[int]) -> None:
    count = promotable(capacity, taken, waiting)
    seated = taken + sum(waiting[:count])
    assert count == 0 or seated <= capacity
    assert count == len(waiting) or seated + waiting[count] > capacity
