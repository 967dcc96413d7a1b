"""Leaving in good order: what was asked is answered, and watchers come back spread over seconds."""

import logging
import random
import time
from collections.abc import Callable
from typing import Any

import gevent

from civicforum.server.connections import Server
from civicforum.sockets import line

log = logging.getLogger(__name__)

LEAVE_SECONDS = 8.0  # for all of it; the supervisor waits a little longer
SPREAD_SECONDS = 4.0
FAREWELLS_A_SECOND = 50  # a few watchers need not be spread
REST_SECONDS = 1.0  # a connection kept open may ask once more, and is told that it was the last time


def leave(server: Server, eio: Any) -> None:
    """Accept no more, finish what is under way, send watchers away; returns when done, or at the latest."""
    deadline = time.monotonic() + LEAVE_SECONDS
    server.stop_listening()
    farewells = gevent.spawn(send_away, eio)
    _wait_until(lambda: not server.idle(), time.monotonic() + REST_SECONDS)
    for connection in server.idle():
        connection.shut()
    _wait_until(lambda: not server.count_busy(), deadline)
    farewells.join(timeout=max(0.0, deadline - time.monotonic()))
    # The last farewells are still on their way.
    _wait_until(lambda: not eio.sockets, min(deadline, time.monotonic() + REST_SECONDS))


def send_away(eio: Any) -> None:
    """End each watcher's connection, in no order, over a few seconds at most."""
    waiting = list(eio.sockets.values())
    random.shuffle(waiting)
    pause = min(SPREAD_SECONDS / max(1, len(waiting)), 1 / FAREWELLS_A_SECOND)
    for eio_socket in waiting:
        gevent.spawn(line.end, eio_socket)
        gevent.sleep(pause)


def _wait_until(is_done: Callable[[], bool], deadline: float) -> None:
    while not is_done() and time.monotonic() < deadline:
        gevent.sleep(0.05)
