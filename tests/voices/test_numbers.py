"""Tracking numbers: easy to read out, easy to type."""

import re

import pytest

from civicforum.voices.numbers import clean_number, new_number


def test_a_new_number_has_the_form_that_is_printed_on_receipts() -> None:
    numbers = {new_number() for _ in range(2_000)}
    assert all(re.fullmatch(r"([6-9B-DFGHJ-NPQRTW]{4})-([6-9B-DFGHJ-NPQRTW]{4})", n) for n in numbers)
    assert len(numbers) == 2_000
    assert all(clean_number(number) == number for number in numbers)


def test_all_letters_of_the_alphabet_are_drawn() -> None:
    drawn = set("".join(new_number() for _ in range(2_000)))
    assert drawn == set("6789BCDFGHJKLMNPQRTW-")


@pytest.mark.parametrize(
    "typed",
    [
        "7KQM-9RTB",
        "7kqm-9rtb",
        " 7KQM 9RTB ",
        "7kqm9rtb",
        "#7KQM-9RTB",
        "7KQM\u20139RTB",
        "7 K Q M - 9 R T B\n",
        "7KQM_9RTB",
    ],
)
def test_a_number_is_read_however_it_is_typed(typed: str) -> None:
    assert clean_number(typed) == "7KQM-9RTB"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "7KQM",
        "7KQM-9RTBB",
        "7KQM-9RTA",
        "7KQM-9RT0",
        "7KQM/9RTB",
        "7KQM-9RT\u212a",
        "\u00df" * 4,
    ],
)
def test_what_cannot_be_a_number_is_none(typed: str) -> None:
    assert clean_number(typed) is None
