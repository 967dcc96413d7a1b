"""Where a form may send somebody next: to our own pages only."""

import re

MAX_CHARACTERS = 2_000

# Browsers take '\' for '/' and skip tabs and line breaks, so '/\evil', '//evil' and '/<tab>/evil'
# all lead to another site. Spaces and lone surrogates cannot stand in a header.
_OWN_PATH = re.compile(r"/(?!/)[^\\\s\x00-\x20\x7f-\x9f\ud800-\udfff]*")


def safe_next(value: str | None, default: str = "/") -> str:
    """Give the path that ``?next=`` asks for if it is one of ours, else ``default``."""
    if value and len(value) <= MAX_CHARACTERS and _OWN_PATH.fullmatch(value):
        return value
    return default
