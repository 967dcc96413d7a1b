"""Every revision of the line, down and up again with data: a new file in migrations/versions is covered, too.

A revision that cannot go down raises NotImplementedError; its docstring says why after ``No way down:``.
"""

from inspect import getsource
from typing import Any

import pytest
from alembic.script import Script, ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import MetaData, Table, func, inspect, select

from civicforum import paths
from civicforum.accounts.models import User
from civicforum.agreement.models import Limit
from civicforum.db import db, now, transaction
from civicforum.demo.loader import load_demo, plan_demo
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Thread
from civicforum.links.actions import use_links
from civicforum.moderation.models import Appeal, Measure, ReasonTemplate, RecordReading, Volunteer
from civicforum.moderation.queries import verify_log
from civicforum.schema import differences, is_in_models, upgrade_database

# It starts a dozen processes, on a machine that may be busy.
pytestmark = pytest.mark.timeout(600)

LINE: list[Script] = list(reversed(list(ScriptDirectory(str(paths.MIGRATIONS)).walk_revisions())))


def tables() -> dict[str, Table]:
    found = MetaData()
    db.session.rollback()
    found.reflect(db.engine, only=lambda name, _metadata: is_in_models(name))
    return {name: table for name, table in found.tables.items() if name != "alembic_version"}


def keys() -> dict[str, set[Any]]:
    """The primary keys of all rows, by table."""
    found = {
        name: set(map(tuple, db.session.execute(select(*table.primary_key.columns))))
        for name, table in tables().items()
    }
    db.session.rollback()
    return found


def shape() -> dict[str, Any]:
    """What the database says of its tables: columns, keys, indexes and checks."""
    looker = inspect(db.engine)
    return {
        name: (
            sorted((c["name"], repr(c["type"]), c["nullable"]) for c in looker.get_columns(name)),
            sorted((repr(i["name"]), i["column_names"], i["unique"]) for i in looker.get_indexes(name)),
            sorted(repr(sorted(k["column_names"])) for k in looker.get_unique_constraints(name)),
            sorted(
                (k["constrained_columns"], k["referred_table"], repr(k["options"]))
                for k in looker.get_foreign_keys(name)
            ),
            sorted(repr(c["name"]) for c in looker.get_check_constraints(name)),
        )
        for name in filter(is_in_models, looker.get_table_names())
    }


@pytest.fixture
def town(empty, made_once):
    """The demo community on the newest revision, with what it does not show: rows in nearly every table."""

    def make() -> None:
        upgrade_database(empty)
        load_demo(plan_demo())
        with transaction():
            use_links("post", 1, ["https://lamps.example/"])
            rule = {"rule_number": 2, "rule_title": "Speak"}
            db.session.add_all(
                [
                    Limit(kind="mute", place="thread:1", user_id=1, until=now(), **rule),
                    RecordReading(post_id=1, reader_id=1, reason="Asked."),
                    ReasonTemplate(key="rude", label="Rude", words="It is rude.", translations={}),
                    Volunteer(user_id=1),
                    Appeal(
                        measure=db.session.scalars(select(Measure).order_by(Measure.id)).first(),
                        case_id=1,
                        person_id=1,
                        side="author",
                        text="Look again.",
                        due_at=now(),
                    ),
                ]
            )

    made_once("demo", make)
    return empty


def may_go_down(script: Script) -> bool:
    return "No way down:" not in (script.module.__doc__ or "")


def has_a_way_down(script: Script) -> bool:
    """From the newest revision to below this one: what lies under a barrier cannot be reached."""
    return all(may_go_down(later) for later in LINE[LINE.index(script) :])


@pytest.mark.parametrize("script", [*filter(has_a_way_down, LINE)], ids=lambda script: script.revision)
def test_a_revision_goes_down_and_up_with_data(town, script):
    """What is on both sides of it keeps its rows; afterwards the shape is as before, and life goes on."""
    go_down_to(script.revision)
    before, shape_before = keys(), shape()
    assert sum(map(len, before.values())) > 500
    go_down_to(script.down_revision or "base")
    kept = keys()
    assert kept == {name: rows for name, rows in before.items() if name in kept}
    upgrade(revision=script.revision)
    assert shape() == shape_before
    after = keys()
    assert {name: after[name] for name in kept} == kept
    upgrade()
    assert differences() == []
    live_on(town)


def go_down_to(revision: str) -> None:
    db.session.remove()
    downgrade(revision=revision)


def live_on(app) -> None:
    """The town goes on where people and a thread were kept."""
    upgrade_database(app)
    thread = db.session.scalar(select(Thread).where(Thread.status == "open").limit(1))
    if thread is not None:
        author = db.session.scalars(select(User).order_by(User.id)).first()
        assert discussions.post_reply(author, thread.id, "And on we go.").seq
    assert verify_log()[1] is None


@pytest.mark.parametrize("script", LINE, ids=lambda script: script.revision)
def test_a_revision_goes_down_or_says_why_not(script):
    refuses = "NotImplementedError" in getsource(script.module.downgrade)
    assert refuses != may_go_down(script)


def test_the_line_is_one_and_every_revision_says_what_it_does():
    assert [script.down_revision for script in LINE] == [None, *(s.revision for s in LINE[:-1])]
    assert [script.revision for script in LINE if not (script.module.__doc__ or "").strip()] == []


def test_the_demo_fills_nearly_every_table(town):
    """Otherwise the check above would prove little."""
    found = tables().values()
    empty_ones = [t.name for t in found if not db.session.scalar(select(func.count()).select_from(t))]
    assert len(empty_ones) < len(db.metadata.tables) / 4, empty_ones
