"""Whether this process can serve: the database answers, and is of this version."""

from functools import cache

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from civicforum import paths
from civicforum.db import db


def database_version() -> tuple[str, ...]:
    """The migrations that the database has; raises what the driver raises if it does not answer."""
    with db.engine.connect() as connection:
        return tuple(sorted(MigrationContext.configure(connection).get_current_heads()))


@cache
def wanted_version() -> tuple[str, ...]:
    """The migrations that this program comes with."""
    return tuple(sorted(ScriptDirectory(str(paths.MIGRATIONS)).get_heads()))
