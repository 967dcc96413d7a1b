"""A database for each example, in a moment: a file is copied, nothing is built twice."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from model.town import Town

from civicforum.db import db

TODAY = datetime(2026, 3, 2, 18, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _still_clock() -> Iterator[None]:
    """That it was "5 minutes ago" is no change that anybody has to be told of: here no time passes."""
    with time_machine.travel(TODAY, tick=False):
        yield


def database_of(app: Flask) -> Path:
    return app.config["DATA_DIR"] / "civicforum.sqlite3"


@pytest.fixture
def put_back(app: Flask) -> Callable[[Path], None]:
    """``put_back(file)`` makes the database a copy of this one, as if nothing had happened since."""

    def put(kept: Path) -> None:
        db.session.remove()
        db.engine.dispose()
        for leftover in ("-wal", "-shm"):
            Path(f"{database_of(app)}{leftover}").unlink(missing_ok=True)
        shutil.copy(kept, database_of(app))

    return put


@pytest.fixture(scope="session")
def kept_towns() -> dict[Path, Town]:
    """The towns that were built in this run, by the file in which each is kept."""
    return {}


@pytest.fixture
def town(app: Flask, put_back, kept_towns: dict[Path, Town]) -> Town:
    """The small town, as it was on its first day."""
    kept = app.config["DATA_DIR"] / "town.sqlite3"
    if kept not in kept_towns:
        kept_towns[kept] = Town()
        db.session.remove()
        db.engine.dispose()
        shutil.copy(database_of(app), kept)
    put_back(kept)
    return kept_towns[kept]


# --- machines ---

# A busy machine is slow, and a step is many queries: neither is a fault.
CALM = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
}
PROFILES = {
    # The same sequences in every run, so that a change is what makes it fail. A fault is shown as it was
    # found: to look for a shorter way to it takes minutes.
    "ci": settings(
        derandomize=True,
        database=None,
        max_examples=8,
        stateful_step_count=24,
        phases=[Phase.generate],
        **CALM,
    ),
    # `make deep`: others in every run, and many more.
    "deep": settings(max_examples=400, stateful_step_count=60, print_blob=True, **CALM),
}


@pytest.fixture
def run_machine(town: Town, put_back, app: Flask) -> Callable[[Callable[[], RuleBasedStateMachine]], None]:
    """``run_machine(make)`` lets random sequences run, each in a machine and a town of its own."""
    kept = app.config["DATA_DIR"] / "town.sqlite3"

    def run(make: Callable[[], RuleBasedStateMachine]) -> None:
        def make_afresh() -> RuleBasedStateMachine:
            put_back(kept)
            return make()

        run_state_machine_as_test(make_afresh, settings=PROFILES[os.environ.get("HYPOTHESIS_PROFILE", "ci")])

    return run
