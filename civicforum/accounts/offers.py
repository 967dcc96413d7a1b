"""Deeds that the rooms above offer on a person's page: vouching, calling a moderator."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Offer:
    """A button that posts to ``url``, or leads to a page there; ``ask`` is a question before it."""

    label: Any
    url: str
    ask: Any = None
    is_page: bool = False


FindOffers = Callable[[Any, Any], list[Offer]]

_finders: list[FindOffers] = []


def register(find_offers: FindOffers) -> None:
    """Let ``find_offers(viewer, person)`` add buttons to the person's page."""
    if find_offers not in _finders:
        _finders.append(find_offers)


def list_offers(viewer: Any, person: Any) -> list[Offer]:
    return [offer for find_offers in _finders for offer in find_offers(viewer, person)]
