"""The public number by which anybody can follow what became of a voice."""

import re
import secrets

# No vowels, so that no words appear, and nothing that is mistaken for another in handwriting.
ALPHABET = "6789BCDFGHJKLMNPQRTW"
LENGTH = 8

_SEPARATORS = re.compile(r"[\s\u2010-\u2015\u2212_.-]+")


def new_number() -> str:
    """Draw a number such as ``7KQM-9RTB``: 25.6 thousand million, none of them a secret.

    Whether it is taken is for the table's unique constraint to say.
    """
    return _written("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def clean_number(value: str) -> str | None:
    """Read a number as somebody typed it: in lower case, with spaces, without the dash."""
    letters = _SEPARATORS.sub("", value.removeprefix("#")).upper()
    if len(letters) != LENGTH or not set(letters) <= set(ALPHABET):
        return None
    return _written(letters)


def _written(letters: str) -> str:
    return f"{letters[:4]}-{letters[4:]}"
