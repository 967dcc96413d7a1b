"""One trial: a town at work in bad weather under a row of blows, then good weather, then the questions."""

import contextlib
import json
import os
import random
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from postgres import Cluster, running_cluster
from redis_server import RedisServer
from running import free_port
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from chaos import blows
from chaos.checks import Finding, examine, thread_now
from chaos.people import Crowd, leave
from chaos.record import Record
from chaos.town import Town
from chaos.watchers import ScriptWatcher, Watcher
from civicforum.db import db
from civicforum.discussions.models import Post
from civicforum.townhalls.models import Rsvp

# Every watcher equals the database so soon after all has healed.
HEALED_WITHIN_SECONDS = 5.0
FINISH_SECONDS = 40
WATCHING_WITHIN_SECONDS = 10
SAMPLE_SECONDS = 0.25
DISK = "size=700m"
BACKUP = "backup.zip"


@dataclass(frozen=True)
class Plan:
    """``strikes``: the names of blows, in order; ``quiet_seconds`` pass before each and after the last."""

    seed: int
    strikes: tuple[str, ...]
    quiet_seconds: float = 1.5
    is_stormy: bool = True
    plants: tuple[str, ...] = ()


@dataclass
class Report:
    plan: Plan
    findings: list[Finding]
    strikes: dict[str, int]
    left_out: dict[str, str]
    fates: dict[str, int]
    seconds: float
    healed_seconds: float
    log: str = field(default="", repr=False)

    @property
    def faults(self) -> list[str]:
        return [f"{finding.claim}: {fault}" for finding in self.findings for fault in finding.faults]

    @property
    def unexamined(self) -> list[str]:
        return [finding.claim for finding in self.findings if not finding.examined]


def plan_of(seed: int, is_sqlite: bool, strikes: int | None = None) -> Plan:
    """A row of blows drawn by the seed: each kind once before any comes twice; just once if left out."""
    chance = random.Random(seed)
    kinds = list(blows.FOR_SQLITE if is_sqlite else blows.FOR_POSTGRES)
    strikes = len(kinds) if strikes is None else strikes
    row: list[str] = []
    while len(row) < strikes:
        row += chance.sample(kinds, len(kinds))
    return Plan(seed, tuple(row[:strikes]))


@contextlib.contextmanager
def disk() -> Iterator[Path]:
    """A folder that is a small disk of its own where that is allowed, so that it may be full."""
    folder = Path(tempfile.mkdtemp(prefix="civicforum-chaos-"))
    folder.chmod(0o755)
    is_mounted = (
        os.geteuid() == 0
        and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", str(folder)], capture_output=True
        ).returncode
        == 0
    )
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def town_on(folder: Path, plan: Plan, record: Record, cluster: Cluster | None) -> Iterator[Town]:
    """A running town; on PostgreSQL with Redis and two processes if there is a ``cluster``."""
    redis = RedisServer(str(folder), free_port()).start() if cluster else None
    url = cluster.url(cluster.new_copy()) if cluster else None
    town = Town(folder, plan.seed, record, url, redis, cluster, plan.plants)
    try:
        yield town.start()
    finally:
        town.stop()
        if redis is not None and redis.is_running:
            redis.kill()


@contextlib.contextmanager
def cluster_for(database: str, folder: Path) -> Iterator[Cluster | None]:
    if database == "sqlite":
        yield None
        return
    with running_cluster(folder) as cluster:
        if cluster is None:
            raise RuntimeError("PostgreSQL is not installed (apt-get install postgresql).")
        yield cluster


