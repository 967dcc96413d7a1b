"""The action is the transaction."""

import itertools
import shutil
import sqlite3
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
import pytest
from factories import make_user, save
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError, StatementError

from civicforum.accounts.models import EndedSession, User
from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import (
    COLLISIONS,
    after_commit,
    db,
    engine,
    engine_options,
    lock,
    transaction,
    transactional,
    writers,
)
from civicforum.errors import Unavailable
from civicforum.schema import upgrade_database


@transactional
def rename(actor, user, name, fail=False):
    db.session.get_one(User, user.id).name = name
    after_commit(lambda: told.append(name))
    if fail:
        raise ValueError(name)


told: list[str] = []


@pytest.fixture(autouse=True)
def _nothing_told() -> None:
    told.clear()


def test_an_action_commits_and_then_tells(app):
    user = make_user()
    rename(user, user, "New")
    assert (user.name, told) == ("New", ["New"])


def test_a_failed_action_leaves_nothing_and_tells_nobody(app):
    user = make_user(name="Old")
    with pytest.raises(ValueError, match="New"):
        rename(user, user, "New", fail=True)
    assert (user.name, told) == ("Old", [])


def test_hooks_of_a_failed_inner_action_die_with_it(app):
    user = make_user(name="Old")

    @transactional
    def outer(actor):
        rename(actor, user, "Outer")
        with pytest.raises(ValueError, match="Inner"):
            rename(actor, user, "Inner", fail=True)

    outer(user)
    assert (user.name, told) == ("Outer", ["Outer"])


def test_a_commit_outside_an_action_is_refused(app):
    user = make_user(name="Old")
    user.name = "Sneaky"
    with pytest.raises(RuntimeError, match="outside an action"):
        db.session.commit()
    db.session.rollback()
    assert user.name == "Old"


def test_after_commit_outside_an_action_is_refused(app):
    with pytest.raises(RuntimeError, match="outside an action"):
        after_commit(lambda: None)


def test_a_time_that_nobody_can_place_is_not_kept(app):
    with pytest.raises(StatementError, match="aware"):
        save(EndedSession(key="k", ended_at=datetime(2026, 10, 20, 18)))  # noqa: DTZ001 - the fault
    assert db.session.scalars(select(EndedSession)).all() == []


def test_a_time_comes_back_as_utc_whatever_zone_it_was_told_in(app):
    there = datetime(2026, 10, 20, 18, 30, tzinfo=ZoneInfo("America/Detroit"))
    save(EndedSession(key="k", ended_at=there))
    db.session.expire_all()
    kept = db.session.scalars(select(EndedSession.ended_at)).one()
    assert (kept, kept.utcoffset()) == (there, timedelta())


def test_a_hook_that_fails_is_logged_and_the_others_and_the_change_stand(app, caplog):
    user = make_user()

    @transactional
    def rename_badly(actor):
        after_commit(lambda: 1 / 0)
        rename(actor, user, "New")

    rename_badly(user)
    assert (user.name, told) == ("New", ["New"])
    assert ["what was committed stands" in record.message for record in caplog.records] == [True]


# --- who was quicker ---


@transactional
def take_handle(actor, handles):
    """Take the next of these handles, and tell of it."""
    handle = next(handles)
    after_commit(lambda: told.append(handle))
    db.session.add(User(email=f"{handle}@example.org", name="N", name_skeleton="n", handle=handle))


def test_an_action_that_another_was_quicker_than_begins_again_and_tells_once(app):
    user = make_user(handle="taken")
    take_handle(user, iter(["taken", "free"]))
    assert (db.session.scalars(select(User.handle).order_by(User.id)).all(), told) == (
        ["taken", "free"],
        ["free"],
    )


def test_a_part_of_an_action_begins_again_with_the_whole(app):
    user, begun, handles = make_user(handle="taken"), [], iter(["taken", "free"])

    @transactional
    def outer(actor):
        begun.append(actor)
        take_handle(actor, handles)

    outer(user)
    assert (len(begun), told) == (2, ["free"])


