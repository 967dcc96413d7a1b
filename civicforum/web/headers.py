"""Headers that every answer carries."""

from urllib.parse import urlsplit

from flask import Flask, Response, request, session

from civicforum import metrics
from civicforum.web.viewer import viewer


def init_app(app: Flask) -> None:
    policy = _content_security_policy(app.config["BASE_URL"])

    @app.after_request
    def add_headers(response: Response) -> Response:
        metrics.REQUESTS.labels(f"{response.status_code // 100}xx").inc()
        headers = response.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if app.config["BASE_URL"].startswith("https"):
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if "Cache-Control" not in headers and not request.path.startswith(app.static_url_path or "\0"):
            headers["Cache-Control"] = "private, no-store" if _is_personal() else "private, no-cache"
        response.vary.add("Cookie")
        return response


def _is_personal() -> bool:
    return bool(session) or viewer().is_authenticated


def _content_security_policy(base_url: str) -> str:
    parts = urlsplit(base_url)
    socket = f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"
    return (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        f"connect-src 'self' {socket}; frame-ancestors 'none'; form-action 'self'"
    )
