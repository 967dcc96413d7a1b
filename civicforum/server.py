"""The server: gevent's pywsgi, one process, Socket.IO inside; jobs run beside it where there is no worker.

Nothing of the application is imported before gevent has patched the standard library (see ``cli``).
"""

import gc
import logging
import signal
import socket
from http.client import HTTPException
from typing import Any

import gevent
from flask import Flask
from gevent.pywsgi import WSGIHandler, WSGIServer
from werkzeug.middleware.proxy_fix import ProxyFix

from civicforum import jobs
from civicforum.errors import CommandError
from civicforum.sockets.door import open_sockets
from civicforum.web.heads import WholeLines, fault_in

log = logging.getLogger(__name__)

BACKLOG = 4096
STOP_SECONDS = 4
COLLECT_AFTER_OBJECTS = 20_000


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

    def MessageClass(self, lines: Any, *_rest: Any) -> Any:  # noqa: N802 - gevent's name
        """The headers of a request; with a status that refuses it where two servers could differ on them."""
        try:
            headers = super().MessageClass(WholeLines(lines))
        except HTTPException as error:  # more of them than anybody sends
            raise ValueError(str(error)) from error
        headers.status = headers.status or fault_in(headers)
        return headers

    def log_error(self, message: str, *arguments: Any) -> None:
        """What a client sent wrong is told to the client, and fills no log."""
        log.debug(message, *arguments)

    def log_request(self) -> None:
        """Quiet: structured logs say what is needed."""


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
    server.start()
    stopping.wait()
    server.stop(timeout=STOP_SECONDS)
    jobs.bell.set()
    worker.join(timeout=STOP_SECONDS)


def _spare_the_collector() -> None:
    """What is loaded now stays for good: let the garbage collector not walk it again with every request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER_OBJECTS, 20, 50)
