"""Every test has a database of its own: a copy of one that was migrated once for the run.

So actions begin, lock and commit as they do in the town; nothing is faked but the clock, mail and chance.
"""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from postgres import *  # noqa: F403 - fixtures
from races import town  # noqa: F401 - a fixture
from raw_line import raw, unharmed  # noqa: F401 - fixtures, for clients that do not play by the rules
from redis_server import *  # noqa: F403 - fixtures
from running import browser, listener, new_page, server  # noqa: F401 - fixtures, one of each for the run
from smtp_server import smtp  # noqa: F401 - a fixture
from sqlalchemy import event
from werkzeug.test import TestResponse

from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db
from civicforum.schema import upgrade_database

# `make test-postgresql` sets this: the fixture `app` is then on PostgreSQL.
IS_ON_POSTGRESQL = os.environ.get("CIVICFORUM_TEST_DATABASE") == "postgresql"
SHARED = Path(__file__).resolve().parents[2] / "shared"


class Browser(FlaskClient):
    """Asks as one does from outside: each request in a context, and with a session, of its own.

    Flask would reuse the test's context, and with it who was signed in the last time. Afterwards the
    test's own objects are read anew.
    """

    def open(self, *args: Any, buffered: bool = True, **kwargs: Any) -> TestResponse:
        with self.application.app_context():
            response = super().open(*args, buffered=buffered, **kwargs)
        db.session.rollback()
        return response


@pytest.fixture(scope="session")
def session_app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application of this run, with a migrated, empty database kept aside as a template."""
    folder = tmp_path_factory.mktemp("data")
    environ = {"CIVICFORUM_DATA_DIR": str(folder), "CIVICFORUM_LIMITS": "off"}
    if IS_ON_POSTGRESQL:
        environ["CIVICFORUM_DATABASE_URL"] = request.getfixturevalue("postgres_cluster").url("of_the_run")
    app = create_app(load_settings(environ))
    app.testing = True
    app.test_client_class = Browser
    app.config["PROPAGATE_EXCEPTIONS"] = False
    if not IS_ON_POSTGRESQL:
        with app.app_context():
            event.listen(db.engine, "connect", _hurry)
        upgrade_database(app)
        with app.app_context():
            db.engine.dispose()
        shutil.copy(_file(app), folder / "template.sqlite3")
    _collect_seldom()
    return app


def _collect_seldom() -> None:
    """As what serves does: what was loaded so far stays, and is not walked for garbage with every request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


def _hurry(connection: Any, _record: Any) -> None:
    """Nobody pulls the plug in this process, so no commit waits for the disk."""
    connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture
def app(request: pytest.FixtureRequest, session_app: Flask) -> Iterator[Flask]:
    """The application on a fresh database, inside an application context."""
    with session_app.app_context():
        db.engine.dispose()
        if IS_ON_POSTGRESQL:
            request.getfixturevalue("postgres_cluster").copy_template("of_the_run")
        else:
            _put_file(session_app, session_app.config["DATA_DIR"] / "template.sqlite3")
        for leftover in ("mail", "files"):
            shutil.rmtree(session_app.config["DATA_DIR"] / leftover, ignore_errors=True)
        yield session_app
        db.session.remove()
        db.engine.dispose()


def _put_file(app: Flask, kept: Path) -> None:
    for leftover in ("-wal", "-shm"):
        Path(f"{_file(app)}{leftover}").unlink(missing_ok=True)
    shutil.copy(kept, _file(app))


def _file(app: Flask) -> Path:
    return app.config["DATA_DIR"] / "civicforum.sqlite3"


@pytest.fixture(scope="session")
def _kept() -> dict[str, tuple[Path, Any]]:
    """What ``made_once`` has made, by name: the folder of its copy, and what the maker told of it."""
    return {}


@pytest.fixture
def made_once(app: Flask, _kept, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """``made_once(name, make)``: the town is as ``make()`` leaves an empty one; what it gave is given.

    It is made by the first test that asks; each later one gets a copy of its own, database and files.
    On PostgreSQL it is made anew.
    """
    data = app.config["DATA_DIR"]

    def put(name: str, make: Callable[[], Any]) -> Any:
        if IS_ON_POSTGRESQL:
            return make()
        if name not in _kept:
            told, folder = make(), tmp_path_factory.mktemp(name)
            db.session.remove()
            db.engine.dispose()
            shutil.copy(_file(app), folder / "town.sqlite3")
            shutil.copytree(data / "files", folder / "files")
            _kept[name] = folder, told
            return told
        folder, told = _kept[name]
        db.session.remove()
        db.engine.dispose()
        _put_file(app, folder / "town.sqlite3")
        shutil.copytree(folder / "files", data / "files")
        return told

    return put


@pytest.fixture
def with_limits(app: Flask) -> Iterator[None]:
    """As in a town, where newcomers write slowly and nobody flags all day; tests go without."""
    app.extensions["limiter"].is_off = False
    yield
    app.extensions["limiter"].is_off = True


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript that nobody is signed in to."""
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask):
    """``sign_in(user)`` gives a browser in which that person is signed in."""

    def signed_in(user) -> FlaskClient:
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"] = user.get_id()
            session["_fresh"] = True
        return client

    return signed_in


@pytest.fixture
def token_for(app: Flask):
    """``token_for(user)`` gives the headers of an API client with all of that person's rights."""
    from factories import make_token

    def headers(user) -> dict[str, str]:
        return {"Authorization": f"Bearer {make_token(user)}"}

    return headers


class QueryCount:
    """How many statements were sent to the database, and which."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    @property
    def total(self) -> int:
        return len(self.statements)


@pytest.fixture
def count_queries(app: Flask):
    """``with count_queries() as n: ...`` counts what is sent to the database meanwhile, in ``n.total``."""

    @contextmanager
    def counting() -> Iterator[QueryCount]:
        count = QueryCount()

        def note(_connection, _cursor, statement, *_rest) -> None:
            if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE", "ROLLBACK")):
                count.statements.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield count
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return counting


@pytest.fixture
def shared() -> Path:
    """The team's folder of real data; what needs it is skipped, clearly, where it is not."""
    if not SHARED.is_dir():
        pytest.skip("../shared is not here: the checks on real data are left out")
    return SHARED


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("CIVICFORUM_"):
            monkeypatch.delenv(name)
