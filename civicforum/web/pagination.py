"""Keyset pages: an opaque cursor instead of an offset, so that page 1,000 costs what page 1 costs."""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from flask_babel import gettext as _

from civicforum.errors import Invalid
from civicforum.web.numbers import LARGEST

T = TypeVar("T")
MAXIMUM_LIMIT = 200


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some of a list; ``next`` is the cursor of what follows, or None at the end."""

    items: Sequence[T]
    next: str | None


def page_of(rows: Sequence[T], limit: int, key: Callable[[T], Sequence[Any]]) -> Page[T]:
    """The first ``limit`` of ``rows``, which were asked for with one more than that."""
    if len(rows) <= limit:
        return Page(rows, None)
    return Page(rows[:limit], encode_cursor(key(rows[limit - 1])))


def encode_cursor(values: Sequence[Any]) -> str:
    text = json.dumps(list(values), separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str | None, *kinds: type) -> tuple[Any, ...] | None:
    """The values in a cursor, checked against ``kinds``; None for none. Raises Invalid for a bad one."""
    if not cursor:
        return None
    try:
        text = base64.urlsafe_b64decode(cursor[:500] + "=" * (-len(cursor) % 4))
        values = json.loads(text)
    except (ValueError, binascii.Error, RecursionError):
        values = None
    is_sound = isinstance(values, list) and [type(v) for v in values] == list(kinds)
    # A number that no database holds would be an error there.
    if not is_sound or any(isinstance(v, int) and abs(v) > LARGEST for v in values):
        damaged = _("This page's address is damaged. Start again from the first page.")
        raise Invalid(errors={"cursor": [damaged]})
    return tuple(values)
