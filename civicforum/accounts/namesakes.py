"""Names that are nobody's handle, but known above: an organization is mentioned like a person."""

from collections.abc import Callable

FindPage = Callable[[str], str | None]

_finders: list[FindPage] = []


def register(find_page: FindPage) -> None:
    """Let ``find_page(name)`` give the address of what is called so, or None."""
    if find_page not in _finders:
        _finders.append(find_page)


def find_page(name: str) -> str | None:
    """Where whatever is called so has its page; None for nothing."""
    return next((url for find in _finders if (url := find(name))), None)
