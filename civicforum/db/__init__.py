"""The database, and the action as its transaction.

Every write happens inside a function decorated with ``@transactional``; a commit anywhere else raises.
What must happen after the commit is said inside, with ``after_commit``, and dies with a rollback.
"""

from civicforum.clock import now
from civicforum.db.engine import connections_given, count_connections, engine_options, init_app, sqlite_module
from civicforum.db.locks import find_locked, lock, lock_or_make
from civicforum.db.tables import SHOWN, SHOWN_DRAWN, Base, HasCreatedAt, HasId, Model, UtcDateTime, db
from civicforum.db.transactions import (
    COLLISIONS,
    OUT_OF_REACH,
    after_commit,
    before_commit,
    carrying_on,
    in_action,
    transaction,
    transactional,
)
from civicforum.db.writers import is_sqlite, stop_other_writers

__all__ = [
    "COLLISIONS",
    "OUT_OF_REACH",
    "SHOWN",
    "SHOWN_DRAWN",
    "Base",
    "HasCreatedAt",
    "HasId",
    "Model",
    "UtcDateTime",
    "after_commit",
    "before_commit",
    "carrying_on",
    "connections_given",
    "count_connections",
    "db",
    "engine_options",
    "find_locked",
    "in_action",
    "init_app",
    "is_sqlite",
    "lock",
    "lock_or_make",
    "now",
    "sqlite_module",
    "stop_other_writers",
    "transaction",
    "transactional",
]