def run(plan: Plan, database: str, tell: Callable[[str], None] = lambda _words: None) -> Report:
    """The whole trial on ``sqlite`` or ``postgresql``; ``tell`` hears what is being done."""
    began, record = time.monotonic(), Record()
    with (
        disk() as folder,
        cluster_for(database, folder) as cluster,
        town_on(folder, plan, record, cluster) as town,
    ):
        watchers = _watchers(town)
        [leaver] = (watcher for watcher in watchers if watcher.name == "leaver")
        crowd, is_over = Crowd(town, plan.seed), threading.Event()
        sampler = threading.Thread(target=_sample, args=(town, is_over), daemon=True)
        sampler.start()
        crowd.start()
        _storm(town, plan, leaver, tell)
        waiting = crowd.close(FINISH_SECONDS)
        tell("asking")
        healed = _await_equal(town, watchers)
        is_over.set()
        sampler.join(10)
        findings = [
            *examine(town),
            _compare(town, watchers, healed, "of healing"),
            Finding(
                "whatever was sent was answered once all had healed",
                len(record.deeds),
                ["somebody waits"] * waiting,
            ),
        ]
        if not plan.plants:
            tell("restoring")
            findings += _restore(town, watchers)
        findings.append(_no_tracebacks(town))
        for watcher in watchers:
            watcher.stop()
        return Report(
            plan,
            findings,
            dict(record.blows),
            dict(record.left_out),
            dict(town.proxy.fates),
            time.monotonic() - began,
            healed,
            town.logs(),
        )


def _watchers(town: Town) -> list[Watcher | ScriptWatcher]:
    """Of each kind some who may watch everything they watch, and some who may not."""
    thread, closed = town.places.thread, town.places.closed_thread
    people, record = town.people, town.record
    python = [
        Watcher("guest1", town.url, thread["channel"], record),
        Watcher("guest2", town.url, thread["channel"], record),
        Watcher("resident", town.url, thread["channel"], record, people["speaker1"].token),
        Watcher("member", town.url, closed["channel"], record, people["member"].token),
        Watcher("leaver", town.url, closed["channel"], record, people["leaver"].token),
        Watcher("stranger", town.url, closed["channel"], record, people["speaker2"].token),
    ]
    script = [ScriptWatcher(f"page{n}", town.url, thread["id"], record) for n in (1, 2)]
    return [watcher.start() for watcher in (*python, *script)]


def _storm(town: Town, plan: Plan, leaver: Watcher, tell: Callable[[str], None]) -> None:
    chance = random.Random(plan.seed)
    town.proxy.set_weather(is_bad=plan.is_stormy)
    half = len(plan.strikes) // 2
    for number, name in enumerate(plan.strikes):
        time.sleep(plan.quiet_seconds)
        if number == half:
            _let_go(town, leaver)
            _back_up(town)
        tell(name.replace("_", " "))
        blows.strike(town, name, chance)
    if not plan.strikes:
        time.sleep(plan.quiet_seconds)
        _let_go(town, leaver)
        _back_up(town)
    time.sleep(plan.quiet_seconds)
    tell("healing")
    town.clock_file.write_text("+0")
    town.bring_back()
    town.proxy.set_weather(is_bad=False)


def _let_go(town: Town, leaver: Watcher) -> None:
    """Remove somebody while they watch: who is not there could not be shown anything afterwards."""
    leaver.is_watching.wait(WATCHING_WITHIN_SECONDS)
    leave(town.record, lambda: town.remove_from_closed_project("leaver"))


def _sample(town: Town, is_over: threading.Event) -> None:
    """Look at the seats again and again, as they are committed."""
    hall = town.places.hall
    while not is_over.wait(SAMPLE_SECONDS):
        with contextlib.suppress(DBAPIError), town.database():
            rows = db.session.execute(
                select(Rsvp.state, Rsvp.place, Rsvp.party_size).where(
                    Rsvp.town_hall_id == hall, Rsvp.state.in_(["going", "waitlisted"])
                )
            ).all()
            db.session.rollback()
            seated = [row for row in rows if row.state == "going"]
            waiting = [row.place for row in rows if row.state == "waitlisted"]
            town.record.samples.append(
                {
                    "taken": sum(row.party_size for row in seated),
                    "waiting": len(waiting),
                    "last_seated": max((row.place for row in seated), default=0),
                    "first_waiting": min(waiting, default=0),
                }
            )


