"""Several server processes on one port: starts them, replaces one that dies, stops them all.

Each listens by itself with SO_REUSEPORT, so the kernel spreads the connections; they share nothing but the
database and Redis.
"""

import logging
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from civicforum import metrics
from civicforum.config import environment

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.5
STOP_SECONDS = 10
# A process that dies at once is started again ever more slowly, up to this.
SLOWEST_RESTART_SECONDS = 30.0
SHORT_LIFE_SECONDS = 10.0
REMEMBERED_PROCESSES = 20


@dataclass
class _Place:
    """One of the processes: how it fares, and when it may be started again."""

    process: subprocess.Popen[bytes]
    started_at: float = field(default_factory=time.monotonic)
    failures: int = 0
    restart_at: float | None = None


@dataclass
class _Ledger:
    """The folder into which the processes count together, and those that ended."""

    folder: Path
    ended: list[int] = field(default_factory=list)

    def close(self, pid: int) -> None:
        """What an ended process had is gone; what it counted stays, until many more have ended."""
        metrics.forget_process(self.folder, pid)
        self.ended.append(pid)
        while len(self.ended) > REMEMBERED_PROCESSES:
            metrics.remove_process(self.folder, self.ended.pop(0))


def supervise(arguments: Sequence[str], workers: int) -> None:
    """Keep ``workers`` processes of ``civicforum ARGUMENTS`` running until SIGTERM or SIGINT."""
    with tempfile.TemporaryDirectory(prefix="civicforum-metrics-") as folder:
        _supervise(arguments, workers, _Ledger(Path(folder)))


def _supervise(arguments: Sequence[str], workers: int, ledger: _Ledger) -> None:
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_signal: stopping.set())
    places = [_Place(_start(arguments, ledger)) for _ in range(workers)]
    log.info("started", extra={"pids": " ".join(str(place.process.pid) for place in places)})
    while not stopping.wait(LOOK_EVERY_SECONDS):
        for place in places:
            _look_after(place, arguments, ledger)
    _stop([place.process for place in places])
    log.info("stopped")


def _start(arguments: Sequence[str], ledger: _Ledger) -> subprocess.Popen[bytes]:
    # A new session, so that Ctrl+C in a terminal reaches the supervisor alone; it stops them in order.
    return subprocess.Popen(  # noqa: S603 - our own command, with arguments of our own
        [sys.executable, "-c", "from civicforum.cli import main; main()", *arguments],
        env={**environment(), metrics.FOLDER_VARIABLE: str(ledger.folder)},
        start_new_session=True,
    )


def _look_after(place: _Place, arguments: Sequence[str], ledger: _Ledger) -> None:
    """Start the process again if it died; one that keeps dying, ever later."""
    code = place.process.poll()
    if code is None:
        return
    now = time.monotonic()
    if place.restart_at is None:
        lived = now - place.started_at
        place.failures = place.failures + 1 if lived < SHORT_LIFE_SECONDS else 0
        wait = min(SLOWEST_RESTART_SECONDS, 2.0**place.failures - 1) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads restarts
        place.restart_at = now + wait
        ledger.close(place.process.pid)
        log.error(
            "A server process ended; a new one starts.",
            extra={
                "pid": place.process.pid,
                "code": code,
                "lived_seconds": round(lived),
                "wait_seconds": round(wait, 1),
            },
        )
    if now >= place.restart_at:
        place.process, place.started_at, place.restart_at = _start(arguments, ledger), now, None


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
