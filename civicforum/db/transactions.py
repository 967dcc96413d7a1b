"""The action is the transaction, and what is done before and after its commit."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from civicforum.db.tables import db
from civicforum.db.writers import writing
from civicforum.errors import Unavailable

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
A = TypeVar("A")

# What is raised while the database is away, locked, full or overrun: a fault that heals, no mistake of ours.
OUT_OF_REACH = (OperationalError, InterfaceError, PoolTimeout)
# How often an action that another one was quicker than begins again.
COLLISIONS = 5


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
    with writing():
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
