"""A line of the text around what was found, in pieces: the template escapes each and marks the hits."""

from collections.abc import Sequence
from typing import NamedTuple

from civicforum.search.words import Term, Word, words_in

LENGTH = 220
BEFORE = 60  # how much of it stands before the first hit


class Piece(NamedTuple):
    text: str
    is_hit: bool


def marked(text: str, terms: Sequence[Term], length: int = LENGTH) -> list[Piece]:
    """At most about ``length`` characters around the first hit, cut between words; its hits apart."""
    line = " ".join(text.split())
    hits = [word for word in words_in(line) if any(term.finds(word.folded) for term in terms)]
    start, end = _window(line, hits[0].start if hits else 0, length)
    pieces = list(_pieces(line, [hit for hit in hits if start <= hit.start and hit.end <= end], start, end))
    before, after = "… " if start else "", " …" if end < len(line) else ""
    return [
        Piece(text, is_hit) for text, is_hit in (Piece(before, False), *pieces, Piece(after, False)) if text
    ]


def _window(line: str, hit: int, length: int) -> tuple[int, int]:
    start = max(0, min(hit - min(BEFORE, length // 3), len(line) - length))
    if start:
        start = line.find(" ", start, hit) + 1 or start
    end = min(len(line), start + length)
    if end < len(line):
        # A single word that fills the line is cut where the line ends.
        end = max(line.rfind(" ", hit + 1, end), 0) or end
    return start, end


def _pieces(line: str, hits: Sequence[Word], start: int, end: int) -> list[Piece]:
    found, done = [], start
    for hit in hits:
        found += [Piece(line[done : hit.start], False), Piece(line[hit.start : hit.end], True)]
        done = hit.end
    return [*found, Piece(line[done:end], False)]
