"""The bell that tells this process's publisher that a channel has changed. Silent where nobody watches."""

import logging
from collections.abc import Callable

log = logging.getLogger(__name__)

_listeners: list[Callable[[str], None]] = []


def listen(listener: Callable[[str], None]) -> None:
    _listeners.append(listener)


def ring(channel: str) -> None:
    for listener in _listeners:
        listener(channel)
