"""Towns that run: a real server on SQLite and on PostgreSQL, and people who post without a pause."""

import itertools
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from commands import run_command
from running import Listener, Person, Server, free_port
from sqlalchemy import select

from civicforum.db import db

_names = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def make_server(request, tmp_path) -> Iterator[Callable[..., Server]]:
    """``make_server()``: a server that is not started yet, with an empty database and data directory."""
    made: list[Server] = []
    databases: list[str] = []

    def make() -> Server:
        number = next(_names)
        folder = tmp_path / f"town-{number}"
        folder.mkdir()
        settings = {}
        if request.param == "postgresql":
            cluster = request.getfixturevalue("postgres_cluster")
            databases.append(f"town_{number}")
            cluster.execute(f"CREATE DATABASE {databases[-1]}")
            settings["CIVICFORUM_DATABASE_URL"] = cluster.url(databases[-1])
        made.append(Server(folder, free_port(), settings))
        return made[-1]

    yield make
    for server in made:
        server.stop()
    for name in databases:
        request.getfixturevalue("postgres_cluster").execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def open_listener() -> Iterator[Callable[[Server, Person], Listener]]:
    """``open_listener(server, person)``: a Socket.IO client of that server."""
    opened: list[Listener] = []

    def connect(server: Server, person: Person) -> Listener:
        new = Listener()
        opened.append(new)
        new.client.connect(
            server.base_url, auth={"token": person.token}, transports=["websocket"], wait_timeout=10
        )
        return new

    yield connect
    for one in opened:
        one.hang_up()


def run(server: Server, *command: str) -> subprocess.CompletedProcess[str]:
    """A command of an operator, beside the server or without it."""
    return run_command({**server.environment, "PATH": "/usr/bin:/bin"}, *command)


@dataclass
class Said:
    """A post that the server acknowledged, and when it was asked for and acknowledged (monotonic)."""

    id: int
    seq: int
    body: str
    asked_at: float
    acknowledged_at: float


@dataclass
class Posters:
    """People who post into one thread, each the next word as soon as the last was acknowledged."""

    server: Server
    thread: dict[str, Any]
    people: list[Person]
    said: list[Said] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Posters":
        self._threads = [threading.Thread(target=self._post, args=[person]) for person in self.people]
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopping.set()
        for one in self._threads:
            one.join()

    def await_posts(self, number: int) -> None:
        """Wait until so many more were acknowledged."""
        wanted, deadline = len(self.said) + number, time.monotonic() + 60
        while len(self.said) < wanted:
            assert time.monotonic() < deadline, f"{self.refusals} {self.server.log()}"
            time.sleep(0.02)

    def _post(self, person: Person) -> None:
        for number in itertools.count(1):
            if self._stopping.is_set():
                return
            body, asked_at = f"Word {number} of {person.name}.", time.monotonic()
            try:
                answer = self.server.call(
                    "POST", f"/threads/{self.thread['id']}/posts", person, {"body": body}
                )
            except requests.RequestException:
                self.refusals.append(0)
                continue
            if answer.status_code == 201:
                post = answer.json()
                self.said.append(Said(post["id"], post["seq"], body, asked_at, time.monotonic()))
            else:
                self.refusals.append(answer.status_code)


def posts_of(server: Server, thread: dict[str, Any]) -> list[dict[str, Any]]:
    """All posts of a thread, as the API tells them."""
    found: list[dict[str, Any]] = []
    while True:
        after = found[-1]["seq"] if found else 0
        answer = server.call("GET", f"/threads/{thread['id']}/posts?after={after}&limit=200")
        assert answer.status_code == 200, answer.text
        page = answer.json()["items"]
        if not page:
            return found
        found += page


def everything(server: Server) -> dict[str, list[str]]:
    """All rows of all tables, with the name of the stream."""
    with server.database():
        db.session.rollback()
        rows = {
            table.name: sorted(map(repr, db.session.execute(select(table)).all()))
            for table in db.metadata.sorted_tables
        }
        db.session.rollback()
    return rows
