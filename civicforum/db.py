"""The database, and the action as its transaction.

Every write happens inside a function decorated with ``@transactional``; a commit anywhere else raises.
What must happen after the commit is said inside, with ``after_commit``, and dies with a rollback.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, TypeDecorator, event, func, select, text
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, registry

from civicforum.capacity import POOL_OVERFLOW, POOL_PATIENCE_SECONDS, POOL_SIZE
from civicforum.clock import now as now
from civicforum.errors import NotFound, Unavailable

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")
M = TypeVar("M", bound="Base")

# What is raised while the database is away, locked, full or overrun: a fault that heals, no mistake of ours.
OUT_OF_REACH = (OperationalError, InterfaceError, PoolTimeout)
# How often an action that another one was quicker than begins again.
COLLISIONS = 5
# SQLite waits in C, where no other greenlet can run: wait there briefly, and try again outside.
SQLITE_BUSY_MILLISECONDS = 50
SQLITE_PATIENCE_SECONDS = 10.0
# On PostgreSQL every writer holds this advisory lock, shared; who replaces everything asks for it alone.
WRITERS_GATE = 20261126
GATE_PATIENCE = "60s"


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time. Kept as UTC; a naive one is refused, because nobody can say when it was."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time must be aware (have a time zone).")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None or value.tzinfo is not None:
            return value and value.astimezone(UTC)
        return value.replace(tzinfo=UTC)


NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of every table. A ``datetime`` in a model is a UtcDateTime in the database."""

    registry = registry(
        metadata=MetaData(naming_convention=NAMING), type_annotation_map={datetime: UtcDateTime()}
    )
    metadata = registry.metadata


db = SQLAlchemy(model_class=Base, disable_autonaming=True)
if TYPE_CHECKING:  # Flask-SQLAlchemy makes its base while running, where a type checker cannot see it

    class Model(Base):
        __abstract__ = True

else:
    Model = db.Model


class HasId:
    """A surrogate key, for the tables that have no better one."""

    id: Mapped[int] = mapped_column(primary_key=True)


class HasCreatedAt:
    created_at: Mapped[datetime] = mapped_column(default=now)


# --- the action is the transaction ---


@dataclass
class _Work:
    """What one (possibly nested) action wants done at its commit and after it."""

    before: dict[tuple[str, ...], Callable[[], None]] = field(default_factory=dict)
    after: list[Callable[[], None]] = field(default_factory=list)

    def absorb(self, inner: "_Work") -> None:
        self.before.update(inner.before)
        self.after.extend(inner.after)


def transactional(action: Callable[Concatenate[A, P], R]) -> Callable[Concatenate[A, P], R]:
    """Make ``action(actor, ...)`` one transaction; inside another action, a savepoint of it.

    Where another transaction was first with what must be unique (a handle, a listed word), the outermost
    action begins again: it then finds what the other one committed, and decides on that.
    """

    @wraps(action)
    def run(actor: A, *args: P.args, **kwargs: P.kwargs) -> R:
        for _earlier in range(0 if in_action() else COLLISIONS):
            with suppress(IntegrityError), transaction():
                return action(actor, *args, **kwargs)
        with transaction():
            return action(actor, *args, **kwargs)

    run.is_transactional = True  # type: ignore[attr-defined]  # read by tests/house
    return run


@contextmanager
def transaction() -> Iterator[None]:
    """Begin afresh, commit at the end, roll back on any error. Use ``@transactional`` in rooms."""
    stack = _stack()
    if stack:
        with db.session.begin_nested(), _work(stack):
            yield
            db.session.flush()
        return
    with _outermost(stack):
        yield


@contextmanager
def _outermost(stack: list[_Work]) -> Iterator[None]:
    # Decide on what is committed now, not on what the door happened to read.
    db.session.rollback()
    work = _Work()
    with _writing():
        stack.append(work)
        try:
            yield
            db.session.flush()
            while work.before:
                # In the order of their keys, so that rows are always locked in one order.
                work.before.pop(min(work.before))()
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            stack.clear()
    for hook in work.after:
        _run_isolated(hook)


@contextmanager
def _work(stack: list[_Work]) -> Iterator[None]:
    work = _Work()
    stack.append(work)
    try:
        yield
    except BaseException:
        stack.pop()
        raise
    stack.pop()
    stack[-1].absorb(work)


def _stack() -> list[_Work]:
    return db.session().info.setdefault("work", [])


def in_action() -> bool:
    return bool(_stack())


def after_commit(hook: Callable[[], None]) -> None:
    """Call ``hook`` once the outermost action has committed; an error in it is logged, no more."""
    _innermost("after_commit").after.append(hook)


def before_commit(key: tuple[str, ...], hook: Callable[[], None]) -> None:
    """Call ``hook`` last in the outermost action, once for each ``key``, in the order of the keys."""
    _innermost("before_commit").before[key] = hook


def _innermost(asked: str) -> _Work:
    stack = _stack()
    if not stack:
        raise RuntimeError(f"{asked}() was called outside an action.")
    return stack[-1]


@contextmanager
def carrying_on(log: logging.Logger, sentence: str) -> Iterator[None]:
    """For what goes on by itself and tries again: a failure is noted, and no more.

    A database that is away is a line in the log; what nobody foresaw is a traceback.
    """
    try:
        yield
    except (*OUT_OF_REACH, Unavailable) as error:
        log.warning("%s (%s)", sentence, type(error).__name__)
    except Exception:
        log.exception(sentence)


def _run_isolated(hook: Callable[[], None]) -> None:
    try:
        hook()
    except Exception:
        log.exception("A hook after the commit failed; what was committed stands.")


@event.listens_for(db.session, "before_commit")
def _refuse_stray_commits(session: Any) -> None:
    if not session.info.get("work"):
        raise RuntimeError("A commit outside an action. Write inside @transactional.")


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


# --- PostgreSQL: many writers, and a gate for whoever must write alone ---


def stop_other_writers() -> None:
    """Inside an action: wait until nobody else writes; whoever begins now waits until this one ends.

    Others go on reading. On SQLite every writer is alone anyway.
    """
    if not is_sqlite():
        db.session.execute(text(f"SET LOCAL lock_timeout = '{GATE_PATIENCE}'"))
        db.session.execute(select(func.pg_advisory_xact_lock(WRITERS_GATE)))


# --- SQLite: one writer at a time, and nobody waits inside C ---

_one_writer = threading.Lock()


@contextmanager
def _writing() -> Iterator[None]:
    if not is_sqlite():
        db.session.execute(select(func.pg_advisory_xact_lock_shared(WRITERS_GATE)))
        yield
        return
    if not _one_writer.acquire(timeout=SQLITE_PATIENCE_SECONDS):
        raise Unavailable
    try:
        _begin_immediate()
        yield
    finally:
        _one_writer.release()


def _begin_immediate() -> None:
    """Take SQLite's write lock; another process may hold it, so ask again for a while."""
    deadline = time.monotonic() + SQLITE_PATIENCE_SECONDS
    while True:
        try:
            db.session.connection(execution_options={"begin": "BEGIN IMMEDIATE"})
            return
        except OperationalError as error:
            db.session.rollback()
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise Unavailable from error
            time.sleep(random.uniform(0.005, 0.03))  # noqa: S311 - spreads the contenders


def is_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    if "sqlite" not in type(connection).__module__:
        return
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
        return options | {"pool_pre_ping": True}
    return options | {"module": _sqlite_module(), "connect_args": {"check_same_thread": False}}


def _sqlite_module() -> Any:
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
