"""Words that are listed to be masked are masked in whatever others read, as it is written.

One place for every room, door and command: what is about to be kept in a column that is ``SHOWN``. Pages, the
API, feeds, mails, exports, a search and its excerpts tell what is kept, and so they have no such word. (What
is said in threads is masked already before its lock is taken, since it is drawn there:
``discussions/words.py``.)
"""

from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import Any

from sqlalchemy import event, inspect
from sqlalchemy.orm import PassiveFlag
from sqlalchemy.orm.attributes import get_history

from civicforum.agreement.queries import words_to_mask
from civicforum.agreement.words import mask
from civicforum.db import db
from civicforum.text import render_markdown


def listen() -> None:
    """Mask from now on, in this process; called twice it is once."""
    if not event.contains(db.session, "before_flush", _mask_what_is_shown):
        event.listen(db.session, "before_flush", _mask_what_is_shown)


def _mask_what_is_shown(session: Any, _context: Any, _instances: Any) -> None:
    changed = [(row, *each) for row in chain(session.new, session.dirty) for each in _changed(row)]
    listed = words_to_mask() if changed else []
    for row, name, drawn in changed if listed else ():
        text = getattr(row, name)
        masked = mask(text, listed)
        if masked == text:
            continue
        setattr(row, name, masked)
        if drawn is not None:
            setattr(row, drawn, render_markdown(masked))


def _changed(row: Any) -> Iterator[tuple[str, str | None]]:
    """The shown columns of a row that are about to be written with words, and where these are drawn."""
    model: Any = type(row)
    for name, drawn in _shown(model):
        if any(get_history(row, name, PassiveFlag.PASSIVE_NO_INITIALIZE).added or ()):
            yield name, drawn


@cache
def _shown(model: Any) -> tuple[tuple[str, str | None], ...]:
    columns: Any = inspect(model).columns
    return tuple((each.key, each.info.get("drawn")) for each in columns if each.info.get("is_shown"))
