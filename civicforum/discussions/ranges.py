"""What of a thread somebody has read: ranges of seq, kept as text such as ``1-14,17,20-31``.

Ranges are sorted, disjoint, inclusive pairs that do not touch: ``[(1, 14), (17, 17)]``.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

Range = tuple[int, int]

# A row stays short: past this, the smallest holes are counted as read.
MOST_RANGES = 40

_WRITTEN = re.compile(r"(\d+)(?:-(\d+))?")


def read_ranges(text: str) -> list[Range]:
    """The ranges that ``write_ranges`` wrote."""
    return [(int(m[1]), int(m[2] or m[1])) for m in _WRITTEN.finditer(text)]


def write_ranges(ranges: Iterable[Range]) -> str:
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def joined(ranges: Iterable[Range]) -> list[Range]:
    """Any pairs, in any order, as ranges: what overlaps or touches becomes one."""
    found: list[Range] = []
    for first, last in sorted(pair for pair in ranges if pair[0] <= pair[1]):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def within(ranges: Iterable[Range], last: int) -> list[Range]:
    """What of these pairs lies in 1..``last``."""
    return joined((max(first, 1), min(end, last)) for first, end in ranges)


def without(ranges: Sequence[Range], first: int) -> list[Range]:
    """The ranges up to, and not including, the seq ``first``."""
    return within(ranges, first - 1)


def gaps(ranges: Sequence[Range], last: int) -> list[Range]:
    """What is missing of 1..``last``."""
    starts = [1, *(end + 1 for _first, end in ranges)]
    ends = [*(first - 1 for first, _end in ranges), last]
    pairs = ((start, min(end, last)) for start, end in zip(starts, ends, strict=True))
    return [(start, end) for start, end in pairs if start <= end]


def shortened(ranges: Sequence[Range], most: int = MOST_RANGES) -> list[Range]:
    """At most ``most`` ranges: the smallest holes are filled, so that nothing read is ever new again."""
    spare = len(ranges) - most
    if spare <= 0:
        return list(ranges)
    holes = sorted(pairwise(ranges), key=lambda pair: pair[1][0] - pair[0][1])
    filled = [(before[1] + 1, after[0] - 1) for before, after in holes[:spare]]
    return joined([*ranges, *filled])


def holds(ranges: Sequence[Range], seq: int) -> bool:
    return any(first <= seq <= last for first, last in ranges)


def length(ranges: Iterable[Range]) -> int:
    """How many places they cover."""
    return sum(last - first + 1 for first, last in ranges)
