"""What the rooms above do when somebody looks different (a name, a handle, a hat), in that transaction."""

from collections.abc import Callable, Iterable

ShowAgain = Callable[[Iterable[int]], None]

_shows: list[ShowAgain] = []


def register(show_again: ShowAgain) -> None:
    """Let ``show_again(user_ids)`` be called for people whose name, handle, neighbourhood or hats changed."""
    if show_again not in _shows:
        _shows.append(show_again)


def show_again(user_ids: Iterable[int]) -> None:
    people = sorted(set(user_ids))
    for show in _shows:
        show(people)
