"""Names and addresses as an operator gives them: checked for form, not for what they claim."""

import re
import unicodedata

from civicforum.accounts.names import MAX_NAME_CHARACTERS

_ADDRESS = re.compile(r"[^\s@<>,;:\"\\()\[\]]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?", re.ASCII)


def plain_name(value: str) -> str | None:
    """One line without invisible characters, 1 to 60 long; None if that cannot be made of it."""
    words = " ".join(unicodedata.normalize("NFKC", value).split())
    name = "".join(c for c in words if unicodedata.category(c)[0] != "C")
    return name if 1 <= len(name) <= MAX_NAME_CHARACTERS else None


def plain_email(value: str) -> str | None:
    """An address in lower case, also one of a network of one's own (ana@town.local); None for no address."""
    address = value.strip().lower()
    return address if len(address) <= 254 and _ADDRESS.fullmatch(address) else None
