"""Links by mail: signed, for one purpose and one person, used once, for a short time.

A link is bound to the address, the password and the link version as they are when it is made: asking
for another one, using it, or changing any of these makes it worthless.
"""

import hmac
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _
from itsdangerous import BadData, URLSafeTimedSerializer

from civicforum.errors import CivicForumError

LIFETIMES = {
    "confirm": timedelta(hours=24),
    "reset": timedelta(hours=1),
    "sign-in": timedelta(minutes=15),
    "change-email": timedelta(hours=1),
    "undo-email": timedelta(days=7),
}
MAX_TOKEN_CHARACTERS = 600


class DeadLink(CivicForumError):
    """The link is too old, was used, was replaced by a newer one, or was never ours."""

    status = 410
    title = _("This link no longer works")

    def __init__(self) -> None:
        super().__init__(
            _("Links by mail work once and for a short time; a newer mail replaces them. Ask for a new one.")
        )


def make_token(user: Any, purpose: str, extra: str = "") -> str:
    """The last part of a link for this person. ``extra`` travels along, signed and readable."""
    return str(_serializer(purpose).dumps([user.id, _binding(user), extra]))


def read_token(token: str, purpose: str) -> tuple[int, str]:
    """Whose link it is and what travels along; DeadLink unless we made it, for this purpose, lately."""
    return _load(token, purpose)[0::2]


def check_token(user: Any, token: str, purpose: str) -> str:
    """What travels along, if the link still fits the person (held by a lock); else DeadLink."""
    user_id, binding, extra = _load(token, purpose)
    if user_id != user.id or not hmac.compare_digest(binding, _binding(user)):
        raise DeadLink
    return extra


def _load(token: str, purpose: str) -> tuple[int, str, str]:
    seconds = int(LIFETIMES[purpose].total_seconds())
    try:
        values = _serializer(purpose).loads(token[:MAX_TOKEN_CHARACTERS], max_age=seconds)
    except BadData as error:
        raise DeadLink from error
    user_id, binding, extra = values
    return user_id, binding, extra


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    if purpose not in LIFETIMES:
        raise KeyError(purpose)
    return URLSafeTimedSerializer(
        current_app.config["SECRET_KEY"],
        salt=f"civicforum.accounts.links.{purpose}",
        signer_kwargs={"digest_method": sha256},
    )


def _binding(user: Any) -> str:
    state = [user.id, user.email, user.pending_email, user.password_hash, user.link_version]
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, repr(state).encode(), sha256).hexdigest()[:32]
