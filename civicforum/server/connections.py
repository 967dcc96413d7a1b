"""Connections: how long a client may take, how many there may be, and how they end when we leave.

pywsgi waits for a client as long as it likes. Here a request that drips in is given up, its body is read
before the application sees it (so that a slow sender holds no place and no database connection), and an
answer that nobody reads is dropped. A connection that becomes a WebSocket is exempt: see ``sockets.line``.
"""

import contextlib
import logging
import socket
from http.client import HTTPException
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import Any

import gevent
from gevent.pywsgi import WSGIHandler, WSGIServer, _InvalidClientInput

from civicforum import metrics
from civicforum.capacity import (
    ANSWER_SECONDS,
    BODY_SECONDS,
    FIRST_REQUEST_SECONDS,
    HEADER_SECONDS,
    IDLE_SECONDS,
    RETRY_AFTER_SECONDS,
)
from civicforum.web.heads import WholeLines, fault_in

log = logging.getLogger(__name__)

# How processes that share a door share who comes in.
ACCEPTS_IN_A_ROW = 4
SECONDS_A_CONNECTION = 0.000_05
SLOWEST_OPENING = 0.005

FAREWELL_SECONDS = 1
SOCKETS_PATH = "/socket.io/"
IN_MEMORY_BYTES = 64 * 1024
TOO_SLOW = ("408", b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
BAD_REQUEST = ("400", b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
FULL = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\n"
    b"Retry-After: %d\r\nContent-Type: text/plain\r\nContent-Length: 40\r\n\r\n"
    b"Too many at once. Try again in a moment." % RETRY_AFTER_SECONDS
)


class Server(WSGIServer):
    """Knows its connections, so that it can refuse one too many and end them in good order."""

    def __init__(
        self, listener: socket.socket, app: Any, most_connections: int, largest_body: int, is_shared: bool
    ) -> None:
        """``is_shared``: other processes accept from the same listening socket: take one at a time."""
        self.most_connections = most_connections
        self.largest_body = largest_body
        self.is_shared = is_shared
        self.is_leaving = False
        self.connections: set[Connection] = set()
        environ = {"wsgi.multiprocess": is_shared}
        super().__init__(listener, app, handler_class=Connection, log=None, error_log=log, environ=environ)

        if is_shared:
            self.max_accept = ACCEPTS_IN_A_ROW

    def _do_read(self) -> None:
        """Somebody is at the door. Where others listen, too, who has more connections is slower to open.

        Without that, one of the processes gets nearly all that arrive one by one.
        """
        if not self.is_shared or not self.connections:
            super()._do_read()
            return
        self.stop_accepting()
        self._timer = self.loop.timer(min(SLOWEST_OPENING, len(self.connections) * SECONDS_A_CONNECTION))
        self._timer.start(self._open)

    def _open(self) -> None:
        if self.started:
            self.start_accepting()
            super()._do_read()

    def handle(self, sock: Any, address: Any) -> None:
        if len(self.connections) >= self.most_connections:
            metrics.REFUSED.labels("connections").inc()
            _turn_away(sock)
            return
        connection = Connection(sock, address, self)
        self.connections.add(connection)
        try:
            with contextlib.suppress(ConnectionError):  # they hung up before they had their answer
                connection.handle()
        finally:
            self.connections.discard(connection)

    def stop_listening(self) -> None:
        """Take in who waits at the door already, then close it. A shared door stays open for the others."""
        self.is_leaving = True
        self.stop_accepting()
        while not self.is_shared and (accepted := self.do_read()):
            self.do_handle(*accepted)
        self.close()

    def count_busy(self) -> int:
        """How many requests are under way, WebSockets aside."""
        return sum(connection.is_busy and not connection.is_websocket for connection in self.connections)

    def idle(self) -> list["Connection"]:
        """The connections on which nothing is asked just now."""
        return [connection for connection in self.connections if not connection.is_busy]


def _turn_away(sock: Any) -> None:
    """Say that there are too many; read what they ask, or the answer would be lost with the connection."""
    with contextlib.suppress(OSError), gevent.Timeout(FAREWELL_SECONDS, TimeoutError()):
        sock.sendall(FULL)
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(IN_MEMORY_BYTES):
            pass


class Connection(WSGIHandler):
    """One connection and its requests. Small answers leave at once."""

    def __init__(self, sock: Any, address: Any, server: Server, rfile: Any = None) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(ANSWER_SECONDS)
        super().__init__(sock, address, server, rfile)
        self.wsgi_input: Any = None
        self.body: Any = BytesIO()
        self.is_busy = False
        self.is_websocket = False
        self.is_first = True

    # --- reading a request ---

    def read_requestline(self) -> str:
        """Wait for the next request: a new connection must ask soon, one that has asked may rest."""
        self.is_busy = False
        seconds = FIRST_REQUEST_SECONDS if self.is_first else IDLE_SECONDS
        self.is_first = False
        self.socket.settimeout(None)
        with gevent.Timeout(seconds, TimeoutError("Nothing was asked.")):
            line: str = super().read_requestline()
        self.socket.settimeout(ANSWER_SECONDS)
        self.is_busy = True
        return line

    def read_request(self, raw_requestline: str) -> Any:
        with gevent.Timeout(HEADER_SECONDS, TimeoutError("The headers drip in.")):
            understood = super().read_request(raw_requestline)
        if self.command != "GET" or not self.path.startswith(SOCKETS_PATH):
            # Nothing else becomes a WebSocket, whatever it says: it would be exempt from every limit of time.
            del self.headers["Upgrade"]
            del self.headers["Connection"]
        return understood

    def MessageClass(self, lines: Any, *_rest: Any) -> Any:  # noqa: N802 - gevent's name
        """The headers of a request; with a status that refuses it where two servers could differ on them."""
        try:
            headers = super().MessageClass(WholeLines(lines))
        except HTTPException as error:  # more of them than anybody sends
            raise ValueError(str(error)) from error
        headers.status = headers.status or fault_in(headers)
        return headers

    def _handle_client_error(self, ex: Exception) -> Any:
        """What could not be read is told by its kind alone: the words are a client's, and may hold tokens."""
        if isinstance(ex, TimeoutError):
            return TOO_SLOW
        if isinstance(ex, OSError):
            return None  # they hung up: there is nobody to answer
        log.info("A request could not be read.", extra={"kind": type(ex).__name__})
        return BAD_REQUEST

    def get_environ(self) -> dict[str, Any]:
        """A connection that becomes a WebSocket ends with it: its last bytes are no further request."""
        environ: dict[str, Any] = super().get_environ()
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            self.is_websocket = self.close_connection = True
            self.socket.settimeout(None)
        return environ

    def run_application(self) -> None:
        """Read the body, then answer. What is left of a body that nobody wanted is not waited for."""
        if self.is_websocket:
            super().run_application()
            return
        try:
            with gevent.Timeout(BODY_SECONDS, TimeoutError("The body drips in.")):
                self._take_in_body()
        except _InvalidClientInput:
            raise  # the library answers 400
        except TimeoutError:
            self._give_up(*TOO_SLOW)
        except OSError:
            self.close_connection = True  # they hung up in the middle of it
        else:
            super().run_application()
        finally:
            self.body.close()
            self._ignore_the_rest()

    def _take_in_body(self) -> None:
        """Put the body into memory, or into a file if it is large; one too large is left to be refused."""
        wanted = self.server.largest_body + 1
        if not self.wsgi_input.chunked_input and not 0 < (self.content_length or 0) < wanted:
            return
        self.body = SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115 - closed after the answer
        while wanted > 0 and (part := self.wsgi_input.read(min(wanted, IN_MEMORY_BYTES))):
            self.body.write(part)
            wanted -= len(part)
        self.body.seek(0)
        self.environ["wsgi.input"] = self.body

    def _give_up(self, status: str, answer: bytes) -> None:
        self.status, self.close_connection = status.encode(), True
        self.response_length = len(answer)
        self.socket.sendall(answer)

    def _ignore_the_rest(self) -> None:
        with contextlib.suppress(OSError), gevent.Timeout(HEADER_SECONDS, TimeoutError()):
            self.wsgi_input._discard()
            return
        self.close_connection = True
        self.wsgi_input = _Nothing()

    # --- answering ---

    def start_response(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        """When we leave, each answer says that it is the last one on its connection."""
        if self.server.is_leaving and not self.is_websocket:
            headers = [*headers, ("Connection", "close")]
        return super().start_response(status, headers, exc_info)

    def log_request(self) -> None:
        """Quiet: structured logs say what is needed, and no line can be forged by a client."""

    def shut(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)


class _Nothing(BytesIO):
    """The input of a request that is given up."""

    def _discard(self) -> None:
        """There is nothing to discard."""
