"""Several people at the same moment, each with a request of their own, on both databases.

The fixture ``town`` is taken in by the one conftest.py.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask

from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db
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


def at_once(app: Flask, deeds: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all of these at the same moment; what each came to, or how it was refused."""
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

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))
