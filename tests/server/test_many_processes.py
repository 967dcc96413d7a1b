"""Two server processes on one port, with PostgreSQL and Redis between them."""

import os
import signal
import subprocess
import time
from datetime import timedelta

import pytest
import redis
from processes import children_of
from running import COMMAND, Listener, Server, free_port

from civicforum.accounts.actions import suspend_person
from civicforum.accounts.models import SYSTEM
from civicforum.accounts.queries import find_user
from civicforum.capacity import DATABASE_CONNECTIONS, SPARE_DATABASE_CONNECTIONS
from civicforum.cli.server import few_connections
from civicforum.db import now

WATCHERS = 8


@pytest.fixture
def crowd(two_processes):
    """Watchers of one thread: the kernel spreads them over the processes."""
    host = two_processes.make_user("organizer")
    thread = two_processes.start_thread(two_processes.make_project(host), host)
    watchers = [Listener() for _ in range(WATCHERS)]
    for watcher in watchers:
        watcher.client.connect(two_processes.base_url, transports=["websocket"])
        assert watcher.watch(f"thread:{thread['id']}")["ok"]
    yield two_processes, host, thread, watchers
    for watcher in watchers:
        watcher.hang_up()


def bodies(watcher) -> list[str]:
    return [item["body"] for item in watcher.items() if item["type"] == "post"]


def test_whoever_posts_where_all_watchers_see_it_in_order(crowd):
    server, host, thread, watchers = crowd
    wanted = [f"Words {n}." for n in range(10)]
    for words in wanted:
        server.post(thread, host, words)
    for watcher in watchers:
        watcher.wait_for(lambda watcher=watcher: bodies(watcher) == wanted)


def test_people_are_counted_across_processes(crowd):
    _server, _host, _thread, watchers = crowd
    for watcher in watchers:
        watcher.wait_for(
            lambda watcher=watcher: (
                watcher.told["viewers"] and watcher.told["viewers"][-1]["count"] == WATCHERS
            )
        )


def test_without_redis_the_pulse_tells(crowd, redis_server):
    server, host, thread, watchers = crowd
    redis_server.kill()
    server.post(thread, host, "Said while Redis was gone.")
    for watcher in watchers:
        watcher.wait_for(lambda watcher=watcher: bodies(watcher) == ["Said while Redis was gone."], seconds=8)
    redis_server.start()


def test_a_process_that_dies_is_replaced(two_processes):
    supervisor = two_processes.process.pid
    before = children_of(supervisor)
    assert len(before) == 2
    victim = min(before)
    os.kill(victim, signal.SIGKILL)
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and (victim in (now := children_of(supervisor)) or len(now) < 2):
        time.sleep(0.1)
    now = children_of(supervisor)
    assert (len(now), victim in now) == (2, False)


def test_sqlite_is_for_one_process(tmp_path):
    done = subprocess.run(
        [COMMAND, "serve", "--port", str(free_port()), "--workers", "2"],
        env={"CIVICFORUM_DATA_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert "CIVICFORUM_DATABASE_URL" in done.stderr


@pytest.fixture
def ben_everywhere(two_processes):
    """(server, Ben, sockets of his in both processes)."""
    ben = two_processes.make_user()
    own = [Listener() for _ in range(WATCHERS)]
    for one in own:
        one.client.connect(two_processes.base_url, auth={"token": ben.token}, transports=["websocket"])
    yield two_processes, ben, own
    for one in own:
        one.hang_up()


def suspend(server, person) -> None:
    """As a moderator would; the test's own process rings no bell, the pulse of each process finds it."""
    with server.database():
        suspend_person(SYSTEM, find_user(person.id), now() + timedelta(days=1))


def test_who_is_suspended_is_cut_in_every_process(ben_everywhere):
    server, ben, own = ben_everywhere
    suspend(server, ben)
    for one in own:
        one.wait_for(lambda one=one: one.is_cut, seconds=20)


def test_who_is_suspended_is_cut_in_every_process_while_redis_is_away(ben_everywhere, redis_server):
    server, ben, own = ben_everywhere
    redis_server.kill()
    suspend(server, ben)
    for one in own:
        one.wait_for(lambda one=one: one.is_cut, seconds=20)


def test_without_redis_every_deed_still_works(tmp_path, postgres_url, redis_server):
    settings = {
        "CIVICFORUM_DATABASE_URL": postgres_url,
        "CIVICFORUM_REDIS_URL": redis_server.url,
        "CIVICFORUM_LIMITS": "normal",
    }
    server = Server(tmp_path, free_port(), settings, workers=2).start()
    try:
        host = server.make_user("organizer")
        thread = server.start_thread(server.make_project(host), host)
        redis_server.kill()
        for n in range(3):
            server.post(thread, host, f"Words {n}.")
        assert server.call("GET", f"/threads/{thread['id']}").json()["post_count"] == 4
        assert " 500 " not in server.log()
    finally:
        server.stop()


def test_too_few_connections_of_the_database_are_said_at_the_start(two_processes):
    assert "max_connections" not in two_processes.log()
    wanted = 2 * DATABASE_CONNECTIONS + SPARE_DATABASE_CONNECTIONS
    assert few_connections(200, 2) is None
    assert few_connections(wanted, 2) is None
    sentence = few_connections(wanted - 1, 2)
    assert sentence.startswith(f"PostgreSQL gives {wanted - 1} connections; 2 processes may want {wanted} ")


def test_what_a_stranger_says_in_redis_is_told_to_nobody(crowd, redis_server):
    """Whoever reaches Redis may ring at most: no word of theirs goes out, and bells go on working."""
    server, host, thread, watchers = crowd
    mark = len(server.log())
    stranger = redis.Redis.from_url(redis_server.url)
    said = [
        "person:\u00b2",
        "person:" + "9" * 5_000,
        "person:-1",
        "thread:<script>",
        "\x00",
        "",
        "x" * 100_000,
    ]
    for words in [
        *said,
        f"thread:{thread['id']}",
        "person:1",
        '["<script>alert(1)</script>"]',
        b"\xff\xfe\x80\x04K.",
    ]:
        for topic in ("civicforum:bells", "flask-socketio", "socketio"):
            stranger.publish(topic, words)
    stranger.close()
    server.post(thread, host, "Said by a neighbour.")
    for watcher in watchers:
        watcher.wait_for(lambda watcher=watcher: bodies(watcher) == ["Said by a neighbour."])
        assert "script" not in str(watcher.told)
    assert "Traceback" not in server.log()[mark:]
