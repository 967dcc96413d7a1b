"""Rows held until the transaction ends: lock first, then ask who may and what is."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from civicforum.db.tables import Base, db
from civicforum.errors import NotFound

M = TypeVar("M", bound=Base)


def lock(model: type[M], key: Any) -> M:
    """The row with this key, re-read and held until the transaction ends; NotFound if it is gone.

    FOR NO KEY UPDATE: plain FOR UPDATE deadlocks on the key-share locks of foreign keys.
    """
    row = find_locked(model, key)
    if row is None:
        raise NotFound
    return row


def find_locked(model: type[M], key: Any) -> M | None:
    """As ``lock``, but None if the row is gone."""
    column = model.__mapper__.primary_key[0]
    return db.session.execute(
        select(model)
        .where(column == key)
        .with_for_update(key_share=True, of=model)
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()


def lock_or_make(model: type[M], key: Any, make: Callable[[], M]) -> M:
    """As ``lock``; a row that is not there yet is made by ``make``, once, whoever else is making it."""
    row = find_locked(model, key)
    if row is not None:
        return row
    # Another transaction may make it first: then ours waits for its lock.
    with suppress(IntegrityError), db.session.begin_nested():
        db.session.add(make())
    return lock(model, key)
