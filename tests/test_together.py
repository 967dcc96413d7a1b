"""Several processes count together: whichever is asked tells of all, and one that is killed stays counted."""

import os
import signal
import time

import pytest
import requests
from running import Listener, Server, free_port

from civicforum.capacity import DATABASE_CONNECTIONS

# It starts a dozen processes, on a machine that may be busy.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def pair(tmp_path, postgres_url):
    """Two server processes at one port."""
    server = Server(tmp_path, free_port(), {"CIVICFORUM_DATABASE_URL": postgres_url}, workers=2).start()
    yield server
    server.stop()


def numbers(server: Server) -> dict[str, float]:
    lines = requests.get(f"{server.base_url}/metrics", timeout=20).text.splitlines()
    return {
        name: float(value)
        for name, _space, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))
    }


def told(server: Server, name: str, wanted: float) -> bool:
    """Whether several answers in a row, of one process or the other, tell it; waits until they do."""
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        if [numbers(server).get(name) for _ in range(6)] == [wanted] * 6:
            return True
        time.sleep(0.5)
    return False


def workers_of(server: Server) -> list[int]:
    assert server.process is not None
    with open(f"/proc/{server.process.pid}/task/{server.process.pid}/children") as children:
        return [int(pid) for pid in children.read().split()]


@pytest.fixture
def watchers():
    """Six clients that are not connected yet."""
    made = [Listener() for _ in range(6)]
    yield made
    for one in made:
        one.hang_up()


def test_processes_count_together_and_a_killed_one_stays_counted(pair, watchers):
    for _ in range(20):
        assert requests.get(f"{pair.base_url}/nowhere", timeout=20).status_code == 404
    missed = 'civicforum_requests_total{status="4xx"}'
    assert told(pair, missed, 20)
    for one in watchers:
        one.client.connect(pair.base_url, transports=["websocket"], wait_timeout=10)
    assert told(pair, "civicforum_sockets", 6)
    assert told(pair, "civicforum_database_connections_limit", 2 * DATABASE_CONNECTIONS)
    victim = workers_of(pair)[0]
    os.kill(victim, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while victim in workers_of(pair) or len(workers_of(pair)) < 2:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert told(pair, missed, 20)
    assert told(pair, "civicforum_sockets", sum(not one.is_cut for one in watchers))
