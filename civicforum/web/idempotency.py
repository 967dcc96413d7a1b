"""A retried deed happens once: the key, the deed and its result commit together."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from civicforum.db import db, now, transactional
from civicforum.errors import Invalid
from civicforum.web.models import IdempotencyKey

KEPT_HOURS = 24
MAXIMUM_KEY_LENGTH = 100


@dataclass(frozen=True)
class Done:
    """What a deed came to: the HTTP status, and the object to render afresh."""

    status: int
    kind: str
    object_id: int


def fingerprint(method: str, path: str, body: Mapping[str, Any]) -> str:
    """What makes two requests the same request."""
    text = json.dumps([method, path, body], sort_keys=True, default=str)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@transactional
def once(actor: Any, person_key: str, key: str | None, print_: str, deed: Callable[[], Done]) -> Done:
    """Do ``deed`` unless this person's ``key`` did it within a day; then what it came to the first time.

    Raises Invalid if the key was used for something else. An error in the deed leaves the key free.
    """
    if not key:
        return deed()
    if len(key) > MAXIMUM_KEY_LENGTH:
        raise _wrong_key(_("The Idempotency-Key is too long; use at most 100 characters."))
    earlier = _find(person_key, key)
    if earlier is None:
        earlier = _claim(person_key, key, print_)
        if earlier is None:
            return _remember(person_key, key, deed())
    if earlier.fingerprint != print_:
        raise _wrong_key(_("This Idempotency-Key was used for something else. Use a new one."))
    return Done(earlier.status, earlier.kind, earlier.object_id)


def _wrong_key(sentence: str) -> Invalid:
    return Invalid(errors={"Idempotency-Key": [sentence]})


def _find(person_key: str, key: str) -> IdempotencyKey | None:
    return db.session.scalar(
        select(IdempotencyKey).where(
            IdempotencyKey.person_key == person_key,
            IdempotencyKey.key == key,
            IdempotencyKey.created_at > now() - timedelta(hours=KEPT_HOURS),
        )
    )


def _claim(person_key: str, key: str, print_: str) -> IdempotencyKey | None:
    """Take the key; None if it is ours now, else the row of whoever was first (waiting for them).

    Keys of this person that have had their day are forgotten on the way.
    """
    db.session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.person_key == person_key,
            IdempotencyKey.created_at <= now() - timedelta(hours=KEPT_HOURS),
        )
    )
    row = IdempotencyKey(person_key=person_key, key=key, fingerprint=print_, status=0, kind="", object_id=0)
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError:
        return _find(person_key, key)
    return None


def _remember(person_key: str, key: str, done: Done) -> Done:
    row = _find(person_key, key)
    assert row is not None
    row.status, row.kind, row.object_id = done.status, done.kind, done.object_id
    return done
