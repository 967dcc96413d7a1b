"""Databases that are still empty, of both kinds, and the application on them."""

import itertools
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from alembic.script import ScriptDirectory
from postgres import Cluster

from civicforum import paths
from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db

_names = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request, tmp_path) -> Iterator[dict[str, str]]:
    """The environment of an installation whose database is still empty."""
    environ = {"CIVICFORUM_DATA_DIR": str(tmp_path), "CIVICFORUM_LIMITS": "off"}
    if request.param == "sqlite":
        yield environ
        return
    cluster = request.getfixturevalue("postgres_cluster")
    name = f"unmigrated_{next(_names)}"
    cluster.execute(f"CREATE DATABASE {name}")
    yield {**environ, "CIVICFORUM_DATABASE_URL": cluster.url(name)}
    cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty(settings):
    """The application on an empty database."""
    app = create_app(load_settings(settings))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="module")
def _kept() -> dict[tuple[str, str], Any]:
    """What ``made_once`` has made in this file: by kind of database and name, where its copy is."""
    return {}


@pytest.fixture
def made_once(empty, _kept, request, tmp_path_factory) -> Callable[[str, Callable[[], None]], None]:
    """``made_once(name, make)``: the database is as ``make()`` leaves one.

    It is made by the first test that asks; each later one gets a copy of its own.
    """

    def put(name: str, make: Callable[[], None]) -> None:
        kind, database = db.engine.dialect.name, str(db.engine.url.database)
        copy = partial(_copy_file, tmp_path_factory.getbasetemp())
        if kind == "postgresql":
            copy = partial(_copy_database, request.getfixturevalue("postgres_cluster"))
        if (kind, name) not in _kept:
            make()
            _kept[kind, name] = f"kept_{next(_names)}"
            copy(database, _kept[kind, name])
        else:
            copy(_kept[kind, name], database)

    return put


def _copy_file(folder: Path, source: str, target: str) -> None:
    """Both are paths, or the name of a file in the folder. Nobody is connected, so there is no journal."""
    db.session.remove()
    db.engine.dispose()
    shutil.copy(folder / source, folder / target)


def _copy_database(cluster: Cluster, source: str, target: str) -> None:
    db.session.remove()
    db.engine.dispose()
    cluster.execute(f"DROP DATABASE IF EXISTS {target} WITH (FORCE)")
    cluster.execute(f"CREATE DATABASE {target} TEMPLATE {source}")


@pytest.fixture
def longer_line(tmp_path):
    """A folder of migrations with one more: it rebuilds the table that most others point to."""
    folder = tmp_path / "migrations"
    shutil.copytree(paths.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    head = ScriptDirectory(str(folder)).get_current_head()
    (folder / "versions" / "9999_next.py").write_text(NEXT.format(head=head))
    return folder


NEXT = '''"""People say how they are addressed."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.add_column(sa.Column("pronouns", sa.String(40), nullable=False, server_default=""))
        table.alter_column("name", type_=sa.String(321))
    with op.batch_alter_table("thread") as table:
        table.alter_column("title", type_=sa.String(321))


def downgrade() -> None:
    with op.batch_alter_table("person") as table:
        table.drop_column("pronouns")
'''
