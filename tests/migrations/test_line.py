"""The line of history: up, down and up again, on both databases; a database ahead of the program."""

import pytest
from alembic.script import ScriptDirectory
from factories import make_post, make_project, make_thread, make_user
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select

from civicforum import paths
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


def test_the_line_goes_down_to_where_it_may_and_up_again(empty):
    upgrade_database(empty)
    make_post(make_thread(make_project(), make_user()), make_user(), "Words that stay.")
    db.session.remove()
    with pytest.raises(SystemExit):
        downgrade(revision="base")
    assert db.session.scalar(select(Post.body)) == "Words that stay."
    db.session.remove()
    downgrade(revision=barrier())
    upgrade()
    assert differences() == []
    assert db.session.scalar(select(Post.body)) == "Words that stay."


def barrier() -> str:
    """The newest revision that cannot be taken back."""
    newest_first = ScriptDirectory(str(paths.MIGRATIONS)).walk_revisions()
    return next(script.revision for script in newest_first if "No way down:" in (script.module.__doc__ or ""))


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
