"""Finding listed words in what people write: whole words, whatever their case and accents."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

MASK = "•"


def fold(text: str) -> str:
    """``text`` without case, accents and invisible characters: how words are compared."""
    return _folded(text)[0]


def find_words(text: str, words: Iterable[str]) -> list[str]:
    """Which of ``words`` (or phrases) stand in ``text``, folded, each once, in order."""
    pattern = _pattern(tuple(words))
    if pattern is None:
        return []
    found = (" ".join(match[0].split()) for match in pattern.finditer(fold(text)))
    return list(dict.fromkeys(found))


def mask(text: str, words: Iterable[str]) -> str:
    """``text`` with a dot in place of each character of these words; the spaces between stay."""
    pattern = _pattern(tuple(words))
    if pattern is None:
        return text
    folded, places = _folded(text)
    characters = list(text)
    for match in pattern.finditer(folded):
        # From where the word begins to where the next character after it begins.
        end = places[match.end()] if match.end() < len(places) else len(text)
        for place in range(places[match.start()], end):
            characters[place] = characters[place] if characters[place].isspace() else MASK
    return "".join(characters)


@lru_cache(maxsize=32)
def _pattern(words: tuple[str, ...]) -> re.Pattern[str] | None:
    forms = sorted({" ".join(fold(word).split()) for word in words} - {""}, key=len, reverse=True)
    if not forms:
        return None
    choices = "|".join(re.escape(form).replace(r"\ ", r"\s+") for form in forms)
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)")


def _folded(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place in ``text`` it came from."""
    folded: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for part in unicodedata.normalize("NFKD", character.casefold()):
            if unicodedata.category(part) not in ("Mn", "Cf"):
                folded.append(part)
                places.append(place)
    return "".join(folded), places
