"""What ties a server process to its supervisor: it says that it lives, and leaves when nobody listens.

A socket pair of which the supervisor holds the other end. A beat each second says "I serve, and I am not
stuck". When the supervisor dies, however suddenly, its end closes, and this process leaves in good order.
"""

import logging
import socket
from collections.abc import Callable

import gevent
import gevent.socket

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
BEAT = b"."


def hold(number: int, leave: Callable[[], object]) -> None:
    """Beat over the file ``number`` from now on; call ``leave`` once the supervisor is gone."""
    line = gevent.socket.socket(fileno=number)
    gevent.spawn(_beat, line)
    gevent.spawn(_await_the_end, line, leave)


def _beat(line: socket.socket) -> None:
    while True:
        try:
            line.send(BEAT)
        except OSError:
            return  # the other greenlet notices, too
        gevent.sleep(BEAT_SECONDS)


def _await_the_end(line: socket.socket, leave: Callable[[], object]) -> None:
    try:
        while line.recv(64):
            pass
    except OSError:
        pass
    log.warning("The supervisor is gone; this process finishes what is under way and leaves.")
    leave()
