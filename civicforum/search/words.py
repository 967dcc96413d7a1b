"""Words as they are compared: without case, accents and marks, the same on every database."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from civicforum.text import clean_text

MOST_CHARACTERS = 100
MOST_TERMS = 8
MOST_LETTERS = 40  # of one word; what is longer is cut, in the index and in a search alike
# From so many letters on, the beginning of a word finds it: "bench" finds "benches".
FEWEST_LETTERS_OF_A_BEGINNING = 3

# Letters and digits; accents that stand apart from their letter belong to the word.
_WORD = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*")


class Word(NamedTuple):
    """A word of a text: where it stands, and its folded form."""

    start: int
    end: int
    folded: str


def words_in(text: str) -> Iterator[Word]:
    """The words of a text in their order."""
    for found in _WORD.finditer(text):
        folded = _fold(found[0])
        if folded:
            yield Word(found.start(), found.end(), folded)


def folded_words(text: str) -> str:
    """A text as the index keeps it: folded words with single spaces."""
    return " ".join(word.folded for word in words_in(text))


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()[:MOST_LETTERS]
    apart = unicodedata.normalize("NFKD", word.casefold())
    # What is no letter or digit any more (the bar of a fraction, an accent) would part the word.
    return "".join(filter(str.isalnum, apart))[:MOST_LETTERS]


@dataclass(frozen=True)
class Term:
    """One word that must be there; as the beginning of a word, if ``is_open``."""

    word: str
    is_open: bool

    def finds(self, word: str) -> bool:
        return word.startswith(self.word) if self.is_open else word == self.word


def parse_terms(query: str, is_typing: bool = False) -> tuple[Term, ...]:
    """What a search line asks for: every word of it, each once, at most eight.

    There are no operators: quotes, stars and NEAR are words or nothing. While somebody is typing, the last
    word counts as a beginning however short. Empty where there is nothing to look for, or a single letter.
    """
    line = clean_text(query[: MOST_CHARACTERS * 4])[:MOST_CHARACTERS]
    words = [word.folded for word in words_in(line)]
    last = words[-1] if words and not line[-1:].isspace() else None
    terms = {
        word: Term(word, len(word) >= FEWEST_LETTERS_OF_A_BEGINNING or (is_typing and word == last))
        for word in words
    }
    if all(word.isascii() and len(word) < 2 for word in terms):
        return ()
    return tuple(terms.values())[:MOST_TERMS]
