"""What no door can use: text that no database keeps, and JSON built to break whoever reads it.

Forms clean what they are given; a JSON body and an address are refused as a whole.
"""

import json
from typing import Any

from flask import Flask, request
from flask_babel import gettext as _

from civicforum.errors import Invalid, NotFound


def init_app(app: Flask) -> None:
    app.before_request(refuse_unusable)


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
