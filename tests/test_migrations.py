"""The line of history: up, down and up again, with data, on both databases; two starts migrate once."""

import subprocess

import pytest
from factories import make_post, make_project, make_thread, make_user
from flask_migrate import downgrade, upgrade
from running import COMMAND
from sqlalchemy import inspect, select

from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db
from civicforum.discussions.models import Post
from civicforum.live.changes import current_stream
from civicforum.schema import differences, upgrade_database


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request, tmp_path) -> dict[str, str]:
    """The environment of an installation whose database is still empty."""
    environ = {"CIVICFORUM_DATA_DIR": str(tmp_path), "CIVICFORUM_LIMITS": "off"}
    if request.param == "postgresql":
        cluster = request.getfixturevalue("postgres_cluster")
        cluster.execute("DROP DATABASE IF EXISTS unmigrated WITH (FORCE)")
        cluster.execute("CREATE DATABASE unmigrated")
        environ["CIVICFORUM_DATABASE_URL"] = cluster.url("unmigrated")
    return environ


@pytest.fixture
def empty(settings):
    """The application on an empty database."""
    app = create_app(load_settings(settings))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_the_database_becomes_what_the_models_say(empty):
    upgrade_database(empty)
    assert tables() == set(db.metadata.tables)
    assert differences() == []
    assert len(current_stream()) == 16


def test_the_way_down_leaves_nothing_and_the_way_up_brings_all_back(empty):
    upgrade_database(empty)
    make_post(make_thread(make_project(), make_user()), make_user(), "Words that go.")
    db.session.remove()
    downgrade(revision="base")
    assert tables() == set()
    upgrade()
    assert tables() == set(db.metadata.tables)
    assert db.session.scalars(select(Post)).all() == []


def test_migrating_again_changes_nothing(empty):
    upgrade_database(empty)
    stream = current_stream()
    db.session.remove()
    upgrade_database(empty)
    assert (current_stream(), differences()) == (stream, [])


def test_two_that_start_at_once_migrate_once(empty, settings):
    command = [COMMAND, "db", "upgrade"]
    started = [
        subprocess.Popen(
            command, env={**settings, "PATH": "/usr/bin:/bin"}, stderr=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    told = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0], told
    assert differences() == []
