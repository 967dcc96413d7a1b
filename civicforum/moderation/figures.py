"""The arithmetic of reports: what few figures say, and when they say too much. Pure."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Of fewer people nothing is told, so that nobody is told of.
FEWEST = 5
SCALE = (1, 2, 3, 4, 5)


def spread(hours: Iterable[int]) -> dict[str, int | None]:
    """Within how many hours half of them, and nine in ten, were done; of fewer than five, only how many."""
    ranked = sorted(hours)
    return {
        "count": len(ranked),
        "half_within": _rank(ranked, 0.5),
        "nine_in_ten_within": _rank(ranked, 0.9),
    }


def _rank(ranked: Sequence[int], share: float) -> int | None:
    """The least number within which this share lies: one of the numbers themselves, never one between."""
    return ranked[math.ceil(share * len(ranked)) - 1] if len(ranked) >= FEWEST else None


def percent(part: int, whole: int) -> int | None:
    """A share in whole hundredths; None where there are too few to speak of shares."""
    return round(100 * part / whole) if whole >= FEWEST else None


@dataclass(frozen=True)
class Found:
    """How a facilitation was found: how many answered, and how many gave each of 1 to 5."""

    answers: int
    fair: tuple[int, ...]
    heard: tuple[int, ...]

    def json(self) -> dict[str, Any]:
        return {"answers": self.answers, "fair": list(self.fair), "heard": list(self.heard)}


# (fair, heard) and how many people gave both.
Answers = Mapping[tuple[int, int], int]


def found(answers: Answers) -> Found | None:
    """The two distributions; None where fewer than five people answered."""
    fair: Counter[int] = Counter()
    heard: Counter[int] = Counter()
    for (one, other), people in answers.items():
        fair[one] += people
        heard[other] += people
    if fair.total() < FEWEST:
        return None
    return Found(fair.total(), tuple(fair[n] for n in SCALE), tuple(heard[n] for n in SCALE))


def found_together(places: Mapping[tuple[str, int], Answers]) -> Found | None:
    """The distributions over several places. Those that are not told alone are left out where they are too
    few together, so that they cannot be computed from the difference."""
    told = [answers for answers in places.values() if found(answers)]
    rest = _sum(answers for answers in places.values() if not found(answers))
    return found(_sum([*told, rest] if found(rest) else told))


def _sum(many: Iterable[Answers]) -> Counter[tuple[int, int]]:
    total: Counter[tuple[int, int]] = Counter()
    for answers in many:
        total.update(answers)
    return total
