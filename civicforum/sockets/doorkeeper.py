"""What stands before Socket.IO: it knows neither our hosts nor how to say no without a traceback."""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs

from werkzeug.sansio.utils import host_is_trusted

from civicforum.sockets.intake import is_packet

PREFIX = "/socket.io/"
MOST_PACKETS = 16  # of one poll, as the library has it
FORWARDED = ("HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO")
REFUSALS = {400: "400 Bad Request", 413: "413 Content Too Large"}


class Doorkeeper:
    """Lets in what Socket.IO can answer; everything else hears a refusal in a line."""

    def __init__(self, app: Any, eio: Any, trusted_hosts: list[str]) -> None:
        """``app``: what answers behind this one; ``eio``: python-engineio's server in it."""
        self.app = app
        self.eio = eio
        self.trusted_hosts = trusted_hosts

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(PREFIX):
            return self.app(environ, start_response)
        # What a trusted proxy says stands in Host by now; the library would believe anybody.
        for name in FORWARDED:
            environ.pop(name, None)
        refusal = self._refusal(environ)
        if refusal is None:
            return self.app(environ, start_response)
        status, words = refusal
        start_response(REFUSALS[status], [("Content-Type", "text/plain; charset=utf-8")])
        return [f"{words}\n".encode()]

    def _refusal(self, environ: dict[str, Any]) -> tuple[int, str] | None:
        if not host_is_trusted(environ.get("HTTP_HOST"), self.trusted_hosts):
            return 400, "This address is not served here."
        if environ.get("HTTP_UPGRADE") and not _is_handshake(environ):
            return 400, "This is no WebSocket handshake."
        sid = parse_qs(environ.get("QUERY_STRING", "")).get("sid", [""])[0]
        is_post = environ["REQUEST_METHOD"] == "POST"
        if (sid or is_post) and self._is_over(sid):
            return 400, "This connection has ended."
        return self._refusal_of_body(environ) if is_post else None

    def _refusal_of_body(self, environ: dict[str, Any]) -> tuple[int, str] | None:
        """Read the body, and put it back for whoever answers."""
        most = self.eio.max_http_buffer_size
        body = environ["wsgi.input"].read(most + 1)
        if len(body) > most:
            return 413, "That is too large to send."
        if not _are_packets(body):
            return 400, "These are no packets."
        environ["wsgi.input"] = BytesIO(body)
        environ["CONTENT_LENGTH"] = str(len(body))
        return None

    def _is_over(self, sid: str) -> bool:
        found = self.eio.sockets.get(sid)
        return found is None or found.closed


def _is_handshake(environ: dict[str, Any]) -> bool:
    return (
        environ["REQUEST_METHOD"] == "GET"
        and environ["HTTP_UPGRADE"].lower() == "websocket"
        and "upgrade" in environ.get("HTTP_CONNECTION", "").lower()
        and environ.get("HTTP_SEC_WEBSOCKET_VERSION") == "13"
        and bool(environ.get("HTTP_SEC_WEBSOCKET_KEY"))
    )


def _are_packets(body: bytes) -> bool:
    try:
        packets = body.decode().split("\x1e")
    except UnicodeDecodeError:
        return False
    return len(packets) <= MOST_PACKETS and all(map(is_packet, packets))
