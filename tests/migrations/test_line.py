"""The line of history: up, down and up again, on both databases; a database ahead of the program."""

import pytest
from factories import make_post, make_project, make_thread, make_user
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select

from civicforum.db import db
from civicforum.discussions.models import Post
from civicforum.errors import CommandError
from civicforum.live.changes import current_stream
from civicforum.schema import differences, is_in_models, upgrade_database


def tables() -> set[str]:
    return set(filter(is_in_models, inspect(db.engine).get_table_names())) - {"alembic_version"}


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


def test_a_database_of_a_newer_version_is_refused_with_a_sentence(empty, longer_line):
    upgrade_database(empty)
    db.session.remove()
    upgrade(directory=str(longer_line))
    with pytest.raises(CommandError, match=r"newer version \(9999\) than this program"):
        upgrade_database(empty)
