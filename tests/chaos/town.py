"""The processes of a town under test, and its people: a server of one process or two, a worker, a proxy."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from typing import Any

import factories
import requests
from aiosmtpd.controller import Controller
from postgres import Cluster
from redis_server import RedisServer
from running import COMMAND, Person, Server, free_port

from chaos.proxy import Proxy
from chaos.record import Record
from civicforum.accounts.models import SYSTEM, User
from civicforum.db import db

SEATS = 6
COMING = 14
SPEAKERS = 5
FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
START_SECONDS = 60
PAGES_IN_A_ROW = 4


@dataclass
class Places:
    """Where things are said: ids that the clients need."""

    project: str = ""
    closed_project: str = ""
    thread: dict[str, Any] = field(default_factory=dict)
    closed_thread: dict[str, Any] = field(default_factory=dict)
    hall: int = 0


class Mailbox:
    """The SMTP server that takes the town's mails."""

    def __init__(self, record: Record) -> None:
        self.record = record

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        message = message_from_bytes(envelope.content)
        self.record.mails.append((message["Message-ID"], envelope.rcpt_tos[0], message["Subject"]))
        return "250 Taken"


class Town:
    """A running town on SQLite (one server process), or on PostgreSQL and Redis (``workers`` processes).

    ``plants`` names bugs of ``plants/`` that its processes carry.
    """

    def __init__(
        self,
        folder: Path,
        seed: int,
        record: Record,
        database_url: str | None = None,
        redis: RedisServer | None = None,
        cluster: Cluster | None = None,
        plants: Sequence[str] = (),
    ) -> None:
        self.folder, self.record, self.cluster, self.redis = folder, record, cluster, redis
        self.clock_file = folder / "clock"
        self.clock_file.write_text("+0")
        self.mailbox = Controller(Mailbox(record), hostname="127.0.0.1", port=free_port())
        self.server = Server(
            folder,
            free_port(),
            self._settings(database_url, plants),
            workers=2 if database_url else 1,
        )
        self.proxy = Proxy(self.server.port, seed)
        self.worker: subprocess.Popen[bytes] | None = None
        self.is_healing = threading.Event()
        self.places = Places()
        self.people: dict[str, Person] = {}

    @property
    def is_sqlite(self) -> bool:
        return self.cluster is None

    @property
    def url(self) -> str:
        """Where clients go: through the bad network."""
        return f"http://127.0.0.1:{self.proxy.port}"

    def _settings(self, database_url: str | None, plants: Sequence[str]) -> dict[str, str]:
        settings = {
            "CIVICFORUM_MAIL_URL": f"smtp://127.0.0.1:{self.mailbox.port}",
            "CIVICFORUM_SOCKET_PING_SECONDS": "2",
        }
        if database_url:
            settings["CIVICFORUM_DATABASE_URL"] = database_url
        if self.redis:
            settings["CIVICFORUM_REDIS_URL"] = self.redis.url
        if FAKETIME:
            settings |= {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_TIMESTAMP_FILE": str(self.clock_file),
                "FAKETIME_CACHE_DURATION": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "NO_FAKE_STAT": "1",
            }
        if plants:
            settings |= {
                "PYTHONPATH": str(Path(__file__).parent / "plants"),
                "CHAOS_PLANTS": " ".join(plants),
            }
        return settings

    # --- beginning and end ---

    def start(self) -> "Town":
        self.mailbox.start()
        self.server.start()
        self.start_worker()
        self.proxy.start()
        self._settle_people()
        return self

    def stop(self) -> None:
        self.is_healing.set()
        self.proxy.stop()
        self.kill_worker()
        self.kill_all()
        self.mailbox.stop()
        with self.database():
            db.session.remove()
            db.engine.dispose()

    def start_worker(self) -> None:
        own = {k: v for k, v in os.environ.items() if not k.startswith("CIVICFORUM_")}
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [str(COMMAND), "worker"], env={**own, **self.server.environment}, stdout=log, stderr=log
            )

    def kill_worker(self) -> None:
        if self.worker is not None:
            self.worker.kill()
            self.worker.wait()

    def processes(self) -> list[int]:
        """The process ids of those that serve: the children of a supervisor, or the one process."""
        assert self.server.process is not None
        pid = self.server.process.pid
        return _children(pid) if self.server.workers > 1 else [pid]

    def kill_all(self) -> None:
        """As a power cut does: the supervisor and all that serve."""
        if self.server.process is None:
            return
        pids = _children(self.server.process.pid)
        self.server.process.kill()
        self.server.process.wait()
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def bring_back(self) -> None:
        """Start again whatever does not run, and wait until the server answers."""
        if self.cluster is not None:
            self.cluster.start()
        if self.redis is not None and not self.redis.is_running:
            self.redis.start()
        assert self.server.process is not None
        if self.server.process.poll() is not None:
            self.server.start()
        if self.worker is None or self.worker.poll() is not None:
            self.start_worker()
        self.await_ready()

    def await_ready(self) -> None:
        """Wait until pages come again: several in a row, because there may be several processes."""
        deadline, wanted = time.monotonic() + START_SECONDS, PAGES_IN_A_ROW
        while wanted and time.monotonic() < deadline:
            try:
                answer = requests.get(f"{self.server.base_url}/readyz", timeout=START_SECONDS / 4)
                wanted = wanted - 1 if answer.status_code == 200 else PAGES_IN_A_ROW
            except requests.RequestException:
                wanted = PAGES_IN_A_ROW
            time.sleep(0.05)
        assert not wanted, f"The server did not come back:\n{self.server.log()[-3000:]}"

    def logs(self) -> str:
        """What the server's processes and the worker have written."""
        worker = self.folder / "worker.log"
        return self.server.log() + (worker.read_text(errors="replace") if worker.exists() else "")

    def command(self, *arguments: str) -> str:
        """What a ``civicforum`` command printed, run beside the server."""
        own = {k: v for k, v in os.environ.items() if not k.startswith("CIVICFORUM_")}
        done = subprocess.run(
            [str(COMMAND), *arguments], env={**own, **self.server.environment}, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    # --- its people and places ---

    def _settle_people(self) -> None:
        server = self.server
        names = [f"speaker{n}" for n in range(SPEAKERS)] + [f"comer{n}" for n in range(COMING)]
        for name in [*names, "member", "leaver", "writer"]:
            self.people[name] = server.make_user(name=f"Person {name}")
        self.people["moderator"] = server.make_user("moderator", name="Mona Moderator")
        self.people["host"] = server.make_user("organizer", name="Host")
        places = self.places
        places.project = server.make_project(self.people["host"])
        places.closed_project = server.make_project(self.people["host"], visibility="members")
        for name in ("member", "leaver"):
            server.join(places.closed_project, self.people[name])
        places.thread = server.start_thread(places.project, self.people["host"])
        places.closed_thread = server.start_thread(places.closed_project, self.people["member"], "zqclosed")
        with server.database():
            self._list_held_word()
            from civicforum.partnerships.queries import get_project

            hall = factories.make_town_hall(get_project(SYSTEM, places.project), capacity=SEATS)
            places.hall = hall.id

    def _list_held_word(self) -> None:
        from civicforum.agreement.actions import list_word

        moderator = db.session.get_one(User, self.people["moderator"].id)
        list_word(moderator, "holdme", "hold")

    def remove_from_closed_project(self, name: str) -> None:
        """An organizer takes somebody out of the members' project."""
        from civicforum.partnerships.actions import remove_member
        from civicforum.partnerships.queries import find_membership, get_project

        with self.server.database():
            host = db.session.get_one(User, self.people["host"].id)
            project = get_project(SYSTEM, self.places.closed_project)
            membership = find_membership(project.id, self.people[name].id, "member")
            assert membership is not None
            remove_member(host, membership)

    @contextlib.contextmanager
    def database(self) -> Iterator[None]:
        with self.server.database():
            yield


def _children(pid: int) -> list[int]:
    try:
        return sorted(int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    except OSError:
        return []
