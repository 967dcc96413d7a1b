"""The WebSocket under a Socket.IO connection: whole frames, one at a time, and an end that always comes.

In place of the library's own, which sends what fits and forgets the rest (a reader that is a little slow
sees broken frames), and waits for ever for one that has stopped reading.
"""

import logging
import socket
from contextlib import suppress
from typing import Any

import gevent
import gevent.event
import gevent.lock
import gevent.selectors
import simple_websocket
from engineio.async_drivers.gevent import Thread
from engineio.packet import NOOP, Packet

from civicforum import metrics
from civicforum.capacity import LARGEST_MESSAGE_BYTES, SEND_BUFFER_BYTES, SEND_SECONDS
from civicforum.sockets.intake import PatientIntake, next_packet

log = logging.getLogger(__name__)

# After our farewell, the other end has so long to say its own.
FAREWELL_SECONDS = 3
GOING_AWAY = 1001


class WholeFrames:
    """A connected socket whose ``send`` sends everything, in its turn, or ends the connection."""

    def __init__(self, sock: Any) -> None:
        self.sock = sock
        self.turn = gevent.lock.BoundedSemaphore(1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
        self.recv, self.close = sock.recv, sock.close

    def send(self, content: bytes) -> int:
        try:
            with gevent.Timeout(SEND_SECONDS, TimeoutError("They do not read.")), self.turn:
                self.sock.sendall(content)
        except TimeoutError:
            metrics.READERS_DROPPED.inc()
            self.shut()
            raise
        return len(content)

    def shut(self) -> None:
        """End the connection at once; whoever waits to read from it or to send wakes up."""
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)


class _WebSocket(PatientIntake):
    def handshake(self) -> None:
        self.sock: Any = WholeFrames(self.sock)
        super().handshake()


class Line:
    """What python-engineio wants of a WebSocket: made for a handler, called with a request."""

    def __init__(self, handler: Any, _server: Any) -> None:
        """``handler``: a method of the Engine.IO socket that talks over this line."""
        self.handler = handler
        self.ws: Any = None

    def __call__(self, environ: dict[str, Any], _start_response: Any) -> Any:
        # Compression would cost each watcher some hundred kilobytes of memory.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        self.ws = _WebSocket(
            environ,
            max_message_size=LARGEST_MESSAGE_BYTES,
            thread_class=Thread,
            event_class=gevent.event.Event,
            selector_class=gevent.selectors.DefaultSelector,
        )
        self.handler.__self__.line = self
        try:
            return self.handler(self)
        finally:
            self.shut()

    def send(self, message: Any) -> None:
        try:
            self.ws.send(message)
        except simple_websocket.ConnectionClosed as error:
            raise OSError("The connection is closed.") from error

    def wait(self) -> str | None:
        """The next packet; None once the connection is closed."""
        try:
            return next_packet(self.ws.receive)
        except simple_websocket.ConnectionClosed:
            return None

    def close(self, reason: int | None = None) -> None:
        """Say farewell; whoever does not answer is not waited for."""
        with suppress(simple_websocket.ConnectionClosed, OSError):
            self.ws.close(reason)
        gevent.spawn_later(FAREWELL_SECONDS, self.shut)

    def shut(self) -> None:
        self.ws.sock.shut()


def end(eio_socket: Any, reason: int = GOING_AWAY) -> None:
    """End an Engine.IO connection so that its client comes back by itself.

    Not by the protocol's own farewell: clients take that as final.
    """
    line = getattr(eio_socket, "line", None)
    if line is None:
        _end_polling(eio_socket)
    else:
        line.close(reason)


def cut(eio_socket: Any) -> None:
    """As ``end``, for a client that does not read: nothing more is said, and what waits is thrown away."""
    eio_socket.queue.throw_away()
    line = getattr(eio_socket, "line", None)
    if line is None:
        _end_polling(eio_socket)
    else:
        line.shut()


def _end_polling(eio_socket: Any) -> None:
    # The poll under way is answered; the next one finds nothing here, and its client connects anew.
    eio_socket.queue.put(Packet(NOOP))
    eio_socket.close(wait=False, abort=True)
