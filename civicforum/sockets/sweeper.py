"""Closes connections that never join: the library would keep them for as long as they answer pings."""

import logging
import time
from collections.abc import Callable
from typing import Any

from civicforum.db import carrying_on

log = logging.getLogger(__name__)

JOIN_SECONDS = 10
SWEEP_EVERY_SECONDS = 2


class Sweeper:
    def __init__(self, server: Any) -> None:
        """``server``: python-socketio's Server."""
        self.server = server
        self._waiting_since: dict[str, float] = {}

    def sweep_forever(self, is_stopping: Callable[[], bool]) -> None:
        while not is_stopping():
            time.sleep(SWEEP_EVERY_SECONDS)
            with carrying_on(log, "The sweeper failed; it goes on."):
                self.sweep(time.monotonic())

    def sweep(self, at: float) -> None:
        """Close what has been open for a while without joining, or was refused and stays. ``at``: seconds."""
        sockets = dict(self.server.eio.sockets)
        waiting = {sid for sid in sockets if self.server.manager.sid_from_eio_sid(sid, "/") is None}
        self._waiting_since = {sid: self._waiting_since.get(sid, at) for sid in waiting}
        for sid, since in self._waiting_since.items():
            if at - since > JOIN_SECONDS and not sockets[sid].closed:
                sockets[sid].close(wait=False)
