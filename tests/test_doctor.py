"""``civicforum doctor``: it finds what is ill, says the next step, and ends with 1."""

import shutil
import sqlite3
from pathlib import Path

import pytest
from commands import run_command
from running import free_port


@pytest.fixture
def home(tmp_path, session_app) -> Path:
    """The data directory of a town that is well."""
    folder = tmp_path / "home"
    folder.mkdir()
    shutil.copy(session_app.config["DATA_DIR"] / "template.sqlite3", folder / "civicforum.sqlite3")
    return folder


def ask(home: Path, **settings: str) -> tuple[int, list[str], list[str]]:
    """The exit code, and the sentences for what is well and what is not."""
    environ = {f"CIVICFORUM_{name}": value for name, value in settings.items()}
    done = run_command({"CIVICFORUM_DATA_DIR": str(home), "PATH": "", **environ}, "doctor")
    assert len(done.stderr.splitlines()) == done.returncode
    lines = done.stdout.splitlines()
    return (
        done.returncode,
        [line[6:] for line in lines if line.startswith("ok")],
        [line[6:] for line in lines if line.startswith("LOOK")],
    )


def change(home: Path, statement: str) -> None:
    with sqlite3.connect(home / "civicforum.sqlite3") as database:
        database.execute(statement)
    database.close()


def test_a_town_that_is_well_needs_no_hand(home):
    code, well, ill = ask(home)
    assert (code, ill) == (0, [])
    assert len(well) >= 12


JOB = (
    "INSERT INTO job (task, arguments, run_at, attempts, created_at, failed_at) VALUES"
    " ('townhalls.remind', '{}', '2020-01-01 00:00:00.000000', 0, '2020-01-01 00:00:00.000000', %s)"
)
LINE = (
    "INSERT INTO log_entry (number, at, action, target, place, rule, actor_role, previous, hash) VALUES"
    " (1, '2020-01-01T00:00:00Z', 'hide', 'post:1', 'thread:1', '1 Kind', 'moderator', '0', '0')"
)
ILLS = {
    "an older database": ("DELETE FROM alembic_version", "civicforum db upgrade"),
    "a newer database": ("UPDATE alembic_version SET version_num = '9999'", "install the program that it"),
    "a table changed by hand": ("ALTER TABLE person ADD COLUMN shoes TEXT", "differ from this version in 1"),
    "no stream": ("DELETE FROM stream", "civicforum db upgrade"),
    "late work": (JOB % "NULL", "see that civicforum serve runs"),
    "failed work": (JOB % "'2020-01-01 00:00:00.000000'", "1 jobs failed for good (townhalls.remind)"),
    "a broken record": (LINE, "log is broken at row 1"),
}


@pytest.mark.parametrize("ill", ILLS)
def test_what_is_ill_in_the_database_is_found(home, ill):
    statement, words = ILLS[ill]
    change(home, statement)
    code, _well, found = ask(home)
    assert code == 1
    assert len(found) == 1
    assert words in found[0]


def test_what_is_ill_around_it_is_found(home):
    nowhere = free_port()
    code, _well, found = ask(
        home,
        REDIS_URL=f"redis://127.0.0.1:{nowhere}",
        MAIL_URL=f"smtp://127.0.0.1:{nowhere}",
        BASE_URL="http://forum.example.org",
        SECRET_KEY="a" * 40,
    )
    assert code == 1
    assert [sentence.partition(" ")[0] for sentence in found] == ["Redis", "The", "The", "People"]
    assert "CIVICFORUM_MAIL_URL" in found[1]
    assert "CIVICFORUM_SECRET_KEY" in found[2]
    assert "https://" in found[3]


def test_a_secret_that_others_can_read_is_found(home):
    assert ask(home)[0] == 0
    (home / "secret_key").chmod(0o644)
    assert "chmod 600" in ask(home)[2][0]


def test_a_database_that_does_not_answer_is_one_finding(home):
    found = ask(home, DATABASE_URL=f"postgresql://nobody@127.0.0.1:{free_port()}/town")[2]
    assert len(found) == 1
    assert "CIVICFORUM_DATABASE_URL" in found[0]


def test_the_other_services_are_asked(home, postgres_url, redis_server):
    code, well, ill = ask(home, DATABASE_URL=postgres_url, REDIS_URL=redis_server.url)
    assert (code, ill) == (0, [])
    assert "The clocks of the database and of this machine agree." in well
    assert "The clocks of Redis and of this machine agree." in well
