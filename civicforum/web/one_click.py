"""Doors that a mail program opens by itself (RFC 8058): their address is their own key.

Such a request comes without a session, so there is none to forge: no CSRF token is asked for. A door says so
here, and nowhere else; what it does must follow from its address alone, never from who is signed in.
"""

from collections.abc import Callable
from typing import Any

from flask import current_app, request

View = Callable[..., Any]


def opened_by_its_address(view: View) -> View:
    """Mark a view whose address is the key to it."""
    view.is_opened_by_its_address = True  # type: ignore[attr-defined]  # read below and by tests/house
    return view


def is_opened_by_its_address() -> bool:
    """Whether this request goes to such a door."""
    view = current_app.view_functions.get(request.endpoint or "")
    return bool(getattr(view, "is_opened_by_its_address", False))
