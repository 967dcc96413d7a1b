"""One server process, from its first request to its last."""

import gc
import logging
import signal
import socket
from typing import Any

import gevent
import gevent.event
import gevent.hub
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from civicforum import capacity, jobs
from civicforum.db import carrying_on
from civicforum.live.gauges import measure
from civicforum.server import lifeline
from civicforum.server.connections import Server
from civicforum.server.gate import Gate
from civicforum.server.leaving import leave
from civicforum.sockets.door import open_sockets

log = logging.getLogger(__name__)

FINISH_JOB_SECONDS = 2
COLLECT_AFTER_OBJECTS = 20_000
MEASURE_EVERY_SECONDS = 5.0


def serve(app: Flask, listener: socket.socket, lifeline_number: int | None = None) -> None:
    """Serve until SIGTERM, SIGINT or SIGHUP; finish what is under way, for some seconds at most.

    ``lifeline_number``: this is one of several processes that share the listening socket; a file that ties it
    to their supervisor. Jobs run in each of them; a job is claimed by one.
    """
    is_shared = lifeline_number is not None
    socketio = open_sockets(app, websocket_only=is_shared)
    eio: Any = socketio.server.eio
    server = _server(app, listener, eio, is_shared)
    stopping = gevent.event.Event()
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        gevent.signal_handler(name, stopping.set)
    _spare_the_collector()
    _log_what_nobody_caught()
    worker = gevent.spawn(jobs.work_forever, app, stopping.is_set)
    server.start()
    log.info("started", extra={"port": listener.getsockname()[1]})
    if lifeline_number is not None:
        lifeline.hold(lifeline_number, stopping.set)
        gevent.spawn(_measure_forever, app)
    stopping.wait()
    jobs.bell.set()
    leave(server, eio)
    worker.join(timeout=FINISH_JOB_SECONDS)
    log.info("stopped")


def _server(app: Flask, listener: socket.socket, eio: Any, is_shared: bool) -> Server:
    files = capacity.allow_many_files()
    most_sockets = capacity.sockets_for(files)
    proxies = app.config["SETTINGS"].trusted_proxies
    if proxies:
        # Outside Socket.IO, so that its check of the Origin sees the address people use.
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's own way to wrap an app
            app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
        )
    app.wsgi_app = Gate(app, lambda: len(eio.sockets), most_sockets)  # type: ignore[method-assign]
    return Server(
        listener,
        app,
        # A connection is a file, a watcher's are two; the gate refuses with better words long before.
        most_connections=files - capacity.SPARE_FILES - most_sockets,
        largest_body=capacity.LARGEST_BODY_WITH_FILE_BYTES,
        is_shared=is_shared,
    )


def _measure_forever(app: Flask) -> None:
    """Keep the gauges of this process true: another one may be asked for the metrics of all."""
    while True:
        with carrying_on(log, "This process could not be measured; it tries again."), app.app_context():
            measure(app)
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
