"""One place that turns an error into a page or a problem+json (RFC 9457)."""

import logging
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, json, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError
from werkzeug.exceptions import HTTPException, SecurityError

from civicforum import metrics
from civicforum.db import OUT_OF_REACH, db
from civicforum.errors import (
    CivicForumError,
    Invalid,
    NotAccepted,
    NotAllowed,
    SignInNeeded,
    TooMany,
    Unavailable,
)
from civicforum.web.site import forget_site
from civicforum.web.viewer import look_as_guest, viewer

log = logging.getLogger(__name__)


def init_app(app: Flask) -> None:
    app.register_error_handler(CivicForumError, answer)
    app.register_error_handler(HTTPException, _http_answer)
    app.register_error_handler(CSRFError, _csrf_answer)
    for trouble in OUT_OF_REACH:
        app.register_error_handler(trouble, _busy_answer)
    app.register_error_handler(DataError, _unstorable_answer)
    app.register_error_handler(OverflowError, _unstorable_answer)
    app.register_error_handler(Exception, _unexpected_answer)


def answer(error: CivicForumError) -> Any:
    """The page or the problem that tells a person what happened, even where the database is away."""
    try:
        return _answer(error)
    except OUT_OF_REACH as trouble:
        return _busy_answer(trouble)


def _answer(error: CivicForumError) -> Any:
    _drop_changes()
    if isinstance(error, NotAllowed) and not viewer().is_authenticated:
        error = SignInNeeded(_("Please sign in, and you will come right back here."))
    if wants_json():
        return problem(error)
    if isinstance(error, SignInNeeded) and request.method == "GET":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))
    return page(error)


def wants_json() -> bool:
    return f"{request.path}/".startswith("/api/") or request.accept_mimetypes.best == "application/json"


def problem(error: CivicForumError) -> Response:
    """``error`` as application/problem+json."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": str(error.title),
        "status": error.status,
        "detail": str(error),
    }
    if isinstance(error, Invalid):
        body["errors"] = {field: [str(s) for s in said] for field, said in error.errors.items()}
    body.update(getattr(error, "extra", {}))
    response = Response(json.dumps(body), error.status, mimetype="application/problem+json")
    return _with_headers(response, error)


def page(error: CivicForumError) -> Response:
    next_url, next_label = _next_step(error)
    words = render_template(
        "errors/error.html",
        status=error.status,
        title=error.title,
        message=str(error),
        next_url=next_url,
        next_label=next_label,
    )
    return _with_headers(Response(words, error.status, mimetype="text/html"), error)


def _next_step(error: CivicForumError) -> tuple[str, str]:
    if isinstance(error, SignInNeeded):
        return url_for("accounts.sign_in"), _("Sign in")
    if isinstance(error, NotAccepted):
        return error.url, _("See what changed")
    if request.method != "GET" and request.referrer and request.referrer.startswith(request.host_url):
        return request.referrer, _("Go back to where you were")
    return url_for("pages.home"), _("Go to the front page")


def _with_headers(response: Response, error: CivicForumError) -> Response:
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = "5"
    if isinstance(error, SignInNeeded) and wants_json():
        response.headers["WWW-Authenticate"] = "Bearer"
    response.headers["Cache-Control"] = "no-store"
    return response


def _http_answer(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if isinstance(error, SecurityError):  # a foreign Host: no page of ours belongs to that name
        return Response("This address is not served here.\n", 400, mimetype="text/plain")
    if getattr(error, "data", None):  # webargs: which fields of a body are wrong
        return answer(Invalid(errors=_flatten(error.data.get("messages", {}))))  # type: ignore[attr-defined]
    spoken = CivicForumError(_WORDS.get(error.code, lambda: error.description)())
    spoken.status = error.code
    spoken.title = HTTPStatus(error.code).phrase if error.code != 404 else _("There is nothing here")
    response = answer(spoken)
    for name, value in error.get_headers(request.environ):
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


_WORDS = {
    400: lambda: _("The request could not be read. Go back, reload the page and try again."),
    404: lambda: _("The address may be mistyped, or what was here is gone or not open to you."),
    405: lambda: _("This address does not do that."),
    413: lambda: _("That is too large to send. Make it smaller and try again."),
    415: lambda: _("This address takes JSON."),
}


def _flatten(messages: Any) -> dict[str, list[str]]:
    """webargs nests by location: {'json': {'title': ['...']}}."""
    found: dict[str, list[str]] = {}
    for fields in messages.values():
        for name, said in fields.items() if isinstance(fields, dict) else [("body", fields)]:
            found[str(name)] = _sentences(said)
    return found


def _sentences(said: Any) -> list[str]:
    """marshmallow nests within a field as well: {0: ['...']} for the first of a list."""
    if isinstance(said, dict):
        said = list(said.values())
    return [s for part in said for s in _sentences(part)] if isinstance(said, list) else [str(said)]


def _csrf_answer(_error: CSRFError) -> Any:
    spoken = CivicForumError(
        _("This form was open for too long, or in another session. Go back, reload the page, send again.")
    )
    spoken.status, spoken.title = 400, _("Please send that again")
    return answer(spoken)


def _busy_answer(error: Exception) -> Any:
    log.warning("The database did not answer: %s", str(error).partition("\n")[0])
    do_without_database()
    return _answer(Unavailable(_("We could not save or read just now. Nothing was changed; try again soon.")))


def do_without_database() -> None:
    """For the rest of this request ask it nothing: the words of an error would ask who looks, and where."""
    _let_go()
    look_as_guest()
    forget_site()


def _drop_changes() -> None:
    """What was only read stays as it was read: who looks would be asked for once more."""
    session = db.session()
    if session.new or session.dirty or session.deleted or not session.is_active:
        _let_go()


def _let_go() -> None:
    with suppress(*OUT_OF_REACH):  # a connection that is broken cannot even end what it began
        db.session.rollback()


def _unstorable_answer(error: Exception) -> Any:
    """The database took a value for no number or text of its own: PostgreSQL a NUL, SQLite 2 to the 63rd."""
    log.info("Not storable: %s", type(error).__name__)
    _let_go()
    return answer(Invalid(_("A number is too large, or a text holds a character that cannot be stored.")))


def _unexpected_answer(error: Exception) -> Any:
    log.exception("Unexpected: %s", error)
    metrics.ERRORS.inc()
    _let_go()
    return answer(CivicForumError(_("That is our fault, and we have a note of it. Please try again.")))
