"""The server: gevent's pywsgi, one process, Socket.IO inside; jobs run beside it where there is no worker.

Nothing of the application is imported before gevent has patched the standard library (see ``cli``).
"""

import gc
import logging
import signal
import socket
from typing import Any

import gevent
from flask import Flask
from gevent.pywsgi import WSGIHandler, WSGIServer
from werkzeug.middleware.proxy_fix import ProxyFix

from civicforum import jobs
from civicforum.errors import CommandError
from civicforum.live.gauges import measure
from civicforum.sockets.door import open_sockets

log = logging.getLogger(__name__)

BACKLOG = 4096
STOP_SECONDS = 4
COLLECT_AFTER_OBJECTS = 20_000
MEASURE_EVERY_SECONDS = 5.0
BAD_REQUEST = b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class Handler(WSGIHandler):
    """One request: small answers leave at once, and no line of a log can be forged by a client."""

    def __init__(self, sock: socket.socket, address: Any, server: Any, rfile: Any = None) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        super().__init__(sock, address, server, rfile)

    def get_environ(self) -> dict[str, Any]:
        """A connection that became a WebSocket ends with it: its last bytes are no further request."""
        environ: dict[str, Any] = super().get_environ()
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            self.close_connection = True
        return environ

    def log_request(self) -> None:
        """Quiet: ``web/request_log.py`` says what is needed."""

    def _handle_client_error(self, ex: Exception) -> tuple[str, bytes]:
        """What could not be read is told by its kind alone: the words are a client's, and may hold tokens."""
        log.info("A request could not be read.", extra={"kind": type(ex).__name__})
        return ("400", BAD_REQUEST)


def listen(host: str, port: int, is_shared: bool = False) -> socket.socket:
    """A listening socket; CommandError with a sentence if the address is taken.

    ``is_shared``: other processes of ours listen at the same address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if is_shared:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise CommandError(
            f"Cannot listen on {host}:{port} ({error.strerror}). Choose another port."
        ) from error
    listener.listen(BACKLOG)
    listener.setblocking(False)
    return listener


def serve(app: Flask, listener: socket.socket, is_shared: bool = False) -> None:
    """Serve until SIGTERM or SIGINT; finish what is under way, for a few seconds at most.

    ``is_shared``: this is one of several processes at this address. Jobs run in each of them; a job is
    claimed by one.
    """
    _spare_the_collector()
    _log_what_nobody_caught()
    open_sockets(app, websocket_only=is_shared)
    proxies = app.config["SETTINGS"].trusted_proxies
    if proxies:
        # Outside Socket.IO, so that its check of the Origin sees the address people use.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's own way to wrap an app
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    server = WSGIServer(listener, app, handler_class=Handler, log=None, error_log=log)
    stopping = gevent.event.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(name, stopping.set)
    worker = gevent.spawn(jobs.work_forever, app, stopping.is_set)
    if is_shared:
        gevent.spawn(_measure_forever, app)
    server.start()
    log.info("started", extra={"port": listener.getsockname()[1]})
    stopping.wait()
    server.stop(timeout=STOP_SECONDS)
    jobs.bell.set()
    worker.join(timeout=STOP_SECONDS)
    log.info("stopped")


def _measure_forever(app: Flask) -> None:
    """Keep the gauges of this process true: another one may be asked for the metrics of all."""
    while True:
        try:
            with app.app_context():
                measure(app)
        except Exception:
            log.exception("This process could not be measured; it tries again.")
        gevent.sleep(MEASURE_EVERY_SECONDS)


def _log_what_nobody_caught() -> None:
    """An error in a greenlet is an entry of the log; gevent would write lines of its own, with addresses."""

    def note(_hub: Any, _context: Any, *error: Any) -> None:
        log.error("A greenlet ended by an error that nobody expected.", exc_info=error)

    gevent.hub.Hub.print_exception = note


def _spare_the_collector() -> None:
    """What is loaded now stays for good: let the garbage collector not walk it again with every request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER_OBJECTS, 20, 50)
