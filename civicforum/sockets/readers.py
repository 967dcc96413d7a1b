"""Bounds what waits for each watcher, and cuts who does not read: python-engineio does neither."""

import logging
import secrets
from typing import Any

import gevent

from civicforum import metrics
from civicforum.sockets import line
from civicforum.sockets.outbox import Outbox

log = logging.getLogger(__name__)

ID_BYTES = 18  # whoever knows the id of a connection may speak in it: the library draws 96 bits


def bound_readers(eio: Any) -> None:
    """Give each connection of this Engine.IO server a bounded outbox, a line that ends and an id
    that cannot be guessed."""
    eio.create_queue = lambda: Outbox(lambda outbox: _drop(eio, outbox))
    eio._async = {**eio._async, "websocket": line.Line}
    eio.generate_id = lambda: secrets.token_urlsafe(ID_BYTES)
    metrics.LARGEST_OUTBOX.set_function(lambda: largest_outbox(eio))


def largest_outbox(eio: Any) -> int:
    return max((one.queue.count() for one in list(eio.sockets.values())), default=0)


def _drop(eio: Any, outbox: Outbox) -> None:
    """Cut whose outbox is full, from a greenlet of its own: whoever sends to many goes on at once."""
    for eio_socket in list(eio.sockets.values()):
        if eio_socket.queue is outbox:
            metrics.READERS_DROPPED.inc()
            log.info("A watcher does not read; it is cut, and catches up when it comes back.")
            gevent.spawn(line.cut, eio_socket)