def _back_up(town: Town) -> None:
    """A backup while people write; ``before`` and ``after`` say which words it must and may hold."""
    noted = town.record.begin("backup", "administrator", "")
    town.command("backup", str(town.folder / BACKUP))
    noted.status, noted.ended_at = 200, time.monotonic()


# --- afterwards ---


def _open_watchers(town: Town, watchers: list[Watcher | ScriptWatcher]) -> list[Watcher | ScriptWatcher]:
    """Those who hold what everybody, or a member, may read."""
    return [watcher for watcher in watchers if watcher.name not in ("leaver", "stranger")]


def _await_equal(town: Town, watchers: list[Watcher | ScriptWatcher]) -> float:
    """Seconds until every watcher holds what the database holds; more than allowed if they never do."""
    began = time.monotonic()
    while time.monotonic() - began < HEALED_WITHIN_SECONDS:
        if not _differing(town, watchers):
            return time.monotonic() - began
        time.sleep(0.1)
    return HEALED_WITHIN_SECONDS + 1


def _differing(town: Town, watchers: list[Watcher | ScriptWatcher]) -> list[str]:
    now = {
        place["channel"]: thread_now(town, place["id"])
        for place in (town.places.thread, town.places.closed_thread)
    }
    faults = []
    for watcher in _open_watchers(town, watchers):
        held = watcher.held()
        if held != now[watcher.channel]:
            missing = [post for post in now[watcher.channel] if post not in (held or [])]
            extra = [post for post in held or [] if post not in now[watcher.channel]]
            faults.append(f"{watcher.name} lacks {missing[:3]} and holds {extra[:3]}")
    return faults


def _restore(town: Town, watchers: list[Watcher | ScriptWatcher]) -> list[Finding]:
    """Put the backup back while people watch: it holds what it must, and all see just that."""
    town.command("restore", "--yes", str(town.folder / BACKUP))
    again = _await_equal(town, watchers)
    with town.database():
        bodies = set(db.session.scalars(select(Post.body)))
    [noted] = town.record.acknowledged("backup")
    said = town.record.acknowledged("post", "inside", "pending")
    before = [deed for deed in said if (deed.ended_at or 0) < noted.began_at]
    later = [deed for deed in town.record.deeds if deed.began_at > (noted.ended_at or 0)]
    marks = {word for body in bodies for word in body.split()}
    return [
        Finding(
            "a backup holds what was acknowledged before it began",
            len(before),
            [f"{deed.mark} is not in it" for deed in before if deed.mark not in marks],
        ),
        Finding(
            "a backup holds nothing that was said after it ended",
            len(later),
            [f"{deed.mark} is in it" for deed in later if deed.mark in marks],
        ),
        _compare(town, watchers, again, "of a restore"),
    ]


def _compare(town: Town, watchers: list[Watcher | ScriptWatcher], healed: float, when: str) -> Finding:
    seconds = f"{HEALED_WITHIN_SECONDS:.0f} seconds"
    faults = _differing(town, watchers) if healed > HEALED_WITHIN_SECONDS else []
    late = ["all were equal only later"] if healed > HEALED_WITHIN_SECONDS and not faults else []
    examined = sum(len(watcher.held() or []) for watcher in _open_watchers(town, watchers))
    return Finding(
        f"every watcher held what the database holds within {seconds} {when}", examined, faults or late
    )


def _no_tracebacks(town: Town) -> Finding:
    """Nothing unforeseen: a fault that is foreseen is a line in the log, not a traceback."""
    lines = town.logs().splitlines()
    return Finding(
        "the log holds no traceback", len(lines), [end_of(line) for line in lines if "Traceback (" in line]
    )


def end_of(line: str) -> str:
    """What an entry of the log says, and how its traceback ends."""
    try:
        entry = json.loads(line)
    except ValueError:
        return line
    return f"{entry.get('message')} … {entry.get('exception', '').strip().splitlines()[-1:]}"
