"""Taking a name back, or what a profile says, and giving it back: parts of a moderator's action.

The person's row is locked. Who may, and why, is asked by the room that judges.
"""

import secrets
from collections.abc import Iterator

from flask_babel import force_locale
from flask_babel import gettext as _

from civicforum.accounts import appearances, queries
from civicforum.accounts.actions.arriving import rename
from civicforum.accounts.models import User
from civicforum.db import db
from civicforum.errors import Conflict
from civicforum.web.site import get_site

Was = dict[str, str]


def take_name(user: User) -> Was:
    """Call a person by a neutral name, with a handle of its own, until they choose another.

    Gives back what both were, and what they are now (``given_name``, ``given_handle``).
    """
    was = {"name": user.name, "handle": user.handle}
    name, handle = _neutral(user)
    rename(user, name)
    user.handle = handle
    _show(user)
    return {**was, "given_name": name, "given_handle": handle}


def clear_profile(user: User) -> Was:
    """Empty what a person says of themselves, and the neighborhood they typed. Conflict where nothing is."""
    was = {"about": user.about, "neighbourhood": user.neighbourhood}
    if not any(was.values()):
        raise Conflict(_("This profile says nothing, so there is nothing to clear."))
    user.about = user.neighbourhood = ""
    _show(user)
    return was


def give_back(user: User, was: Was) -> None:
    """Undo either, as far as the person has not chosen otherwise since and nobody else is called so now."""
    if user.name == was.get("given_name") and not queries.is_name_taken(was["name"], user.id):
        rename(user, was["name"])
    if user.handle == was.get("given_handle") and not queries.is_handle_taken(was["handle"]):
        user.handle = was["handle"]
    user.about = user.about or was.get("about", "")
    user.neighbourhood = user.neighbourhood or was.get("neighbourhood", "")
    _show(user)


def _neutral(user: User) -> tuple[str, str]:
    """In the language of the town: everybody reads it. The number says nothing of anybody."""
    with force_locale(get_site().locale or "en"):
        return next(
            (name, handle)
            for number in _numbers()
            if not queries.is_name_taken(name := _("Resident %(number)s", number=number), user.id)
            and not queries.is_handle_taken(handle := f"resident-{number}")
        )


def _numbers() -> Iterator[int]:
    while True:
        yield 100_000 + secrets.randbelow(900_000)


def _show(user: User) -> None:
    db.session.flush()
    appearances.show_again([user.id])
