"""The bell that tells publishers that a channel or a person's inbox has changed. Silent where nobody listens.

A bell rings in this process at once, and in the others through whatever ``tell_others`` was given.
"""

import logging
import re
from collections.abc import Callable, Iterable

log = logging.getLogger(__name__)

PERSON = "person:"

_listeners: list[Callable[[str], None]] = []
_people_listeners: list[Callable[[int], None]] = []
_messengers: list[Callable[[str], None]] = []


def listen(listener: Callable[[str], None]) -> None:
    """Hear of each channel that has changed."""
    _listeners.append(listener)


def listen_for_people(listener: Callable[[int], None]) -> None:
    """Hear of each person whose own numbers (the unread count) have changed."""
    _people_listeners.append(listener)


def tell_others(messenger: Callable[[str], None]) -> None:
    """Carry every bell that rings here to the other processes by ``messenger(name)``."""
    _messengers.append(messenger)


def ring(channel: str) -> None:
    """Say that this channel has changed."""
    _ring_here(channel)
    _carry(channel)


def ring_person(user_id: int) -> None:
    """Say that something of this person's own has changed: their sockets are told."""
    _ring_person_here(user_id)
    _carry(f"{PERSON}{user_id}")


def ring_people(user_ids: Iterable[int]) -> None:
    for user_id in user_ids:
        ring_person(user_id)


def ring_from_elsewhere(name: str) -> None:
    """Ring here what rang in another process (or in this one: a second ring does no harm)."""
    number = name.removeprefix(PERSON)
    if number == name:
        _ring_here(name)
    elif re.fullmatch("[0-9]{1,10}", number):  # whoever reaches Redis may have said anything
        _ring_person_here(int(number))


def _ring_here(channel: str) -> None:
    for listener in _listeners:
        listener(channel)


def _ring_person_here(user_id: int) -> None:
    for listener in _people_listeners:
        listener(user_id)


def _carry(name: str) -> None:
    for messenger in _messengers:
        messenger(name)
