"""Pseudonyms: the name of a star and a number, the same in every language, and nobody's."""

import hashlib
import hmac

from civicforum.accounts.stars import STARS


def name_under(secret: str, project_id: int, user_id: int, attempt: int = 0) -> str:
    """What a person is called in a project: HMAC-SHA-256 of their id, with a key of the project's own.

    Without the key nobody computes whose a name is, nor which two of different projects are one person's.
    ``attempt`` gives another one where the first is taken.
    """
    key = hmac.digest(secret.encode(), f"civicforum:pseudonyms:{project_id}".encode(), hashlib.sha256)
    number = int.from_bytes(hmac.digest(key, f"{user_id}:{attempt}".encode(), hashlib.sha256)[:8])
    number, star = divmod(number, len(STARS))
    return f"{STARS[star]} {100 + number % 900}"
