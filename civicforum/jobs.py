"""Work that must happen after a commit and survive a crash: rows of ids in the same database.

``enqueue`` adds a row inside the caller's transaction, so it commits or vanishes with the change. A worker
claims, commits, works, commits: it never holds a transaction while it sends or computes. A task may run
twice (a crash after the work, before the last commit), so each one asks the present state first.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import (
    JSON,
    ColumnElement,
    Index,
    Select,
    String,
    Text,
    and_,
    delete,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from civicforum import metrics
from civicforum.db import HasCreatedAt, HasId, Model, after_commit, carrying_on, db, now, transaction

log = logging.getLogger(__name__)

# A worker that is killed holds its job for so long; one that works renews in time, however long it takes.
LEASE_SECONDS = 90
RENEW_SECONDS = 20
# A worker that has not looked for work for so long is stuck.
LONGEST_JOB_SECONDS = 300
MAXIMUM_ATTEMPTS = 8
FIRST_RETRY_SECONDS = 30
# How often a worker looks whether everything that is done again and again waits for its time.
ROUNDS_SECONDS = 60


class GiveUp(Exception):
    """Raised by a task that will never succeed (a refused address); it is not tried again."""


class Job(Model, HasId, HasCreatedAt):
    """One thing to do. ``arguments`` holds ids and plain words, never content or secrets."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_run_at", "failed_at", "run_at"),)

    task: Mapped[str] = mapped_column(String(100))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    unique_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    run_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(Text)


Task = Callable[..., None]
_tasks: dict[str, Task] = {}
_rounds: dict[str, timedelta] = {}
bell = threading.Event()


class _Worker:
    """The one worker of this process."""

    looked_at: float | None = None  # when it last looked for work, monotonic seconds
    planned_at: float | None = None  # when it last saw to the rounds


_worker = _Worker()


def task(name: str) -> Callable[[Task], Task]:
    """Register ``function(**arguments)`` under ``name`` (``room.verb_noun``)."""

    def register(function: Task) -> Task:
        if _tasks.setdefault(name, function) is not function:
            raise RuntimeError(f"Two tasks are called {name}.")
        return function

    return register


def task_of_round(name: str, every: timedelta) -> Callable[[Task], Task]:
    """As ``task``, for what is done again and again: workers see to it that it always waits somewhere."""
    _rounds[name] = every
    return task(name)


def plan_rounds() -> None:
    """Let each round wait for its time, if none does: at the start, and after one was done or given up."""
    for name, every in _rounds.items():
        key = f"round:{name}"
        if db.session.scalar(select(Job.id).where(Job.unique_key == key)) is None:
            enqueue(name, unique_key=key, run_at=now() + every)


def enqueue(
    name: str, *, run_at: datetime | None = None, unique_key: str | None = None, **arguments: Any
) -> None:
    """Do ``name(**arguments)`` after the commit, not before ``run_at``.

    A waiting job with the same ``unique_key`` is replaced: asking twice does it once, at the newer time.
    """
    if unique_key is not None:
        db.session.execute(delete(Job).where(Job.unique_key == unique_key))
    job = Job(task=name, arguments=arguments, unique_key=unique_key, run_at=run_at or now())
    try:
        with db.session.begin_nested():
            db.session.add(job)
    except IntegrityError:
        # Another action is asking for the very same thing and was first: its row does both.
        log.info("Job %s is already waiting.", unique_key)
    after_commit(bell.set)


def enqueue_unless_waiting(name: str, *, unique_key: str, run_at: datetime, **arguments: Any) -> None:
    """As ``enqueue``, but a job with this key that waits already keeps its time. One at work is replaced:
    it may have read everything before what it is asked for now."""
    waiting = select(Job.id).where(Job.unique_key == unique_key, Job.leased_until.is_(None))
    if db.session.scalar(waiting) is None:
        enqueue(name, run_at=run_at, unique_key=unique_key, **arguments)


def withdraw(unique_key: str) -> None:
    """Forget a job that is no longer wanted, if it still waits."""
    db.session.execute(delete(Job).where(Job.unique_key == unique_key))


def run_due(app: Flask, limit: int = 1000) -> int:
    """Run what is due, one after the other; the number that was run."""
    count = 0
    while count < limit and run_next(app):
        count += 1
    return count


@dataclass(frozen=True)
class Claimed:
    """A job that this worker has; by its time as well, because SQLite gives a number twice."""

    id: int
    created_at: datetime
    task: str
    arguments: dict[str, Any]

    def row(self) -> ColumnElement[bool]:
        return and_(Job.id == self.id, Job.created_at == self.created_at)


def run_next(app: Flask, note: Callable[[Claimed | None], None] = lambda _claimed: None) -> bool:
    """Claim and run the next due job, and ``note`` what is in hand. False if none is due."""
    with app.app_context():
        claimed = _claim()
    if claimed is None:
        return False
    note(claimed)
    began_at = time.perf_counter()
    failure = _try_to_do(app, claimed)
    milliseconds = round((time.perf_counter() - began_at) * 1000)
    try:
        with app.app_context():
            outcome = _finish(claimed) if failure is None else _postpone(claimed, failure)
    finally:
        note(None)
    metrics.JOBS.labels(outcome).inc()
    log.log(
        logging.INFO if failure is None else logging.ERROR,
        "job",
        extra={"task": claimed.task, "job": claimed.id, "outcome": outcome, "milliseconds": milliseconds},
        exc_info=failure,
    )
    return True


