"""Who is looking: the User or the Guest of this request."""

from typing import Any

from flask import g
from flask_login import LoginManager, current_user

login_manager = LoginManager()
login_manager.session_protection = None  # a moving phone changes its address; session versions protect


def viewer() -> Any:
    """The person or guest of this request: a User or a Guest, never a proxy."""
    return current_user._get_current_object()


def look_as_guest() -> None:
    """Look nobody up for the rest of this request."""
    g._login_user = login_manager.anonymous_user()
