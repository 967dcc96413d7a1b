"""Signed words in a mail's address: which mails of whom it stops. Nothing is kept of them.

They hold as long as the account, since people stop mails from old ones too. They open nothing else, and say
nothing of the person.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from civicforum.errors import NotFound
from civicforum.notifications.models import AT_ONCE, OTHER_MAILS

MAX_TOKEN_CHARACTERS = 400


@dataclass(frozen=True)
class Stop:
    """``what`` of ``AT_ONCE`` and ``OTHER_MAILS``; a subscription is to this ``kind`` of thing."""

    user_id: int
    what: tuple[str, ...]
    kind: str = ""
    object_id: int = 0


def sign_stop(stop: Stop) -> str:
    return str(_serializer().dumps([stop.user_id, list(stop.what), stop.kind, stop.object_id]))


def read_stop(token: str) -> Stop:
    """Raises NotFound for a token that is not ours."""
    try:
        values: Any = _serializer().loads(token[:MAX_TOKEN_CHARACTERS])
        user_id, what, kind, object_id = values
    except (BadSignature, ValueError) as error:
        raise NotFound from error
    return Stop(user_id, tuple(name for name in what if name in (*AT_ONCE, *OTHER_MAILS)), kind, object_id)


def _serializer() -> URLSafeSerializer:
    secret = current_app.config["SECRET_KEY"]
    return URLSafeSerializer(secret, salt="notifications.stop", signer_kwargs={"digest_method": sha256})
