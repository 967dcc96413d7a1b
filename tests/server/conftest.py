"""Servers of several processes, with PostgreSQL and Redis between them."""

from collections.abc import Callable, Iterator

import pytest
from running import Server, free_port


@pytest.fixture
def two_processes(tmp_path, postgres_url, redis_server):
    """A server of two processes; its people and projects are made as for one."""
    settings = {"CIVICFORUM_DATABASE_URL": postgres_url, "CIVICFORUM_REDIS_URL": redis_server.url}
    server = Server(tmp_path, free_port(), settings, workers=2).start()
    yield server
    server.stop()


@pytest.fixture
def own_server(tmp_path) -> Iterator[Callable[..., Server]]:
    """``own_server(**settings)``: a server of one process that a test may stop and starve."""
    started: list[Server] = []

    def start(**settings: str) -> Server:
        folder = tmp_path / f"server-{len(started)}"
        folder.mkdir()
        started.append(Server(folder, free_port(), settings).start())
        return started[-1]

    yield start
    for one in started:
        one.stop()
