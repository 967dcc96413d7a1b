"""What no door can use: text that no database keeps, and JSON built to break whoever reads it.

Forms clean what they are given; a JSON body and an address are refused as a whole.
"""

import json
from typing import Any

from flask import Flask, request
from flask_babel import gettext as _

from civicforum.capacity import LARGEST_BODY_WITH_FILE_BYTES
from civicforum.errors import Invalid, NotFound
from civicforum.web.viewer import viewer

# The doors that take a file beside the words: their rooms add themselves.
taking_files: set[str] = set()


def init_app(app: Flask) -> None:
    app.before_request(refuse_unusable)


def allow_files() -> None:
    """Where a file may come along, and from somebody we know, a body may be larger; before it is read."""
    if request.endpoint in taking_files and viewer().is_authenticated:
        request.max_content_length = LARGEST_BODY_WITH_FILE_BYTES


def refuse_unusable() -> None:
    """Raise NotFound for an address with a NUL; Invalid for JSON too deep, too large or not storable."""
    if "\x00" in request.path:
        raise NotFound
    if request.is_json:
        _refuse_unusable_json(request.get_data())


def _refuse_unusable_json(data: bytes) -> None:
    try:
        value = json.loads(data)
    except (json.JSONDecodeError, UnicodeDecodeError):
        return  # the door says so, in its own words
    except (ValueError, RecursionError) as error:  # a number of thousands of digits; brackets in brackets
        raise Invalid(
            errors={"body": [_("This JSON is nested too deeply, or a number is too long.")]}
        ) from error
    if not all(map(_is_storable, _texts(value))):
        raise Invalid(
            errors={"body": [_("A text holds a character that cannot be stored: NUL or half a pair.")]}
        )


def _texts(value: Any) -> list[str]:
    """Every text in a JSON value, keys included."""
    found, waiting = [], [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            found.append(part)
        elif isinstance(part, dict):
            found.extend(part)
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return found


def _is_storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= character <= "\udfff" for character in text)
