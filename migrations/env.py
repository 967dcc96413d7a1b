"""How Alembic meets this application's database: SQLite and PostgreSQL, one line of history.

All that is missing is applied in one transaction: a process that is killed on the way leaves the database as
it was.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from flask import current_app
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from civicforum.schema import is_in_models

database = current_app.extensions["migrate"].db


PATIENCE_SECONDS = 60
ADVISORY_LOCK = 20261123


def run_migrations() -> None:
    """Apply what is missing, alone: of two processes that start at once the second finds all done."""
    with database.engine.connect() as connection, _tables_may_be_rebuilt(connection):
        _begin_alone(connection)
        context.configure(
            connection=connection,
            target_metadata=database.metadata,
            render_as_batch=True,
            compare_type=True,
            include_object=_is_ours,
        )
        with context.begin_transaction():
            context.run_migrations()
        _refuse_loose_ends(connection)
        connection.commit()


@contextmanager
def _tables_may_be_rebuilt(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by copying it: to drop the old one must not delete what points to it.

    The check of foreign keys can be left out between transactions alone; all are checked before the commit.
    """
    if connection.dialect.name == "postgresql":
        yield
        return
    _outside_transactions(connection, "PRAGMA foreign_keys = OFF")
    try:
        yield
    finally:
        connection.rollback()
        _outside_transactions(connection, "PRAGMA foreign_keys = ON")


def _outside_transactions(connection: Connection, statement: str) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(statement)
    cursor.close()


def _begin_alone(connection: Connection) -> None:
    """Begin the one transaction of all migrations, with a lock that lasts as long as it does."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE_SECONDS}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
        return
    connection = connection.execution_options(begin="BEGIN IMMEDIATE")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection.begin()
            return
        except OperationalError as error:
            connection.rollback()
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _refuse_loose_ends(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        return
    loose = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if loose is not None:
        raise RuntimeError(f"A migration left rows of {loose[0]} pointing to nothing in {loose[2]}.")


def _is_ours(_object, name, kind, _reflected, _compare_to):  # type: ignore[no-untyped-def]  # Alembic's shape
    """The full-text index belongs to its migration, not to a model: autogenerate would drop it."""
    return is_in_models(name)


run_migrations()
