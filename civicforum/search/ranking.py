"""Which of some matches come first: in the title before in the text, whole words before beginnings."""

from collections.abc import Sequence
from itertools import pairwise

from civicforum.search.words import Term

TITLE, BODY = 4, 1
WHOLE, BEGINNING = 2, 1
SIDE_BY_SIDE = 3
MOST_COUNTED = 3  # a word that is repeated ten times says no more than one said three times


def score(title: str, body: str, terms: Sequence[Term]) -> int:
    """How well the folded words of an entry answer; always more than 0 for what matches."""
    return TITLE * _part(title.split(), terms) + BODY * _part(body.split(), terms)


def _part(words: Sequence[str], terms: Sequence[Term]) -> int:
    found = sum(_worth(words, term) for term in terms)
    return found + SIDE_BY_SIDE * _pairs(words, terms)


def _worth(words: Sequence[str], term: Term) -> int:
    hits = [word for word in words if term.finds(word)][:MOST_COUNTED]
    return sum(WHOLE if word == term.word else BEGINNING for word in hits)


def _pairs(words: Sequence[str], terms: Sequence[Term]) -> int:
    """How many neighbours of the search line are neighbours in the text, in the same order."""
    together = list(pairwise(words))
    return sum(
        any(first.finds(one) and second.finds(other) for one, other in together)
        for first, second in pairwise(terms)
    )
