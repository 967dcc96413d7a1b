"""Who may write at once: on SQLite one at a time, on PostgreSQL many, but for whoever must be alone.

This is where the two databases differ in locking.
"""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from civicforum.db.tables import db
from civicforum.errors import Unavailable

# How long whoever writes waits for others, on both databases; then they are told to try again.
PATIENCE_SECONDS = 10.0
# On PostgreSQL every writer holds this advisory lock, shared; who replaces everything asks for it alone.
WRITERS_GATE = 20261126
GATE_PATIENCE = "60s"

_one_writer = threading.Lock()


@contextmanager
def writing() -> Iterator[None]:
    """Hold, for one transaction, what this database asks of a writer. Raises Unavailable after a while."""
    if not is_sqlite():
        db.session.execute(select(func.pg_advisory_xact_lock_shared(WRITERS_GATE)))
        yield
        return
    if not _one_writer.acquire(timeout=PATIENCE_SECONDS):
        raise Unavailable
    try:
        _begin_immediate()
        yield
    finally:
        _one_writer.release()


def _begin_immediate() -> None:
    """Take SQLite's write lock; another process may hold it, so ask again for a while."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            db.session.connection(execution_options={"begin": "BEGIN IMMEDIATE"})
            return
        except OperationalError as error:
            db.session.rollback()
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise Unavailable from error
            time.sleep(random.uniform(0.005, 0.03))  # noqa: S311 - spreads the contenders


def stop_other_writers() -> None:
    """Inside an action: wait until nobody else writes; whoever begins now waits until this one ends.

    Others go on reading. On SQLite every writer is alone anyway.
    """
    if not is_sqlite():
        db.session.execute(text(f"SET LOCAL lock_timeout = '{GATE_PATIENCE}'"))
        db.session.execute(select(func.pg_advisory_xact_lock(WRITERS_GATE)))


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"
