"""The short code of an answer, which the door scans or types: no vowels, nothing that looks alike."""

import re
import secrets

ALPHABET = "6789BCDFGHJKLMNPQRTW"
LENGTH = 10


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def clean_code(typed: str) -> str:
    """What was typed or scanned, without the spaces and dashes people add."""
    return re.sub(r"[\s-]+", "", typed).upper()


def spoken_code(code: str) -> str:
    """The code in two halves, as it is printed and read out."""
    return f"{code[:5]}-{code[5:]}"
