"""How Alembic meets this application's database: SQLite and PostgreSQL, one line of history."""

import time

from alembic import context
from flask import current_app
from sqlalchemy.exc import OperationalError

database = current_app.extensions["migrate"].db


PATIENCE_SECONDS = 60
ADVISORY_LOCK = 20261123


def run_migrations() -> None:
    """Apply what is missing, alone: of two processes that start at once the second finds all done."""
    with database.engine.connect() as connection:
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
        connection.commit()


def _begin_alone(connection):  # type: ignore[no-untyped-def]  # SQLAlchemy's connection
    """Begin the one transaction of all migrations, with a lock that lasts as long as it does."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
        return
    connection = connection.execution_options(begin="BEGIN IMMEDIATE")
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            connection.begin()
            return
        except OperationalError:
            connection.rollback()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _is_ours(_object, name, kind, _reflected, _compare_to):  # type: ignore[no-untyped-def]  # Alembic's shape
    """Full-text tables belong to their migration, not to a model: autogenerate would drop them."""
    return not (kind == "table" and name.startswith("search_"))


run_migrations()
