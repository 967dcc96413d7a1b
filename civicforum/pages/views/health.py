"""For machines: is it alive, can it serve, what may a crawler read."""

from typing import Any

from flask import Response, url_for
from sqlalchemy.exc import SQLAlchemyError

from civicforum.pages.readiness import database_version, wanted_version
from civicforum.pages.views.blueprint import bp

# Not worth finding, or nobody's but one person's.
NOT_FOR_CRAWLERS = (
    "/api/",
    "/inbox",
    "/invitations/",
    "/language/",
    "/my/",
    "/search",
    "/set-up",
    "/settings",
    "/sign-in",
    "/sign-up",
)


@bp.get("/healthz")
def healthz() -> Any:
    """The process answers. It asks nothing, so that a slow database does not restart it."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> Any:
    """The database answers and has every migration; 503 otherwise, with the reason."""
    try:
        version = database_version()
    except SQLAlchemyError:
        return {"status": "unavailable", "reason": "The database does not answer."}, 503
    if version != wanted_version():
        return {"status": "unavailable", "reason": "The database is of another version."}, 503
    return {"status": "ok"}


@bp.get("/robots.txt")
def robots() -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_CRAWLERS)]
    lines.append(f"# The start: {url_for('pages.home', _external=True)}")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
