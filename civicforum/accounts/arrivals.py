"""What the rooms above do when an account is made, in the same transaction."""

from collections.abc import Callable
from typing import Any

Greeting = Callable[[Any, bool], None]

_greetings: list[Greeting] = []


def register(greet: Greeting) -> None:
    """Let ``greet(user, has_accepted_agreement)`` be called for every new account."""
    if greet not in _greetings:
        _greetings.append(greet)


def greet(user: Any, has_accepted_agreement: bool) -> None:
    for greeting in _greetings:
        greeting(user, has_accepted_agreement)
