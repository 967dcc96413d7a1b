"""A migration that is killed leaves the database as it was; two processes that start at once migrate once."""

import subprocess

import pytest
from commands import run_command
from factories import make_post, make_project, make_rsvp, make_thread, make_town_hall, make_user
from pausing import Paused
from running import COMMAND
from sqlalchemy import MetaData, func, inspect, select

from civicforum.db import db
from civicforum.live.changes import current_stream
from civicforum.schema import differences, is_in_models, upgrade_database

# It starts a dozen processes, on a machine that may be busy.
pytestmark = pytest.mark.timeout(600)


def run(settings: dict[str, str], *command: str) -> tuple[int, str]:
    done = run_command({**settings, "PATH": "/usr/bin:/bin"}, *command)
    return done.returncode, done.stderr


def tables() -> set[str]:
    """The tables of now, with Alembic's own."""
    db.session.rollback()
    return set(filter(is_in_models, inspect(db.engine).get_table_names()))


def counts() -> dict[str, int]:
    """Rows by table, whatever tables there are."""
    found = MetaData()
    db.session.rollback()
    found.reflect(db.engine, only=lambda name, _metadata: is_in_models(name))
    rows = {name: db.session.scalar(select(func.count()).select_from(t)) for name, t in found.tables.items()}
    db.session.rollback()
    return rows


def check_sqlite() -> None:
    """SQLite's own checks, where it is SQLite."""
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


MOMENTS = {
    "the first table": ("CREATE TABLE post|CREATE TABLE person", 1),
    "midway": ("CREATE (UNIQUE )?INDEX", 20),
    "all but the commit": ("INSERT INTO alembic_version", 1),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_first_migration_that_is_killed_leaves_nothing(empty, settings, tmp_path, moment):
    Paused(tmp_path, settings, *MOMENTS[moment], "db", "upgrade").kill()
    assert tables() == set()
    assert run(settings, "db", "upgrade") == (0, "")
    assert run(settings, "db", "check") == (0, "")
    assert tables() == {*db.metadata.tables, "alembic_version"}
    check_sqlite()


def test_one_killed_before_the_stream_is_named_is_finished_by_the_next(empty, settings, tmp_path):
    Paused(tmp_path, settings, "INSERT INTO stream", 1, "db", "upgrade").kill()
    assert current_stream() == ""
    assert run(settings, "db", "upgrade") == (0, "")
    db.session.rollback()
    assert len(current_stream()) == 16


@pytest.fixture
def town(empty, made_once):
    """A migrated database in which people have met and spoken."""

    def make() -> None:
        upgrade_database(empty)
        people = [make_user() for _ in range(3)]
        project = make_project()
        thread = make_thread(project, people[0])
        for person in people:
            make_post(thread, person)
            make_rsvp(make_town_hall(project), person)

    made_once("town", make)
    return empty


NEXT_MOMENTS = {
    "while the table is copied": ("INSERT INTO _alembic_tmp_person|ALTER TABLE person ADD COLUMN", 1),
    "between two tables": ("ALTER TABLE _alembic_tmp_person RENAME|ALTER TABLE person ALTER COLUMN", 1),
    "all but the commit": ("UPDATE alembic_version", 1),
}


@pytest.mark.parametrize("moment", NEXT_MOMENTS)
def test_a_further_migration_that_is_killed_leaves_every_row(town, settings, tmp_path, longer_line, moment):
    before = counts()
    assert before["rsvp"] == 3
    Paused(tmp_path, settings, *NEXT_MOMENTS[moment], "db", "upgrade").kill()
    assert counts() == before
    assert run(settings, "db", "check") == (0, "")
    check_sqlite()


def test_a_further_migration_keeps_every_row(town, settings, tmp_path, longer_line):
    before = counts()
    upgrade_by(town, longer_line)
    assert counts() == before
    assert "pronouns" in {column["name"] for column in inspect(db.engine).get_columns("person")}
    check_sqlite()


def upgrade_by(app, folder) -> None:
    from flask_migrate import upgrade

    db.session.remove()
    upgrade(directory=str(folder))


def test_of_two_that_start_at_once_the_second_waits_and_finds_all_done(empty, settings, tmp_path):
    first = Paused(tmp_path, settings, "CREATE TABLE post", 1, "db", "upgrade")
    second = subprocess.Popen(
        [COMMAND, "db", "upgrade"],
        env={**settings, "PATH": "/usr/bin:/bin"},
        stderr=subprocess.PIPE,
        text=True,
    )
    with pytest.raises(subprocess.TimeoutExpired):
        second.wait(timeout=4)
    assert tables() == set()
    assert first.go_on()[0] == 0
    assert (second.communicate(timeout=90)[1], second.returncode) == ("", 0)
    assert differences() == []


def test_many_that_start_at_once_migrate_once(empty, settings):
    started = [
        subprocess.Popen(
            [COMMAND, "db", "upgrade"],
            env={**settings, "PATH": "/usr/bin:/bin"},
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    told = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], told
    assert differences() == []
    assert len(current_stream()) == 16
