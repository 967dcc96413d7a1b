"""Hashing and checking passwords (argon2id): always outside a transaction, never in the way of others."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from civicforum.web.aside import aside

# OWASP's choice for servers that do other things, too: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def hash_password(password: str) -> str:
    return str(aside(_hasher.hash, _normal(password)))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. For nobody's hash (None) it takes as long, and is False."""
    is_right = bool(aside(_verify, password_hash or _nobodys_hash(), _normal(password)))
    return is_right and password_hash is not None


def needs_rehash(password_hash: str) -> bool:
    """Whether it was hashed with weaker settings than today's."""
    try:
        return bool(_hasher.check_needs_rehash(password_hash))
    except InvalidHashError:
        return False


def _verify(password_hash: str, password: str) -> bool:
    try:
        return bool(_hasher.verify(password_hash, password))
    except (VerificationError, InvalidHashError):
        return False


def _normal(password: str) -> str:
    # What a phone and a keyboard write for one letter may differ in code points (NIST SP 800-63B).
    return unicodedata.normalize("NFKC", password)


@cache
def _nobodys_hash() -> str:
    return _hasher.hash("nobody's password")
