"""Public tracking numbers: short, read over the phone without a mistake, and not to be counted through."""

import secrets

# Without 0/O, 1/I/L and the vowels, so that no number is misheard or spells a word.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXZ"
GROUP = 4
LENGTH = 2 * GROUP + 1


def new_number() -> str:
    """A random number such as ``7K4F-29WD``: 27^8, some 280 thousand million of them."""
    letters = [secrets.choice(ALPHABET) for _ in range(2 * GROUP)]
    return "".join(letters[:GROUP]) + "-" + "".join(letters[GROUP:])


def read_number(written: str) -> str | None:
    """The number as it is kept, from how people write it (small letters, spaces, no dash); None for nonsense."""
    if len(written) > 40:
        return None
    letters = [c for c in written.upper() if c not in " -–\u2011"]
    if len(letters) != 2 * GROUP or any(c not in ALPHABET for c in letters):
        return None
    return "".join(letters[:GROUP]) + "-" + "".join(letters[GROUP:])
