"""Bringing the database to this version, and saying whether it is."""

from functools import cache

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade

from civicforum import paths
from civicforum.db import db
from civicforum.errors import CommandError
from civicforum.live.changes import begin_stream
from civicforum.search import index

# The full-text index: tables of SQLite's, on PostgreSQL a column.
FULL_TEXT = "search_fts"


def upgrade_database(app: Flask) -> None:
    """Apply what is missing, begin a stream in a new database, and index what can be found.

    Does nothing where all is there.

    Raises CommandError for a database that a newer version has changed: this one would misread it.
    """
    with app.app_context():
        _refuse_newer()
        upgrade()
        begin_stream()
        if not index.is_current():
            index.rebuild()


def _refuse_newer() -> None:
    unknown = set(database_version()) - known_versions()
    if unknown:
        raise CommandError(
            f"The database is of a newer version ({', '.join(sorted(unknown))}) than this program. Install"
            " the version that it was last used with, or restore a backup of this one into an empty database."
        )


def database_version() -> tuple[str, ...]:
    """The newest migrations that the database has; raises what the driver raises if it does not answer."""
    with db.engine.connect() as connection:
        return tuple(sorted(MigrationContext.configure(connection).get_current_heads()))


@cache
def wanted_version() -> tuple[str, ...]:
    """The newest migrations that this program comes with."""
    return tuple(sorted(ScriptDirectory(str(paths.MIGRATIONS)).get_heads()))


@cache
def known_versions() -> frozenset[str]:
    """All migrations that this program comes with."""
    return frozenset(script.revision for script in ScriptDirectory(str(paths.MIGRATIONS)).walk_revisions())


def is_in_models(name: str | None) -> bool:
    """Whether a table, column or index is described by a model; the full-text index is not."""
    return name is None or FULL_TEXT not in name


def _is_compared(name: str | None, _kind: str, _parents: object) -> bool:
    return is_in_models(name)


def differences() -> list[str]:
    """What the models have and the database has not, or the other way about; empty is well."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": _is_compared}
        )
        return [str(difference) for difference in compare_metadata(context, db.metadata)]
