"""Who is at the other end: by session cookie or by API token; and CSRF for all but tokens."""

from typing import Any

from flask import Flask, g, request
from flask_wtf import CSRFProtect

from civicforum.accounts import queries
from civicforum.accounts.models import Guest, User
from civicforum.errors import SignInNeeded
from civicforum.web.limits import address, check_limit
from civicforum.web.viewer import login_manager, viewer


def init_app(app: Flask, csrf: CSRFProtect) -> None:
    login_manager.anonymous_user = Guest
    login_manager.user_loader(load_from_session)
    login_manager.request_loader(load_from_token)
    app.before_request(_count_request)
    app.before_request(lambda: _check_csrf(csrf))


def load_from_session(session_id: str) -> User | None:
    """The person whose session this is; None once their sessions were ended."""
    return queries.find_by_session(session_id)


def load_from_token(_request: Any) -> User | None:
    """The person whose API token came with the request. A bad token is an error, not a guest."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not request.path.startswith("/api/"):
        return None
    found = queries.find_token(token.strip())
    if found is None:
        g.bad_token = True
        return None
    g.api_token = found
    return found.user


def _count_request() -> None:
    if request.endpoint != "static":
        check_limit("request", address())


def _check_csrf(csrf: CSRFProtect) -> None:
    has_token = request.headers.get("Authorization", "").lower().startswith("bearer ")
    if has_token and request.path.startswith("/api/"):
        _refuse_bad_token()
    else:
        csrf.protect()


def _refuse_bad_token() -> None:
    viewer()  # asks the request loader
    if g.get("bad_token"):
        raise SignInNeeded("This API token is not valid (any more). Make a new one in your settings.")
