"""What can go wrong, said for the person who reads it.

Actions and queries raise these; one handler turns them into a page, a problem+json or an ack.
A message says what happened, what still stands and what to do next.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import lazy_gettext as _


class CivicForumError(Exception):
    """Something a person should be told. ``status`` is the HTTP status, ``title`` its short name."""

    status = 500
    title: Any = _("Something went wrong")

    def __init__(self, message: Any = None) -> None:
        super().__init__(message or self.title)
        self.message = message or self.title

    def __str__(self) -> str:
        return str(self.message)


class SignInNeeded(CivicForumError):
    """Nobody is signed in, and this needs somebody."""

    status = 401
    title = _("Please sign in")


class NotAllowed(CivicForumError):
    status = 403
    title = _("This is not yours to do")


class Limited(NotAllowed):
    """Not for now: a moderator's limit, with an end and a way to contest it, stands against it."""

    title = _("You cannot write here for now")


class NotAccepted(Limited):
    """The rules that hold changed: whoever would speak reads what is new, and accepts it first.

    ``extra`` tells it over the API: which version, and where it is read and accepted.
    """

    title = _("The rules here changed")

    def __init__(self, message: Any, number: int, version_id: int) -> None:
        super().__init__(message)
        self.url = f"/agreement/changes/{version_id}"
        told = {"version": number, "version_id": version_id, "url": self.url}
        self.extra = {"type": "/agreement#changed", "agreement": told}


class NotFound(CivicForumError):
    """It is not there, or the viewer may not know that it is."""

    status = 404
    title = _("There is nothing here")


class Conflict(CivicForumError):
    """The facts stand against it: too late, already done, changed meanwhile.

    ``extra`` is told along with it over the API (for instance both texts of an edit race).
    """

    status = 409
    title = _("This has changed meanwhile")

    def __init__(self, message: Any = None, **extra: Any) -> None:
        super().__init__(message)
        self.extra = extra


class Invalid(CivicForumError):
    """Bad input. ``errors`` maps a field's name to its sentences."""

    status = 422
    title = _("Please check what you entered")

    def __init__(self, message: Any = None, errors: Mapping[str, Sequence[Any]] | None = None):
        if message is None and errors:
            message = next(iter(errors.values()))[0]
        super().__init__(message)
        self.errors = {field: list(sentences) for field, sentences in (errors or {}).items()}


class TooMany(CivicForumError):
    """Too many in too short a time; ``retry_after`` is in seconds."""

    status = 429
    title = _("That was a lot at once")

    def __init__(self, message: Any = None, retry_after: int = 60) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(CivicForumError):
    """The database is busy or full; nothing was saved."""

    status = 503
    title = _("Busy just now")


class SettingsError(CivicForumError):
    """A setting is wrong; stops the start."""


class CommandError(CivicForumError):
    """A command cannot do what was asked; a one-line reason for stderr."""


def require(allowed: bool, message: Any = None) -> None:
    """Go on only if the policy said yes; otherwise NotAllowed, perhaps with a better sentence."""
    if not allowed:
        raise NotAllowed(message)
