"""For machines: is it alive, can it serve, what may a crawler read."""

from typing import Any

from flask import Response, current_app, request, url_for

from civicforum import metrics
from civicforum.config import is_loopback
from civicforum.errors import NotFound
from civicforum.live.gauges import measure
from civicforum.pages.readiness import why_not_ready
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
    """The database answers, has every migration, and waiting work is done; else 503, with the reason."""
    reason = why_not_ready()
    if reason is not None:
        return {"status": "unavailable", "reason": reason}, 503
    return {"status": "ok"}


@bp.get("/metrics")
def show_metrics() -> Response:
    """This town's processes in numbers, for a monitor on this machine; to everybody else it is not there.

    What came through a proxy came from elsewhere, whatever address it seems to have.
    """
    is_forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "Via"))
    if is_forwarded or not is_loopback(f"http://{_host_of(request.remote_addr)}"):
        raise NotFound
    measure(current_app)
    return Response(metrics.exposition(), mimetype="text/plain; version=0.0.4")


def _host_of(address: str | None) -> str:
    return f"[{address}]" if address and ":" in address else address or ""


@bp.get("/robots.txt")
def robots() -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_CRAWLERS)]
    lines.append(f"# The start: {url_for('pages.home', _external=True)}")
    return Response("\n".join(lines) + "\n", mimetype="text/plain")
