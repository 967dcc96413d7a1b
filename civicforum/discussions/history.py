"""What was changed between two versions of a text, word by word. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

# Above this many words the comparison would take too long: the whole text is shown as replaced.
MOST_WORDS = 6_000
_PIECES = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Piece:
    """Some of the text; ``kind`` is same, added or removed."""

    kind: str
    text: str


def word_diff(before: str, after: str) -> list[Piece]:
    """The pieces that read as ``before`` without the added ones, and as ``after`` without the removed."""
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    if len(old) + len(new) > MOST_WORDS:
        return _joined([Piece("removed", before), Piece("added", after)])
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    pieces: list[Piece] = []
    for tag, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[from_old:to_old])))
        else:
            pieces.append(Piece("removed", "".join(old[from_old:to_old])))
            pieces.append(Piece("added", "".join(new[from_new:to_new])))
    return _joined(pieces)


def _joined(pieces: list[Piece]) -> list[Piece]:
    """Without empty pieces."""
    return [piece for piece in pieces if piece.text]
