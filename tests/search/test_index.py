"""The index is as everything is: after each deed, made anew, and on both databases."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from factories import (
    make_agreement,
    make_organization,
    make_post,
    make_project,
    make_thread,
    make_town_hall,
    make_user,
    save,
)
from races import town as both  # noqa: F401 - a fixture
from sqlalchemy import delete, select, update

from civicforum.cli import search as command
from civicforum.db import db, now, transaction
from civicforum.discussions.models import Post, Thread
from civicforum.partnerships.models import Update
from civicforum.schema import differences, upgrade_database
from civicforum.search import index, matching
from civicforum.search.models import SearchEntry, SearchState
from civicforum.search.sources import Source, register
from civicforum.search.words import parse_terms
from civicforum.townhalls.models import AgendaItem, Summary


def ids(query, *marks, limit=100):
    wanted = matching.Wanted(parse_terms(query), marks)
    statement = matching.newest_first(wanted).with_only_columns(SearchEntry.id).limit(limit)
    return list(db.session.scalars(statement))


def fill():
    """Something of each kind, with words in it that only some of them have."""
    make_agreement()
    office = make_organization(name="Harbour Trust", about="We keep the **quay**.")
    project = make_project(make_user(), office, title="The Quay", vision="A *quay* for all.")
    thread = make_thread(project, title="¿Dónde está el muelle?")
    make_post(thread, make_user(), "El muelle: café!")
    make_post(thread, make_user(), "hidden muelle", state="hidden")
    make_thread(project, title="muelle pending", status="pending")
    hall = make_town_hall(project, title="Walk", summary="Along the quay")
    make_town_hall(project, title="quay draft", status="draft")
    save(
        AgendaItem(town_hall_id=hall.id, position=1, title="The cranes"),
        Summary(town_hall_id=hall.id, version=1, body="x", html="<p>crane one</p>", attendance=1),
        Summary(
            town_hall_id=hall.id, version=2, body="x", html="<p>Two cra<em>nes</em> stay</p>", attendance=1
        ),
    )
    save(Update(project_id=project.id, title="News", body="x", html="<p>quay</p>", published_at=now()))
    with transaction():
        index.refresh("townhall", hall.id)
    return project, thread


def test_only_what_everybody_in_the_project_may_read_is_indexed(app):
    fill()
    rows = db.session.execute(select(SearchEntry.kind, SearchEntry.title, SearchEntry.body)).all()
    assert sorted(tuple(row) for row in rows) == [
        ("organization", "harbour trust", "we keep the quay"),
        ("post", "", "el muelle cafe"),
        ("project", "the quay", "a quay for all"),
        ("thread", "donde esta el muelle", ""),
        ("townhall", "walk", "along the quay main library the cranes two cranes stay"),
        ("update", "news", "quay"),
    ]
    assert index.faults() == []


def test_both_databases_find_the_same(both):  # noqa: F811
    with both.app_context():
        project, thread = fill()
        words = ["MUELLE", "cafe", "Café", "quay", "mue caf", "crane", "donde esta", "to", "nothing", "18e5"]
        found = [sorted(key % 16 for key in ids(word)) for word in words]
        assert found == [[4, 5], [5], [5], [0, 1, 2, 3], [5], [3], [4], [], [], []]
        assert ids("muelle", matching.mark("t", [thread.id]), matching.mark("k", ["post"])) == ids("cafe")
        assert ids("quay", matching.mark("p", [0, project.id])) == ids("quay")
        assert ids("quay", matching.mark("p", [project.id + 1])) == []
        assert ids("muelle", limit=1) == ids("muelle")[:1]
        assert ids("muelle") == sorted(ids("muelle"), reverse=True)
        assert differences() == []


def test_the_index_follows_its_rows_whoever_changes_them(both):  # noqa: F811
    with both.app_context():
        _project, thread = fill()
        with transaction():
            db.session.execute(update(SearchEntry).where(SearchEntry.kind == "post").values(body="otro"))
        assert [len(ids(word)) for word in ("cafe", "otro")] == [0, 1]
        with transaction():
            db.session.execute(delete(Post))
            db.session.execute(delete(Thread).where(Thread.id == thread.id))
        assert ids("otro") == [] == ids("donde")


def test_made_anew_it_is_whole_again(both):  # noqa: F811
    with both.app_context():
        _project, thread = fill()
        post = make_post(thread, make_user(), "muelle viejo")
        with transaction():
            db.session.execute(delete(SearchEntry).where(SearchEntry.kind != "post"))
            db.session.execute(update(SearchEntry).values(body="stale"))
            db.session.execute(delete(Post).where(Post.id == post.id))
        assert len(index.faults()) == 7
        seen = []
        assert index.rebuild(seen.append) == 6
        assert index.faults() == []
        assert sum(seen) > 6


def test_an_upgrade_makes_an_older_index_anew_and_leaves_a_present_one_alone(app):
    fill()
    with transaction():
        db.session.execute(update(SearchEntry).values(body="stale"))
    upgrade_database(app)
    assert len(index.faults()) == 6
    with transaction():
        db.session.execute(update(SearchState).values(version=0))
    upgrade_database(app)
    assert index.faults() == []
    assert index.is_current()


def test_stopped_half_way_it_is_made_anew_by_the_next_upgrade(app, monkeypatch):
    fill()

    def stop(_count):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        index.rebuild(stop)
    db.session.rollback()
    assert not index.is_current()
    assert index.count_findable() == 10
    db.session.rollback()
    upgrade_database(app)
    assert index.is_current()


def test_more_than_one_batch_is_indexed(app, monkeypatch):
    monkeypatch.setattr(index, "BATCH", 2)
    thread = make_thread(make_project())
    for number in range(5):
        make_post(thread, make_user(), f"lantern {number}")
    with transaction():
        db.session.execute(delete(SearchEntry))
        index.refresh_everything()
    assert len(ids("lantern")) == 5
    assert index.faults() == []


def test_what_did_not_change_is_not_written_again(app, count_queries):
    thread = make_thread(make_project())
    with count_queries() as n, transaction():
        index.refresh("thread", thread.id)
    assert [sql for sql in n.statements if not sql.startswith("SELECT")] == []


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="KINDS"):
        register("dragon", Source(lambda _ids: {}, lambda _last, _limit: []))


def test_old_things_keep_their_day(app):
    at = now() - timedelta(days=400)
    post = make_post(make_thread(make_project()), make_user(), "lantern", published_at=at)
    assert db.session.get_one(SearchEntry, index.entry_id("post", post.id)).said_at == at


def test_the_command_says_how_much_can_be_found(both, monkeypatch):  # noqa: F811
    with both.app_context():
        fill()
    monkeypatch.setattr(command, "create_app", lambda _settings: both)
    done = CliRunner().invoke(command.search_command, ["rebuild"])
    assert (done.exit_code, done.stdout) == (0, "6 things can be found.\n")
