"""The gate before the application: so many at once, and a sentence at once for whoever is one too many.

Watchers are counted apart from requests, so that neither keeps out the other.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from flask_babel import force_locale
from flask_babel import gettext as _

from civicforum import metrics
from civicforum.capacity import REQUESTS_AT_ONCE, RETRY_AFTER_SECONDS
from civicforum.languages import LOCALES
from civicforum.server.connections import SOCKETS_PATH

ALWAYS_OPEN = ("/healthz",)  # asks nothing: a full process is alive
Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

PAGE = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{title}</title></head><body><main><h1>{title}</h1><p>{sentence}</p></main></body></html>
"""


class Gate:
    """A WSGI application before another."""

    def __init__(self, app: Flask, count_sockets: Callable[[], int], most_sockets: int) -> None:
        self.inner: Application = app.wsgi_app
        self.count_sockets, self.most_sockets = count_sockets, most_sockets
        self.requests = self.talks = 0
        self._words = {locale: _words(app, locale) for locale in LOCALES}

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path in ALWAYS_OPEN:
            return self.inner(environ, start_response)
        if path.startswith(SOCKETS_PATH):
            return self._talk(environ, start_response)
        if self.requests >= REQUESTS_AT_ONCE:
            return self._refuse("requests", environ, start_response)
        self.requests += 1
        try:
            return self.inner(environ, start_response)
        finally:
            self.requests -= 1

    def _talk(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """A WebSocket for as long as it lasts, or one request of a client that polls."""
        is_new = "sid=" not in environ.get("QUERY_STRING", "")
        # A client that polls asks and sends at the same time: twice as many talks as sockets at the most.
        if (is_new and self.count_sockets() >= self.most_sockets) or self.talks >= 2 * self.most_sockets:
            return self._refuse("sockets", environ, start_response)
        self.talks += 1
        try:
            return self.inner(environ, start_response)
        finally:
            self.talks -= 1

    def _refuse(self, what: str, environ: Environ, start_response: Any) -> Iterable[bytes]:
        metrics.REFUSED.labels(what).inc()
        title, sentence, page = self._words[_locale(environ)]
        kind, body = "text/html; charset=utf-8", page
        if environ.get("PATH_INFO", "").startswith(("/api/", SOCKETS_PATH)):
            kind, body = "application/problem+json", _problem(title, sentence)
        headers = [
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Retry-After", str(RETRY_AFTER_SECONDS)),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", "default-src 'none'"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        start_response("503 Service Unavailable", headers)
        return [body]


def _words(app: Flask, locale: str) -> tuple[str, str, bytes]:
    with app.test_request_context(), force_locale(locale):
        title = _("Busy just now")
        sentence = _("More people came at once than fit. Nothing is lost: try again in a few seconds.")
    return title, sentence, PAGE.format(lang=locale, title=title, sentence=sentence).encode()


def _problem(title: str, sentence: str) -> bytes:
    told = {"type": "about:blank", "title": title, "status": 503, "detail": sentence}
    return json.dumps(told).encode()


def _locale(environ: Environ) -> str:
    """The first language asked for that is ours; nothing is looked up for who is refused."""
    for wish in environ.get("HTTP_ACCEPT_LANGUAGE", "").split(","):
        if wish.strip()[:2].lower() in LOCALES:
            return str(wish.strip()[:2].lower())
    return next(iter(LOCALES))
