"""Asking a page elsewhere, within hard limits of time, size and place. Nobody is told who linked to it."""

import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from threading import Timer
from urllib.parse import urljoin

from civicforum.links.addresses import PUBLIC_WEB, NotAsked, Reach, Target, target_of

# For all of it: names, redirects, and every byte.
MOST_SECONDS = 3.0
MOST_BYTES = 512 * 1024
MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
_GZIP = 16 + zlib.MAX_WBITS


@dataclass(frozen=True)
class Page:
    """The beginning of an HTML page: its bytes, unpacked, and what its sender says of their letters."""

    body: bytes
    charset: str | None


def fetch(url: str, agent: str, reach: Reach = PUBLIC_WEB, seconds: float = MOST_SECONDS) -> Page:
    """The page at ``url``, or where it leads; NotAsked for whatever is wrong with it."""
    ends_at = time.monotonic() + seconds
    for _hop in range(MOST_REDIRECTS + 1):
        target = target_of(url, reach, _left(ends_at))
        try:
            found = _ask(target, agent, ends_at)
            url = url if isinstance(found, Page) else urljoin(url, found)
        except (OSError, HTTPException, ValueError, zlib.error) as error:
            raise NotAsked(f"no answer of use: {type(error).__name__}") from error
        if isinstance(found, Page):
            return found
    raise NotAsked("it leads from one place to the next")


def _left(ends_at: float) -> float:
    left = ends_at - time.monotonic()
    if left <= 0:
        raise NotAsked("it took too long")
    return left


def _ask(target: Target, agent: str, ends_at: float) -> Page | str:
    """The page, or the address to which it leads."""
    connection = PinnedConnection(target, _left(ends_at))
    with _severed_in_time(connection, ends_at):
        connection.request("GET", target.path, headers=_headers(agent))
        response = connection.getresponse()
        if response.status in _REDIRECTS:
            return response.headers.get("Location", "")
        page = _read(response)
    # What a severed line brought looks like the end of a page.
    _left(ends_at)
    return page


def _headers(agent: str) -> dict[str, str]:
    return {
        "User-Agent": agent,
        "Accept": "text/html",
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }


def _read(response: HTTPResponse) -> Page:
    if response.status != 200 or response.headers.get_content_type() != "text/html":
        raise NotAsked("it is no page")
    body = response.read(MOST_BYTES)
    coding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if coding == "gzip":
        body = zlib.decompressobj(_GZIP).decompress(body, MOST_BYTES)
    elif coding != "identity":
        raise NotAsked("it is packed in a way that we do not know")
    return Page(body, response.headers.get_content_charset())


class PinnedConnection(HTTPConnection):
    """Connects to the addresses that were checked, whatever the name means by now; TLS asks for the name."""

    def __init__(self, target: Target, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self.target = target
        self.line: socket.socket | None = None
        # The port that need not be said.
        self.default_port = 443 if target.scheme == "https" else 80

    def connect(self) -> None:
        self.sock = self.line = self._connected()
        if self.target.scheme == "https":
            context = ssl.create_default_context()
            self.sock = self.line = context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def _connected(self) -> socket.socket:
        failure: OSError | None = None
        for address in self.target.addresses[:2]:
            try:
                return socket.create_connection((address, self.port), self.timeout)
            except OSError as error:
                failure = error
        raise failure or OSError("nowhere to connect")

    def sever(self) -> None:
        """End it from another thread, whatever it waits for.

        A page without a length is read to the end of its line, which ``sock`` forgets when that begins.
        """
        if self.line is not None:
            with suppress(OSError):
                self.line.shutdown(socket.SHUT_RDWR)


@contextmanager
def _severed_in_time(connection: PinnedConnection, ends_at: float) -> Iterator[None]:
    """A time limit for each read would let a byte a second go on for ever: this one is for all of them."""
    timer = Timer(_left(ends_at), connection.sever)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        connection.close()
