"""What is done to a town on purpose, one thing after the other, and how each is made good again.

A blow strikes, lasts a moment, and heals; the town is then brought back as an administrator or a
supervisor would.
"""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg

from chaos.town import FAKETIME, Town
from civicforum.db import sqlite_module

Blow = Callable[[Town, random.Random], None]


class CannotStrike(Exception):
    """This machine does not allow a blow; the report says why it was left out."""


BLOWS: dict[str, Blow] = {}
FOR_SQLITE: list[str] = []
FOR_POSTGRES: list[str] = []


def blow(*databases: str) -> Callable[[Blow], Blow]:
    def register(strike: Blow) -> Blow:
        BLOWS[strike.__name__] = strike
        for database in databases:
            {"sqlite": FOR_SQLITE, "postgresql": FOR_POSTGRES}[database].append(strike.__name__)
        return strike

    return register


@blow("sqlite", "postgresql")
def kill_all(town: Town, _chance: random.Random) -> None:
    """A power cut: every process that serves is gone at once."""
    town.kill_all()


@blow("postgresql")
def kill_one(town: Town, chance: random.Random) -> None:
    """One of the processes dies; its supervisor starts another."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(chance.choice(town.processes()), signal.SIGKILL)


@blow("sqlite", "postgresql")
def kill_worker(town: Town, _chance: random.Random) -> None:
    """The process that sends mails dies, perhaps in the middle of one."""
    town.kill_worker()


@blow("postgresql")
def kill_redis(town: Town, chance: random.Random) -> None:
    """Redis is gone for a few seconds, and comes back empty."""
    assert town.redis is not None
    town.redis.kill()
    town.is_healing.wait(chance.uniform(1, 4))
    town.redis.start()


@blow("postgresql")
def database_gone(town: Town, chance: random.Random) -> None:
    """PostgreSQL crashes, and is started again."""
    assert town.cluster is not None
    town.cluster.stop()
    town.is_healing.wait(chance.uniform(0.5, 2))
    town.cluster.start()


@blow("sqlite", "postgresql")
def stop_a_process(town: Town, chance: random.Random) -> None:
    """A process stands still for a moment, as on a machine that swaps."""
    pid = chance.choice(town.processes())
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
        town.is_healing.wait(chance.uniform(1, 4))
        os.kill(pid, signal.SIGCONT)


@blow("sqlite", "postgresql")
def full_disk(town: Town, chance: random.Random) -> None:
    """Not one byte more can be written for a few seconds. Only where the town has a disk of its own."""
    if not os.path.ismount(town.folder):
        raise CannotStrike("no disk of its own could be mounted")
    _give_back_space(town)
    with filled(town.folder):
        town.is_healing.wait(chance.uniform(1, 3))


@blow("sqlite", "postgresql")
def locked_database(town: Town, chance: random.Random) -> None:
    """Another program holds the database's lock for a few seconds."""
    with locked(town):
        town.is_healing.wait(chance.uniform(1, 4))


@blow("sqlite", "postgresql")
def clock_back(town: Town, _chance: random.Random) -> None:
    """The clock is set back an hour, and stays there."""
    if FAKETIME is None:
        raise CannotStrike("faketime is not installed")
    town.clock_file.write_text("-3600")


@blow("sqlite", "postgresql")
def cut_every_line(town: Town, _chance: random.Random) -> None:
    """Every connection is reset in the same moment: all come back at once."""
    town.proxy.cut_all()


def _give_back_space(town: Town) -> None:
    """SQLite writes into its log's file again and again; without room in it every write needs the disk."""
    if town.is_sqlite:
        path = town.folder / "civicforum.sqlite3"
        with contextlib.closing(sqlite_module().connect(path, timeout=5)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextlib.contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Meanwhile the disk of this folder is full."""
    filler = folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while file.write(bytes(size)):
                    pass
    try:
        yield
    finally:
        filler.unlink()


@contextlib.contextmanager
def locked(town: Town) -> Iterator[None]:
    """Meanwhile nobody else can write."""
    if town.is_sqlite:
        connection = sqlite_module().connect(
            town.folder / "civicforum.sqlite3", timeout=20, isolation_level=None
        )
        connection.execute("BEGIN IMMEDIATE")
    else:
        address = town.server.environment["CIVICFORUM_DATABASE_URL"].replace("+psycopg", "")
        connection = psycopg.connect(address)
        # One table, so that it is in nobody's way but waits: every deed that watchers see needs this one.
        connection.execute("LOCK TABLE channel IN ACCESS EXCLUSIVE MODE")
    try:
        yield
    finally:
        with contextlib.suppress(Exception):  # the database may have been killed meanwhile
            connection.execute("ROLLBACK")
        connection.close()


def strike(town: Town, name: str, chance: random.Random) -> None:
    """Let one blow fall, and bring back what it left behind."""
    try:
        BLOWS[name](town, chance)
    except CannotStrike as reason:
        town.record.left_out[name] = str(reason)
        return
    town.record.blows[name] += 1
    time.sleep(chance.uniform(0, 0.7))
    town.bring_back()
