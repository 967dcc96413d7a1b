"""Who is at the other end: by session cookie or API token; CSRF for all but tokens and one-click doors."""

import logging
import secrets
from typing import Any

from flask import Flask, g, request, session
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from flask_wtf import CSRFProtect

from civicforum.accounts import actions, queries
from civicforum.accounts.actions.tokens import NOTED_EVERY
from civicforum.accounts.models import SYSTEM, ApiToken, Guest, User
from civicforum.db import now
from civicforum.errors import CivicForumError, SignInNeeded
from civicforum.web.limits import address, check_limit
from civicforum.web.one_click import is_opened_by_its_address
from civicforum.web.viewer import login_manager, viewer

log = logging.getLogger(__name__)

SAFE_METHODS = ("GET", "HEAD", "OPTIONS", "TRACE")


def init_app(app: Flask, csrf: CSRFProtect) -> None:
    login_manager.anonymous_user = Guest
    login_manager.user_loader(load_from_session)
    login_manager.request_loader(load_from_token)
    app.before_request(_count_request)
    app.before_request(lambda: _check_csrf(csrf))


def begin_session(user: User, stays: bool = False) -> None:
    """Sign this person in, in a session that has nothing of the one before but its language.

    ``stays``: on this device for a month, else until the browser is closed.
    """
    locale = session.get("locale")
    session.clear()
    login_user(user)
    session.permanent = stays
    session["key"] = secrets.token_urlsafe(24)
    if locale:
        session["locale"] = locale


def close_session() -> None:
    """Sign out here: this session, wherever a copy of its cookie lies, is nobody's from now on."""
    key = session.get("key")
    if key:
        actions.end_session(viewer(), key)
    logout_user()
    session.clear()


def load_from_session(session_id: str) -> User | None:
    """The person whose session this is; None once it, or all of theirs, were ended.

    A request with an API token is the token's: a cookie that came along does not widen its scopes.
    """
    if _has_token():
        return None
    return queries.find_by_session(session_id, session.get("key"))


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
    if _has_token():
        _refuse_bad_token()
    elif _is_nobodys_deed():
        raise SignInNeeded(_("Say who you are: send an API token, or sign in."))
    elif not is_opened_by_its_address():
        csrf.protect()


def _has_token() -> bool:
    scheme = request.headers.get("Authorization", "").partition(" ")[0]
    return scheme.lower() == "bearer" and request.path.startswith("/api/")


def _is_nobodys_deed() -> bool:
    """Guests do nothing over the API. Without this they would hear of a form that was open too long."""
    is_deed = request.path.startswith("/api/") and request.method not in SAFE_METHODS
    return is_deed and request.routing_exception is None and not viewer().is_authenticated


def _refuse_bad_token() -> None:
    viewer()  # asks the request loader
    if g.get("bad_token"):
        raise SignInNeeded("This API token is not valid (any more). Make a new one in your settings.")
    if g.get("api_token"):
        _note_use(g.api_token)


def _note_use(token: ApiToken) -> None:
    if token.last_used_at and token.last_used_at > now() - NOTED_EVERY:
        return
    try:
        actions.note_token_use(SYSTEM, token.id)
    except CivicForumError as error:  # a busy database does not stop a reader
        log.info("The use of a token was not noted: %s", error)
