"""How Alembic meets this application's database: SQLite and PostgreSQL, one line of history."""

from alembic import context
from flask import current_app

database = current_app.extensions["migrate"].db


def run_migrations() -> None:
    # A lock of its own kind on each database: two processes that start at once migrate once.
    with database.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_lock(20261123)")
            connection.commit()
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
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_unlock(20261123)")


def _is_ours(_object, name, kind, _reflected, _compare_to):  # type: ignore[no-untyped-def]  # Alembic's shape
    """Full-text tables belong to their migration, not to a model: autogenerate would drop them."""
    return not (kind == "table" and name.startswith("search_"))


run_migrations()
