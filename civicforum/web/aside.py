"""Long computing, out of the way of others."""

from collections.abc import Callable
from contextvars import copy_context
from typing import Any

from flask_babel import get_locale
from gevent import get_hub, monkey


def aside(function: Callable[..., Any], *arguments: Any) -> Any:
    """Compute in a real thread under gevent, where a tenth of a second would hold up everybody.

    The request goes along, so that what is said speaks its language. ``function`` asks no database.
    """
    if not monkey.is_module_patched("threading"):
        return function(*arguments)
    get_locale()  # found here and kept: the thread asks nobody
    result, error = get_hub().threadpool.apply(copy_context().run, (_tried, function, arguments))
    if error is not None:
        raise error
    return result


def _tried(function: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[Any, Exception | None]:
    """What came of it. An error comes back as a value: gevent would print one that a thread raises."""
    try:
        return function(*arguments), None
    except Exception as error:  # noqa: BLE001 - it is raised again, outside
        return None, error
