"""Runs a ``civicforum`` command that stops in the midst of its work, so that a test can kill it right there.

``python tests/pausing.py FOLDER PATTERN NUMBER COMMAND...`` waits after the NUMBER-th statement that matches
PATTERN and has been sent to the database: it makes FOLDER/paused and goes on once FOLDER/go is there. With
FOLDER/migrations, the line of history is read from there.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

PATIENCE_SECONDS = 90


class Paused:
    """A command that has stopped in the midst of its work: alive, its transaction open."""

    def __init__(
        self, folder: Path, environ: Mapping[str, str], pattern: str, number: int, *command: str
    ) -> None:
        self.folder = folder
        (folder / "paused").unlink(missing_ok=True)
        (folder / "go").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(folder), pattern, str(number), *command],
            env={"PATH": os.environ["PATH"], **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._await_pause()

    def _await_pause(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (self.folder / "paused").exists():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise AssertionError(f"It did not come to the place to stop: {self.process.communicate()[0]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """As a power cut would: SIGKILL."""
        self.process.kill()
        self.process.communicate()

    def go_on(self) -> tuple[int, str]:
        """Let it finish; its exit code and what it said."""
        (self.folder / "go").touch()
        said, _nothing = self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode, said


def _pause_after(folder: Path, pattern: re.Pattern[str], number: int) -> None:
    from sqlalchemy import Engine, event

    seen = 0

    @event.listens_for(Engine, "after_cursor_execute")
    def count(_connection, _cursor, statement, *_rest) -> None:
        nonlocal seen
        seen += bool(pattern.search(statement))
        if seen == number and not (folder / "paused").exists():
            (folder / "paused").touch()
            while not (folder / "go").exists():
                time.sleep(0.05)


def _run(folder: Path, pattern: str, number: str, *command: str) -> None:
    from civicforum import paths
    from civicforum.cli import main

    if (folder / "migrations").is_dir():
        paths.MIGRATIONS = folder / "migrations"
    _pause_after(folder, re.compile(pattern), int(number))
    sys.argv = ["civicforum", *command]
    main()


if __name__ == "__main__":
    _run(Path(sys.argv[1]), *sys.argv[2:])
