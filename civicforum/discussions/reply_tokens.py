"""The tokens in addresses to answer by mail: short, the same in any case of letters, and not to be guessed.

A token follows from the secret, from whom and what it is for, and from the person's session version: a new
password, a suspension and leaving end it, as they end every session.
"""

import hmac
from base64 import b32encode
from hashlib import sha256

from flask import current_app

from civicforum.accounts.models import User

TOKEN_CHARACTERS = 24
TOKEN = rf"[a-z2-7]{{{TOKEN_CHARACTERS}}}"


def make_reply_token(user: User, thread_id: int, post_id: int | None) -> str:
    said = f"reply-by-mail:{user.id}:{user.session_version}:{thread_id}:{post_id or 0}"
    mac = hmac.digest(current_app.config["SECRET_KEY"].encode(), said.encode(), "sha256")
    return b32encode(mac).decode().lower()[:TOKEN_CHARACTERS]


def hash_reply_token(token: str) -> str:
    return sha256(token.lower().encode()).hexdigest()


def is_same_mailbox(one: str, other: str) -> bool:
    """Whether both reach the same person: in any case of letters, whatever follows a plus."""
    return _mailbox(one) == _mailbox(other)


def _mailbox(address: str) -> tuple[str, str]:
    name, _at, host = address.casefold().rpartition("@")
    return name.partition("+")[0], host


def address_with(token: str) -> str | None:
    """``reply+TOKEN@forum.example``; None where answering by mail is off."""
    address = current_app.config["REPLY_ADDRESS"]
    if address is None:
        return None
    name, _at, host = address.partition("@")
    return f"{name}+{token}@{host}"
