"""A throw-away PostgreSQL for this run: one cluster, a migrated template, a fresh copy for each test.

A test folder gets it by ``from postgres import *`` in its conftest. It is left out, and says so, only where
PostgreSQL is not installed.
"""

import contextlib
import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db
from civicforum.schema import upgrade_database

__all__ = ["postgres_cluster", "postgres_url"]

SERVER_USER = "postgres"
PORT = 54329  # names the socket; nothing listens on the network
_copies = itertools.count(1)


def _programs() -> Path | None:
    """Debian's folder of the newest server, or wherever initdb is on the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path else None


def _run(*command: object) -> None:
    """Run as the server's own user: PostgreSQL refuses to be root."""
    as_server = ["runuser", "-u", SERVER_USER, "--"] if os.geteuid() == 0 else []
    done = subprocess.run([*as_server, *map(str, command)], capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, f"{command[0]}: {done.stderr}"


class Cluster:
    """A running server, reached through a socket in its own folder."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self.programs = folder, programs

    def make(self) -> "Cluster":
        """Lay out the server's files, and start it."""
        _run(
            self.programs / "initdb",
            *("-D", self.folder / "data", "-A", "trust", "-U", SERVER_USER, "--no-sync", "-E", "UTF8"),
        )
        return self.start()

    def start(self) -> "Cluster":
        """Start the server, unless it runs."""
        if not self.is_running():
            options = f"-k {self.folder} -p {PORT} -c listen_addresses= -c fsync=off -c max_connections=200"
            log = self.folder / "log"
            _run(
                self.programs / "pg_ctl",
                *("-D", self.folder / "data", "-o", options, "-l", log, "-w", "start"),
            )
        return self

    def is_running(self) -> bool:
        address = f"host={self.folder} port={PORT} user={SERVER_USER} dbname=postgres"
        try:
            psycopg.connect(address, connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """End it at once, as a crash does: it recovers when it is started again."""
        _run(self.programs / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "-w", "stop")

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://{SERVER_USER}@/{name}?host={self.folder}&port={PORT}"

    def execute(self, statement: str) -> None:
        address = f"host={self.folder} port={PORT} user={SERVER_USER} dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]  # names of our own

    def copy_template(self, name: str) -> None:
        """A migrated, empty database of this name, in place of one that may be there."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.execute(f"CREATE DATABASE {name} TEMPLATE template_civicforum")

    def migrate_template(self) -> None:
        self.execute("CREATE DATABASE template_civicforum")
        environ = {
            "CIVICFORUM_DATA_DIR": tempfile.mkdtemp(dir=self.folder.parent),
            "CIVICFORUM_DATABASE_URL": self.url("template_civicforum"),
        }
        app = create_app(load_settings(environ))
        upgrade_database(app)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()

    def new_copy(self) -> str:
        """The name of a migrated, empty database that nobody else has."""
        name = f"copy_{os.getpid()}_{next(_copies)}"
        self.copy_template(name)
        return name


@contextlib.contextmanager
def running_cluster(above: Path | None = None) -> Iterator[Cluster | None]:
    """A server with a migrated template, in a folder below ``above``; None where it is not installed."""
    programs = _programs()
    if programs is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="civicforum-pg-", dir=above))
    folder.chmod(0o755)
    home = folder / "cluster"
    home.mkdir()
    if os.geteuid() == 0:
        shutil.chown(home, SERVER_USER, SERVER_USER)
    cluster = Cluster(home, programs).make()
    try:
        cluster.migrate_template()
        yield cluster
    finally:
        with contextlib.suppress(AssertionError):
            cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """The server of this run, with its migrated template."""
    with running_cluster() as cluster:
        if cluster is None:
            pytest.skip("PostgreSQL is not installed (apt-get install postgresql): its checks are left out")
        yield cluster


@pytest.fixture
def postgres_url(postgres_cluster: Cluster) -> Iterator[str]:
    """The address of a migrated, empty PostgreSQL database of this test's own."""
    name = postgres_cluster.new_copy()
    yield postgres_cluster.url(name)
    postgres_cluster.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
