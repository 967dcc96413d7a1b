"""One file of a person at a time: who sends many at once does not hold every place where files are read."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import gettext as _

from civicforum import capacity
from civicforum.errors import TooMany

_at_it: set[int | None] = set()
_lock = threading.Lock()


@contextmanager
def turn_of(user_id: int | None) -> Iterator[None]:
    """Only one at once for each account, in this process; also while it waits for a place. Guests send none.

    Raises TooMany for the second, at once: it would only keep a thread waiting that others need.
    """
    with _lock:
        if user_id in _at_it:
            raise TooMany(
                _("Another file of yours is being read. Your words are kept: try again in a moment."),
                retry_after=capacity.RETRY_AFTER_SECONDS,
            )
        _at_it.add(user_id)
    try:
        yield
    finally:
        with _lock:
            _at_it.discard(user_id)
