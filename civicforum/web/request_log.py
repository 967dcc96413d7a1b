"""One entry in the log for each request that changes something or fails, and an id by which to find it.

It names the route, never the path or the query: those may hold tokens. It names an account by its number.
"""

import logging
import secrets
import time
from typing import Any

from flask import Flask, Response, g, request
from sqlalchemy import inspect

from civicforum import logs

log = logging.getLogger(__name__)

READING = ("GET", "HEAD", "OPTIONS")
HEADER = "X-Request-Id"


def init_app(app: Flask) -> None:
    """To be called before anybody else's ``before_request``, so that those are measured, too."""
    app.before_request(_begin)
    app.after_request(_note)
    app.teardown_request(_forget)


def _begin() -> None:
    g.began_at = time.perf_counter()
    g.request_id = secrets.token_hex(8)
    logs.name_context(request_id=g.request_id)


def _note(response: Response) -> Response:
    request_id = g.get("request_id")
    if request_id is None:
        return response
    response.headers[HEADER] = request_id
    if request.method not in READING or response.status_code >= 400:
        log.log(_level(response.status_code), "request", extra=_facts(response))
    return response


def _level(status: int) -> int:
    return logging.ERROR if status >= 500 else logging.INFO


def _facts(response: Response) -> dict[str, Any]:
    return {
        "method": request.method if request.method.isalpha() and len(request.method) < 10 else "other",
        "route": request.endpoint or "none",
        "status": response.status_code,
        "milliseconds": round((time.perf_counter() - g.began_at) * 1000),
        "account": account_id(),
    }


def account_id() -> int | None:
    """Who was found to ask, without asking the database again: it may be what failed."""
    user = g.get("_login_user")
    state = inspect(user, raiseerr=False) if user is not None else None
    return state.identity[0] if state is not None and state.identity else None


def _forget(_error: BaseException | None = None) -> None:
    logs.forget_context()
