"""Where somebody goes next: to a place of our own, whatever the address says."""

import re
from urllib.parse import urlsplit

# Browsers drop tabs and line breaks from an address and read a backslash as a slash.
_OWN_PATH = re.compile(r"/(?![/\\])[^\x00-\x20\\\x7f]{0,2000}\Z")


def safe_next(value: str | None, default: str = "/") -> str:
    """``value`` if it is a path of this site, else ``default``."""
    if not value or not _OWN_PATH.match(value):
        return default
    parts = urlsplit(value)
    return default if parts.scheme or parts.netloc else value
