"""Several people at the same moment, each with a request of their own, on both databases.

The fixture ``town`` is taken in by the one conftest.py.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, select, text

from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import Base, db
from civicforum.errors import CivicForumError
from civicforum.schema import upgrade_database

__all__ = ["at_once", "town"]


@pytest.fixture(params=["sqlite", "postgresql"])
def town(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An application on a committed database of its own."""
    environ = {"CIVICFORUM_DATA_DIR": str(tmp_path), "CIVICFORUM_LIMITS": "off"}
    if request.param == "postgresql":
        environ["CIVICFORUM_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    app = create_app(load_settings(environ))
    upgrade_database(app)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def at_once(app: Flask, deeds: Sequence[Callable[[], Any]], held: type[Base] | None = None) -> list[Any]:
    """Do all of these at the same moment; what each came to, or how it was refused.

    ``held``: on PostgreSQL all rows of this table are held until every deed waits for one of them, so that
    they meet behind that lock and not by chance.
    """
    start = Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait(20)
            try:
                return deed()
            except CivicForumError as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(deeds)) as pool, _hold(app, held) as await_waiting:
        running = [pool.submit(run, deed) for deed in deeds]
        await_waiting(len(deeds))
    return [deed.result() for deed in running]


@contextmanager
def _hold(app: Flask, model: type[Base] | None) -> Iterator[Callable[[int], None]]:
    """Hold the rows of a table until so many others wait. SQLite has one writer anyway."""
    with app.app_context():
        if model is None or db.engine.dialect.name == "sqlite":
            yield lambda number: None
            return
        with db.engine.connect() as holder, db.engine.connect() as looker:
            holder.execute(select(model).with_for_update(of=model))
            yield partial(_await_waiting, looker)


def _await_waiting(looker: Connection, number: int) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    deadline = time.monotonic() + 20
    while looker.scalar(waiting) < number and time.monotonic() < deadline:
        looker.rollback()  # the view is read once in each transaction
        time.sleep(0.02)
