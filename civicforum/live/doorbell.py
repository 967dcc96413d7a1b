"""The bell that tells this process's publisher that a channel has changed. Silent where nobody watches."""

import logging
from collections.abc import Callable, Iterable

log = logging.getLogger(__name__)

_listeners: list[Callable[[str], None]] = []
_people_listeners: list[Callable[[int], None]] = []


def listen(listener: Callable[[str], None]) -> None:
    _listeners.append(listener)


def ring(channel: str) -> None:
    for listener in _listeners:
        listener(channel)


def listen_for_people(listener: Callable[[int], None]) -> None:
    """Hear of each person whose own numbers (the unread count) have changed."""
    _people_listeners.append(listener)


def ring_person(user_id: int) -> None:
    """Say that something of this person's own has changed: their sockets are told."""
    for listener in _people_listeners:
        listener(user_id)


def ring_people(user_ids: Iterable[int]) -> None:
    for user_id in user_ids:
        ring_person(user_id)