def _try_to_do(app: Flask, claimed: Claimed) -> Exception | None:
    try:
        # A request context, so that a mail can name addresses and speak a language.
        with app.test_request_context(base_url=app.config["BASE_URL"]):
            _tasks[claimed.task](**claimed.arguments)
    except Exception as error:  # noqa: BLE001 - whatever a task raises is its outcome, and in the log
        return error
    return None


def work_forever(app: Flask, is_stopping: Callable[[], bool], rest_seconds: float = 1.0) -> None:
    """Run jobs as they come due, until told to stop; the one in hand is finished."""
    keeper = Keeper(app)
    while not is_stopping():
        _worker.looked_at = time.monotonic()
        bell.clear()
        worked = False
        with carrying_on(log, "The worker could not go on; it tries again."):
            _see_to_rounds(app)
            worked = run_next(app, keeper.hold)
        if not worked:
            bell.wait(rest_seconds)
    keeper.stop()


def _see_to_rounds(app: Flask) -> None:
    """Once a minute."""
    at = time.monotonic()
    if _worker.planned_at is None or at - _worker.planned_at > ROUNDS_SECONDS:
        with app.app_context(), transaction():
            plan_rounds()
        _worker.planned_at = at


class Keeper:
    """Renews the lease of the job in hand, so that no other worker takes it for abandoned."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self._held: Claimed | None = None
        self._is_over = threading.Event()
        threading.Thread(target=self._keep, daemon=True).start()

    def hold(self, claimed: Claimed | None) -> None:
        self._held = claimed

    def stop(self) -> None:
        self._is_over.set()

    def _keep(self) -> None:
        while not self._is_over.wait(RENEW_SECONDS):
            held = self._held
            if held is None:
                continue
            sentence = "The lease of a job could not be renewed; another worker may do it, too."
            with carrying_on(log, sentence), self.app.app_context():
                renew(held)


def renew(claimed: Claimed) -> None:
    """Keep this job for another while; does nothing to one that is done or replaced."""
    with transaction():
        still_held = (claimed.row(), Job.leased_until.is_not(None))
        db.session.execute(update(Job).where(*still_held).values(leased_until=_lease()))


def is_worker_alive() -> bool:
    """Whether the worker of this process looked for work within the time that one job may take."""
    return _worker.looked_at is not None and time.monotonic() - _worker.looked_at < LONGEST_JOB_SECONDS


def count_waiting() -> int:
    """How many jobs are due and not yet done."""
    waiting = select(func.count()).select_from(Job).where(Job.failed_at.is_(None), Job.run_at <= now())
    return db.session.scalar(waiting) or 0


def count_states() -> tuple[int, float, int]:
    """(jobs due, how many seconds the oldest of them waits, jobs that failed for good)."""
    at = now()
    due = (Job.failed_at.is_(None), Job.run_at <= at)
    oldest = db.session.scalar(select(func.min(Job.run_at)).where(*due))
    failed = db.session.scalar(select(func.count()).select_from(Job).where(Job.failed_at.is_not(None)))
    return count_waiting(), (at - oldest).total_seconds() if oldest else 0.0, failed or 0


def _lease() -> datetime:
    return now() + timedelta(seconds=LEASE_SECONDS)


def _claim() -> Claimed | None:
    if not _is_any_due():
        return None  # a look costs no lock, a claim does
    with transaction():
        job = db.session.scalar(_due().with_for_update(skip_locked=True))
        if job is None:
            return None
        if job.attempts < MAXIMUM_ATTEMPTS:
            job.leased_until = _lease()
            job.attempts += 1
            return Claimed(job.id, job.created_at, job.task, dict(job.arguments))
        # Each time it was taken up, nobody came back from it: it would take every worker along.
        job.last_error = "The worker ended in the middle of it, again and again."
        _give_up(job)
    return _claim()


def _due() -> Select[Job]:
    at = now()
    return (
        select(Job)
        .where(Job.failed_at.is_(None), Job.run_at <= at)
        .where(or_(Job.leased_until.is_(None), Job.leased_until < at))
        .order_by(Job.run_at, Job.id)
        .limit(1)
    )


def _is_any_due() -> bool:
    found = db.session.scalar(_due())
    db.session.rollback()
    return found is not None


def _finish(claimed: Claimed) -> str:
    with transaction():
        db.session.execute(delete(Job).where(claimed.row()))
    return "done"


def _postpone(claimed: Claimed, error: Exception) -> str:
    """Try again later, or never; says which."""
    with transaction():
        job = db.session.scalar(select(Job).where(claimed.row()))
        if job is None:
            return "replaced"
        job.last_error = f"{type(error).__name__}: {error}"[:1000]
        job.leased_until = None
        if isinstance(error, GiveUp) or job.attempts >= MAXIMUM_ATTEMPTS:
            _give_up(job)
            return "failed"
        job.run_at = now() + timedelta(seconds=FIRST_RETRY_SECONDS * 2 ** (job.attempts - 1))
    return "later"


def _give_up(job: Job) -> None:
    job.failed_at = now()
    job.unique_key = None
