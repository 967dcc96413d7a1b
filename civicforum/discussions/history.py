"""What an edit changed, for the public history of a post."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import takewhile
from typing import Literal, NamedTuple

MAX_WORDS = 4_000

# The matcher looks at all pairs of equal pieces again for each stretch that it finds, so a text
# that says one word a thousand times takes minutes. Beyond this many, larger pieces are compared.
MAX_PAIRS = 50_000

# A piece keeps the space behind it; alone, spaces would be the commonest word of all.
_WORDS = re.compile(r"\S+\s*|\s+")
_PARAGRAPHS = re.compile(r"(?:[^\n]|\n(?!\n))*\n*")


class Change(NamedTuple):
    """A stretch of text, and what became of it."""

    kind: Literal["same", "added", "removed"]
    text: str


def word_diff(old: str, new: str) -> list[Change]:
    """Tell the way from ``old`` to ``new``: word by word or, where much changed, by paragraphs.

    The 'same' and 'removed' parts together are ``old``, the 'same' and 'added' ones ``new``.
    """
    for pieces in (_WORDS, _PARAGRAPHS):
        changes = _compared(pieces.findall(old), pieces.findall(new))
        if changes is not None:
            return [change for change in changes if change.text]
    return [change for change in _replaced([old], [new]) if change.text]


def _compared(before: list[str], after: list[str]) -> list[Change] | None:
    """Compare two lists of pieces, or None if that would take long.

    Most edits touch one place, so what is the same at both ends is set aside first.
    """
    head = _count_equal(before, after)
    tail = _count_equal(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if not _is_affordable(old, new):
        return None
    ending = before[len(before) - tail :]
    return [
        Change("same", "".join(before[:head])),
        *_changes(old, new),
        Change("same", "".join(ending)),
    ]


def _count_equal(before: Sequence[str], after: Sequence[str]) -> int:
    """Count the pieces at the beginning that are equal."""
    pairs = zip(before, after, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _is_affordable(before: Sequence[str], after: Sequence[str]) -> bool:
    times_before, times_after = Counter(before), Counter(after)
    pairs = sum(times * times_after[piece] for piece, times in times_before.items())
    return max(len(before), len(after)) <= MAX_WORDS and pairs <= MAX_PAIRS


def _changes(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for what, i, j, k, m in matcher.get_opcodes():
        if what == "equal":
            yield Change("same", "".join(before[i:j]))
        else:
            yield from _replaced(before[i:j], after[k:m])


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Change]:
    yield Change("removed", "".join(before))
    yield Change("added", "".join(after))
