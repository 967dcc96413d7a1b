"""``civicforum import calendar``."""

import os

import pytest
from commands import run_command
from factories import make_project

from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db
from civicforum.schema import upgrade_database


@pytest.fixture
def run(tmp_path):
    """Runs the command on a town that has the project ``water``."""
    app = create_app(load_settings({"CIVICFORUM_DATA_DIR": str(tmp_path)}))
    upgrade_database(app)
    with app.app_context():
        make_project(slug="water")
        db.session.remove()
        db.engine.dispose()
    environment = {**os.environ, "CIVICFORUM_DATA_DIR": str(tmp_path)}

    def command(*arguments):
        return run_command(environment, "import", "calendar", *map(str, arguments))

    return command


def test_a_calendar_is_brought_in_and_again_without_a_change(run, shared):
    path = shared / "data/calendars/great-lakes-water-authority.ics"
    first, again = run(path, "--project", "water"), run(path, "--project", "water")
    assert first.returncode == 0, first.stderr
    lines = first.stdout.splitlines()
    assert (lines[0], lines[4], lines[-1]) == (
        "new: 2018-06-27 13:00 America/Detroit Legal Committee Meeting (cancelled)",
        "new: 2018-07-20 08:00 America/Detroit Audit Committee Meeting",
        "7 new, 0 changed, 0 unchanged.",
    )
    assert again.stdout.splitlines()[-1] == "0 new, 0 changed, 7 unchanged."


def test_what_cannot_be_read_is_one_line_and_nothing_is_saved(run, tmp_path):
    file = tmp_path / "x.ics"
    file.write_text("hello")
    failed = run(file, "--project", "water")
    assert (failed.returncode, failed.stderr.count("\n")) == (1, 1)
    assert run(file, "--project", "nowhere").stderr == "There is no project nowhere.\n"
