"""A real server, real browsers and real Socket.IO clients, for journeys and sockets.

The fixtures are taken in by the one conftest.py, so that a run has one browser. People and projects are
written straight into the server's database from the test's process; what is *done* goes through its doors.
"""

import contextlib
import itertools
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import factories
import pytest
import requests
import socketio
import socketio.exceptions

from civicforum.accounts.passwords import hash_password
from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db
from civicforum.partnerships.models import Project

__all__ = ["browser", "listener", "new_page", "server"]

COMMAND = Path(sys.executable).with_name("civicforum")
CHROMIUM = "/usr/bin/chromium"
PASSWORD = "correct horse battery staple"
START_SECONDS = 30

_people = itertools.count(1)


@dataclass
class Person:
    """Somebody with an account: what a test needs to know of them."""

    id: int
    name: str
    handle: str
    email: str
    token: str
    password: str = PASSWORD


@dataclass
class Server:
    """A running ``civicforum serve`` with a data directory of its own."""

    folder: Path
    port: int
    settings: dict[str, str] = field(default_factory=dict)
    workers: int = 1
    around: tuple[str, ...] = ()  # a command that starts ours, such as prlimit
    process: subprocess.Popen[bytes] | None = None
    _password_hash: str | None = None

    def __post_init__(self) -> None:
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            "CIVICFORUM_DATA_DIR": str(self.folder),
            "CIVICFORUM_LIMITS": "off",
            "CIVICFORUM_BASE_URL": self.base_url,
            **self.settings,
        }
        self._app: Any = None

    # --- the process ---

    def start(self) -> "Server":
        own = {k: v for k, v in os.environ.items() if not k.startswith("CIVICFORUM_")}
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [*self.around, COMMAND, "serve", "--port", str(self.port), "--workers", str(self.workers)],
                env={**own, **self.environment},
                stdout=log,
                stderr=log,
            )
        self._await_answer()
        return self

    def _await_answer(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process is not None
            if self.process.poll() is not None:
                break
            with contextlib.suppress(requests.RequestException):
                requests.get(f"{self.base_url}/healthz", timeout=2)
                return
            time.sleep(0.1)
        raise AssertionError(f"The server did not start:\n{self.log()}")

    def stop(self, how: int = signal.SIGTERM) -> None:
        """End the process and wait for it; ``how`` may be SIGKILL, as a power cut would."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(timeout=15)
        if self._app is not None:
            with self._app.app_context():
                db.engine.dispose()

    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    # --- its database, from here ---

    @contextlib.contextmanager
    def database(self) -> Iterator[None]:
        """Inside, factories and queries work on the server's database."""
        if self._app is None:
            self._app = create_app(load_settings(self.environment))
        with self._app.app_context():
            yield

    def make_user(self, *roles: str, **facts: Any) -> Person:
        """A confirmed person with these site roles, a password and a token with all their rights."""
        n = next(_people)
        self._password_hash = self._password_hash or hash_password(PASSWORD)
        known = {"name": f"Neighbour {n}", "handle": f"neighbour-{n}", "email": f"n{n}@example.org"}
        with self.database():
            user = factories.make_user(*roles, password_hash=self._password_hash, **{**known, **facts})
            return Person(user.id, user.name, user.handle, user.email, factories.make_token(user))

    def make_project(self, organizer: Person | None = None, **facts: Any) -> str:
        """The slug of a public, active project."""
        slug = f"project-{secrets.token_hex(4)}"
        with self.database():
            project: Project = factories.make_project(slug=slug, **facts)
            if organizer is not None:
                self._join(project, organizer, "organizer")
            return project.slug

    def join(self, slug: str, person: Person, role: str = "member") -> None:
        """Give a person a role in a project."""
        from civicforum.partnerships.queries import get_project

        with self.database():
            from civicforum.accounts.models import SYSTEM

            self._join(get_project(SYSTEM, slug), person, role)

    def _join(self, project: Project, person: Person, role: str) -> None:
        from civicforum.accounts.queries import find_user

        user = find_user(person.id)
        assert user is not None
        factories.join(project, user, role)

    # --- its API ---

    def call(
        self, method: str, path: str, person: Person | None = None, json: Any = None, **headers: str
    ) -> requests.Response:
        """One request to the API: ``call('POST', '/threads/1/posts', ana, {'body': 'Hello'})``."""
        if person is not None:
            headers["Authorization"] = f"Bearer {person.token}"
        return requests.request(
            method, f"{self.base_url}/api/v1{path}", json=json, headers=headers, timeout=20
        )

    def start_thread(self, slug: str, person: Person, title: str = "The bus stop") -> dict[str, Any]:
        """A new thread, as the API tells it."""
        answer = self.call(
            "POST", f"/projects/{slug}/threads", person, {"title": title, "body": "The first words."}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    def post(self, thread: dict[str, Any], person: Person, body: str) -> dict[str, Any]:
        """A new post in a thread, as the API tells it."""
        answer = self.call("POST", f"/threads/{thread['id']}/posts", person, {"body": body})
        assert answer.status_code == 201, answer.text
        return answer.json()

    # --- its pages ---

    def sign_in(self, page: Any, person: Person) -> None:
        """Sign in as people do, with address and password."""
        page.goto(f"{self.base_url}/sign-in")
        page.fill("#sign-in [name=email]", person.email)
        page.fill("#sign-in [name=password]", person.password)
        page.click("#sign-in button[data-kind=primary]")
        page.wait_for_selector('meta[name="csrf-token"]', state="attached")

    def thread_url(self, thread: dict[str, Any]) -> str:
        return f"{self.base_url}/threads/{thread['id']}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server; tests share it and make their own people, projects and threads."""
    running = Server(tmp_path_factory.mktemp("server"), free_port()).start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, without a window.

    What another process did comes with the next pulse (2 s), and a page reads itself again at a moment of its
    own within 4 s: what is expected may rightly take that long, and a busy machine some more.
    """
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=15_000)

    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not here: the journeys are left out")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def new_page(browser: Any) -> Iterator[Callable[..., Any]]:
    """``new_page(**options)``: a page in a fresh browser, nobody signed in; script errors fail the test."""
    contexts, errors = [], []

    def open_page(**options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


class Refused(Exception):
    """The server did not let a client in; ``args[0]`` holds what it said in its connect_errors."""


class Listener:
    """A Socket.IO client that keeps what it is told."""

    def __init__(self) -> None:
        self.client = socketio.Client(reconnection=False)
        self.told: dict[str, list[Any]] = {"update": [], "gone": [], "viewers": [], "inbox": []}
        self.is_cut = False
        self.refusals: list[Any] = []
        self.client.on("connect_error", self.refusals.append)
        for name, kept in self.told.items():
            self.client.on(name, kept.append)
        self.client.on("disconnect", self._note_cut)

    def _note_cut(self, *_reason: Any) -> None:
        self.is_cut = True

    def hang_up(self) -> None:
        """End the connection as a lost network would: a polite farewell waits for seconds."""
        if self.client.eio.ws is not None:
            self.client.eio.ws.shutdown()

    def watch(self, channel: Any, **more: Any) -> dict[str, Any]:
        return self.send("watch", {"channel": channel, **more})

    def send(self, name: str, payload: Any) -> dict[str, Any]:
        """The server's ack."""
        return self.client.call(name, payload, timeout=5)

    def wait_for(self, what: Callable[[], Any], seconds: float = 6) -> Any:
        """The first true answer of ``what``; fails when none came in time."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = what()
            if found:
                return found
            time.sleep(0.03)
        raise AssertionError(f"It did not happen within {seconds} s. Told so far: {self.told}")

    def items(self) -> list[dict[str, Any]]:
        return [item for update in self.told["update"] for item in update["items"]]


@pytest.fixture
def listener(server: Server) -> Iterator[Callable[..., Listener]]:
    """``listener(person=None, **connect)`` connects a Socket.IO client, signed in by token."""
    opened: list[Listener] = []

    def connect(person: Person | None = None, **options: Any) -> Listener:
        new = Listener()
        opened.append(new)
        auth = {"token": person.token} if person else None
        how = {"auth": auth, "transports": ["websocket"], "wait_timeout": 5, **options}
        try:
            new.client.connect(server.base_url, **how)
        except socketio.exceptions.ConnectionError as error:
            raise Refused(new.refusals) from error
        return new

    yield connect
    for one in opened:
        one.hang_up()
