"""A backup taken while people write, put back elsewhere, is a town that lives: nothing lost, nothing half."""

import json
import time
import zipfile

import pytest
from backups_running import Posters, posts_of, run
from running import Server
from sqlalchemy import MetaData, func, select

from civicforum.db import db

# It starts a dozen processes, on a machine that may be busy.
pytestmark = pytest.mark.timeout(600)


def counts(server: Server) -> dict[str, int]:
    with server.database():
        found = MetaData()
        db.session.rollback()
        found.reflect(db.engine)
        # What the full-text index keeps for itself is no row of anybody's.
        kept = {name: table for name, table in found.tables.items() if "search_fts" not in name}
        rows = {n: db.session.scalar(select(func.count()).select_from(t)) for n, t in kept.items()}
        db.session.rollback()
    rows.pop("alembic_version")
    return rows


def assert_sound(server: Server) -> None:
    """What the database itself finds."""
    with server.database():
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                assert connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() == ["ok"]
                assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []


def test_a_backup_taken_while_people_write_is_a_town_that_lives(make_server, open_listener, tmp_path):
    old = make_server().start()
    people = [old.make_user() for _ in range(4)]
    slug = old.make_project(people[0])
    thread = old.start_thread(slug, people[0])
    hide_something(old, slug, people)
    with Posters(old, thread, people) as posters:
        posters.await_posts(30)
        began_at = time.monotonic()
        written = run(old, "backup", str(tmp_path / "town.zip"))
        ended_at = time.monotonic()
        posters.await_posts(30)
    assert (written.returncode, posters.refusals) == (0, [])
    last_told = old.call("GET", f"/channels/thread:{thread['id']}/changes").json()
    before = posts_of(old, thread)
    old.stop()

    new = make_server()
    restored = run(new, "restore", str(tmp_path / "town.zip"))
    assert restored.returncode == 0, restored.stderr
    with zipfile.ZipFile(tmp_path / "town.zip") as archive:
        assert counts(new) == json.loads(archive.read("manifest.json"))["rows"]
    assert_sound(new)
    new.start()

    kept = posts_of(new, thread)
    ids = {post["id"] for post in kept}
    assert {s.id for s in posters.said if s.acknowledged_at < began_at} <= ids
    assert not ids & {s.id for s in posters.said if s.asked_at > ended_at}
    assert [post["seq"] for post in kept] == list(range(1, len(kept) + 1))
    assert [(p["id"], p["body"]) for p in kept] == [(p["id"], p["body"]) for p in before[: len(kept)]]
    assert run(new, "verify-log").stdout == run(old, "verify-log").stdout
    assert run(new, "verify-log").returncode == 0
    assert_watchers_begin_afresh(new, open_listener, thread, people[0], last_told)
    assert_life_goes_on(new, slug, thread, people, kept)


def hide_something(server: Server, slug: str, people) -> None:
    """A line in the public log, so that there is something to verify."""
    moderator = server.make_user("moderator")
    thread = server.start_thread(slug, people[0], "The old well")
    post = server.post(thread, people[1], "Words that go too far.")
    with server.database():
        from civicforum.accounts.models import SYSTEM
        from civicforum.agreement.actions import install_shipped

        install_shipped(SYSTEM)
    target = {"type": "post", "id": post["id"]}
    deed = {"target": target, "action": "hide", "rule": 1, "reason": "It names a person."}
    answer = server.call("POST", "/cases", moderator, deed)
    assert answer.status_code == 201, answer.text


def assert_watchers_begin_afresh(server, open_listener, thread, person, last_told) -> None:
    """Whoever knew the old town, and even a later moment of it than was kept, is told to forget."""
    name = f"thread:{thread['id']}"
    old, revision = last_told["stream"], last_told["revision"]
    changes = server.call("GET", f"/channels/{name}/changes?after={revision}&stream={old}").json()
    assert (changes["reset"], changes["items"]) == (True, [])
    assert changes["stream"] != old
    told = open_listener(server, person).watch(name, after=revision, stream=old)
    assert (told["ok"], told["reset"], told["stream"]) == (True, True, changes["stream"])


def assert_life_goes_on(server, slug, thread, people, kept) -> None:
    """New rows get numbers of their own in every table, and revisions go on from where they were."""
    name = f"thread:{thread['id']}"
    revision = server.call("GET", f"/channels/{name}/changes").json()["revision"]
    assert revision >= len(kept)
    post = server.post(thread, people[1], "And on we go.")
    assert (post["seq"], post["id"] > max(p["id"] for p in kept)) == (len(kept) + 1, True)
    changes = server.call("GET", f"/channels/{name}/changes?after={revision}").json()
    assert changes["revision"] > revision
    assert [item["seq"] for item in changes["items"] if item["type"] == "post"] == [post["seq"]]
    server.start_thread(slug, people[0], "A new thread")
    assert server.call("PUT", f"/posts/{post['id']}/reactions/support", people[2]).status_code in (200, 201)
    flagged = server.call("POST", f"/posts/{post['id']}/flags", people[3], {"rule": 1, "note": "Look."})
    assert flagged.status_code == 201, flagged.text
    server.make_project(server.make_user())