def test_what_can_never_be_written_is_an_error_after_some_tries(app):
    user = make_user(handle="taken")
    handles = itertools.repeat("taken", 100)
    with pytest.raises(IntegrityError):
        take_handle(user, handles)
    assert (told, 100 - len(list(handles))) == ([], 1 + COLLISIONS)


# --- SQLite: one writer at a time ---


@pytest.fixture
def sqlite_app(tmp_path):
    """An application on SQLite, whatever the others of this run are on."""
    app = create_app(load_settings({"CIVICFORUM_DATA_DIR": str(tmp_path)}))
    upgrade_database(app)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@contextmanager
def held_by_another_process(app):
    """The write lock of the database's file, as a command or a backup would hold it; gives ``release``."""
    # The same library: of two in one process, neither would see the other's locks.
    sqlite = engine_options("sqlite:///x")["module"]
    other = sqlite.connect(app.config["DATA_DIR"] / "civicforum.sqlite3", check_same_thread=False)
    other.isolation_level = None
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other.rollback
    finally:
        other.close()


def test_an_action_waits_for_another_process_that_writes(sqlite_app):
    user = make_user()
    with held_by_another_process(sqlite_app) as release:
        later = threading.Timer(0.3, release)
        later.start()
        rename(user, user, "New")
        later.join()
    assert user.name == "New"


def test_who_waits_too_long_for_another_process_is_told_so_and_nothing_is_written(sqlite_app, monkeypatch):
    monkeypatch.setattr(writers, "PATIENCE_SECONDS", 0.2)
    user = make_user(name="Old")
    with held_by_another_process(sqlite_app), pytest.raises(Unavailable):
        rename(user, user, "New")
    assert (user.name, told) == ("Old", [])
    rename(user, user, "New")
    assert user.name == "New"


def test_who_waits_too_long_for_another_request_is_told_so_and_nothing_is_written(sqlite_app, monkeypatch):
    monkeypatch.setattr(writers, "PATIENCE_SECONDS", 0.2)
    user = make_user(name="Old")
    has_begun, may_end = threading.Event(), threading.Event()

    def write_slowly():
        with sqlite_app.app_context(), transaction():
            has_begun.set()
            may_end.wait(20)

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(write_slowly)
        has_begun.wait(20)
        with pytest.raises(Unavailable):
            rename(user, user, "New")
        may_end.set()
        slow.result()
    assert (user.name, told) == ("Old", [])


def test_a_database_that_is_gone_is_said_at_once(tmp_path):
    app = create_app(load_settings({"CIVICFORUM_DATA_DIR": str(tmp_path / "gone")}))
    shutil.rmtree(tmp_path / "gone")
    with app.app_context(), pytest.raises(Unavailable), transaction():
        pass


def test_without_the_newer_sqlite_pythons_own_is_used(monkeypatch):
    monkeypatch.setitem(sys.modules, "pysqlite3", None)
    assert engine_options("sqlite:///x")["module"] is sqlite3.dbapi2
    assert "module" not in engine_options("postgresql+psycopg:///x")


def test_on_postgresql_nobody_waits_for_a_lock_without_end(postgres_url, tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "PATIENCE_SECONDS", 0.3)
    settings = {"CIVICFORUM_DATA_DIR": str(tmp_path), "CIVICFORUM_DATABASE_URL": postgres_url}
    app = create_app(load_settings(settings))
    with app.app_context():
        user_id = make_user().id
        db.session.rollback()
        with psycopg.connect(postgres_url.replace("+psycopg", "")) as other:
            other.execute("LOCK TABLE person IN ACCESS EXCLUSIVE MODE")
            with pytest.raises(OperationalError, match="lock timeout"), transaction():
                lock(User, user_id)
        with transaction():
            assert lock(User, user_id).id == user_id
        db.session.remove()
        db.engine.dispose()
