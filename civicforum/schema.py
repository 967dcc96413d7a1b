"""Bringing the database to this version, and saying whether it is."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import upgrade

from civicforum.db import db
from civicforum.live.changes import begin_stream


def upgrade_database(app: Flask) -> None:
    """Apply what is missing, and begin a stream in a new database. Does nothing where all is there."""
    with app.app_context():
        upgrade()
        begin_stream()


def differences() -> list[str]:
    """What the models have and the database has not, or the other way about; empty is well."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, db.metadata)]
