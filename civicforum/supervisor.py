"""Several server processes on one port: starts them, replaces one that dies or hangs, stops them all.

The supervisor opens the listening socket and every process accepts from it, so the port is answered as long
as one of them lives, and closing one of them loses nobody who waits at the door
(``docs/decisions/006-one-listening-socket.md``). SIGHUP restarts them one after the other.
"""

import logging
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from civicforum import metrics
from civicforum.config import environment

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 0.2
START_SECONDS = 60  # until a process serves
STOP_SECONDS = 12  # a process that was told to stop needs up to ten
# A process beats each second; one that is stuck, or was stopped, is replaced.
SILENCE_SECONDS = 30.0
# A process that dies at once is started again ever more slowly, up to this.
SLOWEST_RESTART_SECONDS = 30.0
SHORT_LIFE_SECONDS = 10.0
# What so many ended processes have counted stays in the sums.
REMEMBERED_PROCESSES = 20


@dataclass
class _Worker:
    """A server process, and our end of the line on which it beats."""

    process: subprocess.Popen[bytes]
    line: socket.socket
    started_at: float = field(default_factory=time.monotonic)
    has_served: bool = False
    silent_seconds: float = 0.0

    def listen(self, seconds: float) -> None:
        """Note whether it has beaten; ``seconds`` have passed for us since the last look.

        Counted in looks of ours, not by a clock: where the supervisor itself was stopped, nobody was silent.
        """
        with suppress(OSError):
            if self.line.recv(4096):
                self.has_served, self.silent_seconds = True, 0.0
                return
        self.silent_seconds += seconds

    def is_stuck(self) -> bool:
        return self.silent_seconds > (SILENCE_SECONDS if self.has_served else START_SECONDS)

    def lives(self) -> bool:
        return self.process.poll() is None

    def end(self) -> None:
        """Wait until it is gone after it was told to stop; it is killed if it takes too long."""
        try:
            self.process.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            log.error("A server process did not stop; it is killed.")
            self.process.kill()
            self.process.wait()
        self.line.close()


@dataclass
class _Place:
    """Where one of the processes belongs: who is there, and when it may be started again."""

    worker: _Worker
    failures: int = 0
    restart_at: float | None = None


class _Ledger:
    """The folder into which the processes count together, and those that ended."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="civicforum-metrics-")
        self.folder = Path(self._folder.name)
        self.ended: list[int] = []

    def close(self, pid: int) -> None:
        """What an ended process had is gone; what it counted stays, until many more have ended."""
        metrics.forget_process(self.folder, pid)
        self.ended.append(pid)
        while len(self.ended) > REMEMBERED_PROCESSES:
            metrics.remove_process(self.folder, self.ended.pop(0))

    def remove(self) -> None:
        self._folder.cleanup()


class Supervisor:
    def __init__(self, arguments: Sequence[str], listener: socket.socket, workers: int) -> None:
        """``listener`` is handed to each of ``workers`` processes of ``civicforum ARGUMENTS``.

        For the main thread, as is ``run``.
        """
        self.arguments, self.listener = arguments, listener
        self.stopping = threading.Event()
        self.is_restart_wanted = False
        self.ledger = _Ledger()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_signal: self.stopping.set())
        signal.signal(signal.SIGHUP, self._want_restart)
        self.places = [_Place(self._start()) for _ in range(workers)]

    def run(self) -> None:
        """Keep the processes running until SIGTERM or SIGINT."""
        pids = " ".join(str(place.worker.process.pid) for place in self.places)
        log.info("started", extra={"pids": pids})
        while not self.stopping.wait(LOOK_EVERY_SECONDS):
            for place in self.places:
                self._look_after(place)
            if self.is_restart_wanted:
                self.is_restart_wanted = False
                self._restart_all()
        for place in self.places:
            place.worker.process.terminate()
        for place in self.places:
            place.worker.end()
        self.ledger.remove()
        log.info("stopped")

    def _want_restart(self, *_signal: object) -> None:
        self.is_restart_wanted = True

    def _start(self) -> _Worker:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        files = [self.listener.fileno(), theirs.fileno()]
        own = [*self.arguments, "--as-worker", *map(str, files)]
        # A new session, so that Ctrl+C in a terminal reaches the supervisor alone; it stops them in order.
        process = subprocess.Popen(  # noqa: S603 - our own command, with arguments of our own
            [sys.executable, "-c", "from civicforum.cli import main; main()", *own],
            env={**environment(), metrics.FOLDER_VARIABLE: str(self.ledger.folder)},
            start_new_session=True,
            pass_fds=files,
        )
        theirs.close()
        return _Worker(process, ours)

    def _look_after(self, place: _Place) -> None:
        """Start the process again if it died or hangs; one that keeps dying, ever later."""
        worker = place.worker
        if worker.lives():
            worker.listen(LOOK_EVERY_SECONDS)
            if worker.is_stuck():
                log.error("A server process does not answer; it is killed and replaced.")
                worker.process.kill()
            return
        now = time.monotonic()
        if place.restart_at is None:
            is_short = now - worker.started_at < SHORT_LIFE_SECONDS
            place.failures = place.failures + 1 if is_short else 0
            wait = _pause_after(place.failures)
            place.restart_at = now + wait
            self.ledger.close(worker.process.pid)
            log.error(
                "A server process ended; a new one starts.",
                extra={
                    "pid": worker.process.pid,
                    "code": worker.process.poll(),
                    "lived_seconds": round(now - worker.started_at),
                    "wait_seconds": round(wait, 1),
                },
            )
        if now >= place.restart_at:
            worker.line.close()
            place.worker, place.restart_at = self._start(), None

    # --- one after the other ---

    def _restart_all(self) -> None:
        """Replace each process by a new one that serves already; stop at the first that does not."""
        log.info("The server processes are restarted one after the other.")
        for place in self.places:
            new = self._start()
            if not self._serves(new):
                new.process.terminate()
                new.end()
                log.error("The new process does not serve; the old ones stay.")
                return
            old, place.worker = place.worker, new
            place.failures, place.restart_at = 0, None
            old.process.terminate()
            old.end()
            self.ledger.close(old.process.pid)

    def _serves(self, worker: _Worker) -> bool:
        """Wait until it beats for the first time. False if it dies, hangs, or all is to stop."""
        while worker.lives() and not worker.is_stuck() and not self.stopping.wait(LOOK_EVERY_SECONDS):
            worker.listen(LOOK_EVERY_SECONDS)
            if worker.has_served:
                return True
        return False


def _pause_after(failures: int) -> float:
    seconds: float = 2.0**failures - 1
    return min(SLOWEST_RESTART_SECONDS, seconds) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads restarts
