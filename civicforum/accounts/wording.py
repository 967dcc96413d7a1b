"""What the rooms above have against words in a name or a profile, and who looks at such words afterwards."""

from collections.abc import Callable, Mapping
from typing import Any

from civicforum.errors import Invalid

# What is typed, by field: name, handle, about, neighbourhood.
Words = Mapping[str, str]
Objection = Callable[[str, str, int | None], Any]
Look = Callable[[int, Words], None]

_objections: list[Objection] = []
_looks: list[Look] = []


def register_objection(object_to: Objection) -> None:
    """Let ``object_to(field, text, user_id)`` give a sentence against words, or None; before they are shown.

    ``user_id`` is None for an account that is being made.
    """
    if object_to not in _objections:
        _objections.append(object_to)


def register_look(look: Look) -> None:
    """Let ``look(user_id, words)`` see the words that a person is shown with from now on."""
    if look not in _looks:
        _looks.append(look)


def check_words(words: Words, user_id: int | None = None) -> None:
    """Invalid, with a sentence at each field that has words which cannot be had."""
    errors = {field: found for field, text in words.items() if (found := _against(field, text, user_id))}
    if errors:
        raise Invalid(errors=errors)


def _against(field: str, text: str, user_id: int | None) -> list[str]:
    found = (object_to(field, text, user_id) for object_to in _objections)
    return [str(sentence) for sentence in found if sentence]


def let_look(user_id: int, words: Words) -> None:
    """Inside the action that shows these words: have them looked at, if there is a reason to."""
    for look in _looks:
        look(user_id, words)
