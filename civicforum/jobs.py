"""Work that must happen after a commit and survive a crash: rows of ids in the same database.

``enqueue`` adds a row inside the caller's transaction, so it commits or vanishes with the change. A worker
claims, commits, works, commits: it never holds a transaction while it sends or computes. A task may run
twice (a crash after the work, before the last commit), so each one asks the present state first.
"""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import JSON, Index, Select, String, Text, delete, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import HasCreatedAt, HasId, Model, after_commit, db, now, transaction

log = logging.getLogger(__name__)

LEASE_MINUTES = 5
MAXIMUM_ATTEMPTS = 8
FIRST_RETRY_SECONDS = 30


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
bell = threading.Event()


def task(name: str) -> Callable[[Task], Task]:
    """Register ``function(**arguments)`` under ``name`` (``room.verb_noun``)."""

    def register(function: Task) -> Task:
        if _tasks.setdefault(name, function) is not function:
            raise RuntimeError(f"Two tasks are called {name}.")
        return function

    return register


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


def withdraw(unique_key: str) -> None:
    """Forget a job that is no longer wanted, if it still waits."""
    db.session.execute(delete(Job).where(Job.unique_key == unique_key))


def run_due(app: Flask, limit: int = 1000) -> int:
    """Run what is due, one after the other; the number that was run."""
    count = 0
    while count < limit and run_next(app):
        count += 1
    return count


def run_next(app: Flask) -> bool:
    """Claim and run the next due job. False if none is due."""
    with app.app_context():
        claimed = _claim()
    if claimed is None:
        return False
    job_id, name, arguments = claimed
    try:
        # A request context, so that a mail can name addresses and speak a language.
        with app.test_request_context(base_url=app.config["BASE_URL"]):
            _tasks[name](**arguments)
    except Exception as error:
        log.exception("Job %s (%s) failed.", job_id, name)
        with app.app_context():
            _postpone(job_id, error)
    else:
        with app.app_context():
            _finish(job_id)
    return True


def work_forever(app: Flask, is_stopping: Callable[[], bool], rest_seconds: float = 1.0) -> None:
    """Run jobs as they come due, until told to stop."""
    while not is_stopping():
        bell.clear()
        try:
            worked = run_next(app)
        except Exception:
            log.exception("The worker could not reach the database; it tries again.")
            worked = False
        if not worked:
            bell.wait(rest_seconds)


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


def _claim() -> tuple[int, str, dict[str, Any]] | None:
    if not _is_any_due():
        return None  # a look costs no lock, a claim does
    with transaction():
        job = db.session.scalar(_due().with_for_update(skip_locked=True))
        if job is None:
            return None
        job.leased_until = now() + timedelta(minutes=LEASE_MINUTES)
        job.attempts += 1
        return job.id, job.task, dict(job.arguments)


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


def _finish(job_id: int) -> None:
    with transaction():
        db.session.execute(delete(Job).where(Job.id == job_id))


def _postpone(job_id: int, error: Exception) -> None:
    with transaction():
        job = db.session.get(Job, job_id)
        if job is None:
            return
        job.last_error = f"{type(error).__name__}: {error}"[:1000]
        job.leased_until = None
        if isinstance(error, GiveUp) or job.attempts >= MAXIMUM_ATTEMPTS:
            job.failed_at = now()
            job.unique_key = None
        else:
            job.run_at = now() + timedelta(seconds=FIRST_RETRY_SECONDS * 2 ** (job.attempts - 1))
