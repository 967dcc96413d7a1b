"""The engine: its pool, what each connection is told first, and how a transaction begins on SQLite."""

from typing import Any

from flask import Flask
from sqlalchemy import Engine, event, text

from civicforum.capacity import POOL_OVERFLOW, POOL_PATIENCE_SECONDS, POOL_SIZE
from civicforum.db.tables import db
from civicforum.db.writers import PATIENCE_SECONDS, is_sqlite

# SQLite waits in C, where no other greenlet can run: wait there briefly, and try again outside.
SQLITE_BUSY_MILLISECONDS = 50
CONNECT_SECONDS = 5


@event.listens_for(Engine, "connect")
def _prepare(connection: Any, _record: Any) -> None:
    if "sqlite" in type(connection).__module__:
        _prepare_sqlite(connection)
    else:
        _prepare_postgres(connection)


def _prepare_postgres(connection: Any) -> None:
    """Nobody waits for a lock without end."""
    connection.execute(f"SET lock_timeout = '{PATIENCE_SECONDS * 1000:.0f}ms'")
    connection.commit()


def _prepare_sqlite(connection: Any) -> None:
    # The driver's own BEGIN comes too late and is never IMMEDIATE; ours is below.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {SQLITE_BUSY_MILLISECONDS}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


def connections_given() -> int | None:
    """How many connections PostgreSQL gives to people who are not its superuser; None on SQLite."""
    if is_sqlite():
        return None
    with db.engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT setting::int FROM pg_settings"
                " WHERE name IN ('max_connections', 'superuser_reserved_connections')"
            )
        )
        numbers = list(rows.scalars())
    return max(numbers) - min(numbers)


def count_connections() -> tuple[int, int]:
    """(database connections of this process that are taken now, how many may be)."""
    pool: Any = db.engine.pool
    return pool.checkedout(), POOL_SIZE + POOL_OVERFLOW


def engine_options(database_url: str) -> dict[str, Any]:
    """What the engine needs to know for this database; SQLite comes from pysqlite3 where there is one."""
    options: dict[str, Any] = {
        "pool_size": POOL_SIZE,
        "max_overflow": POOL_OVERFLOW,
        "pool_timeout": POOL_PATIENCE_SECONDS,
        # An error's words go into the log; what people wrote, and their addresses, do not.
        "hide_parameters": True,
    }
    if not database_url.startswith("sqlite"):
        return options | {"pool_pre_ping": True, "connect_args": {"connect_timeout": CONNECT_SECONDS}}
    return options | {"module": sqlite_module(), "connect_args": {"check_same_thread": False}}


def sqlite_module() -> Any:
    # Debian 12's SQLite lacks the fix of a WAL corruption bug; pysqlite3 brings a newer one.
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        from sqlite3 import dbapi2
    return dbapi2


def init_app(app: Flask, database_url: str) -> None:
    app.config["SQLALCHEMY_DATABASE_URI"] = database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(database_url)
    db.init_app(app)
