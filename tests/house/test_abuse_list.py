"""docs/safety.md names a test for each of the eighty-eight abuse cases, or what the case waits for."""

import re
from pathlib import Path

import pytest

from civicforum import paths

TESTS = Path(__file__).parents[1]
LIST = paths.ROOT / "docs" / "safety.md"
CASES = range(1, 89)


def rows() -> list[tuple[int, str, list[str]]]:
    """(number, how it is met, its tests) of each row of the tables."""
    found = []
    for line in LIST.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0].isdigit():
            assert len(cells) == 4, line
            found.append((int(cells[0]), cells[2], re.findall(r"`([^`]+)`", cells[3])))
    return found


def test_each_case_stands_there_once_and_in_order():
    assert [number for number, _how, _tests in rows()] == list(CASES)


def test_each_case_says_how_it_is_met():
    assert [number for number, how, _tests in rows() if len(how) < 10] == []


def test_a_case_without_a_test_says_what_it_waits_for():
    assert [n for n, how, tests in rows() if not tests and not how.startswith("Waits for ")] == []


@pytest.mark.parametrize("number", CASES)
def test_every_test_that_is_named_exists(number):
    named = [test for n, _how, tests in rows() if n == number for test in tests]
    missing = []
    for test in named:
        path, _colons, name = test.partition("::")
        file = TESTS / path
        if not file.is_file() or not re.search(rf"^def {re.escape(name)}\(", file.read_text(), re.M):
            missing.append(test)
    assert missing == []
