"""What ``civicforum doctor`` finds in the database: the file, the tables, the public log, waiting work."""

import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import func, select, text

from civicforum.config import Settings
from civicforum.db import db
from civicforum.jobs import Job, count_states
from civicforum.live.changes import current_stream
from civicforum.moderation.queries import missing_head, verify_log
from civicforum.pages.readiness import LATE_MINUTES
from civicforum.schema import database_version, differences, known_versions, wanted_version

LARGE_WAL_BYTES = 64_000_000
CLOCKS_DIFFER_SECONDS = 5.0
Finding = tuple[bool, str]  # whether all is well, and a sentence; where it is not, with the next step


def database(settings: Settings) -> Iterator[Finding]:
    db.session.execute(text("SELECT 1"))
    yield True, f"The database answers ({db.engine.dialect.name})."
    if settings.is_sqlite:
        result = db.session.scalar(text("PRAGMA quick_check"))
        yield (
            result == "ok",
            "SQLite finds its file sound."
            if result == "ok"
            else f"SQLite finds its file damaged ({result}): stop the server and restore the last backup.",
        )
    else:
        seconds = db.session.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))
        yield compare_clocks("the database", float(seconds or 0))


def wal(settings: Settings) -> Iterator[Finding]:
    """SQLite's write-ahead log is taken into the file as one goes; a reader that never ends prevents it."""
    if not settings.is_sqlite:
        return
    db.session.rollback()
    with db.engine.connect() as connection:
        path = Path(f"{db.engine.url.database}-wal")
        connection.rollback()
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        _is_busy, pages, taken = cursor.fetchone() or (0, 0, 0)
        cursor.close()
    size = path.stat().st_size if path.exists() else 0
    is_well = size < LARGE_WAL_BYTES or pages == taken
    yield (
        is_well,
        f"SQLite's write-ahead log is {size // 1_000_000} MB and is taken into the file."
        if is_well
        else (
            f"SQLite's write-ahead log is {size // 1_000_000} MB and cannot be taken into the file: something"
            " reads without an end. See whether an old backup or command still runs; restart the server."
        ),
    )


def schema(_settings: Settings) -> Iterator[Finding]:
    here, wanted = database_version(), wanted_version()
    if set(here) - known_versions():
        yield (
            False,
            f"The database is of a newer version ({', '.join(here)}) than this program ({', '.join(wanted)}):"
            " install the program that it was last used with.",
        )
        return
    if here != wanted:
        yield (
            False,
            f"The database is of version {', '.join(here) or 'none'}, this program of {', '.join(wanted)}:"
            " run civicforum db upgrade.",
        )
        return
    found = differences()
    if found:
        yield (
            False,
            f"The tables differ from this version in {len(found)} places, first {found[0]}: somebody changed"
            " them by hand. Restore a backup, or undo it.",
        )
    else:
        yield True, "The tables are those of this version."
    has_stream = len(current_stream()) > 0
    yield (
        has_stream,
        "The stream has its name."
        if has_stream
        else "The stream has no name, so that nobody can watch: run civicforum db upgrade.",
    )


def record(_settings: Settings) -> Iterator[Finding]:
    count, broken = verify_log()
    yield (
        broken is None,
        f"The public moderation log verifies ({count} rows)."
        if broken is None
        else f"The public moderation log is broken at row {broken}: compare it with a backup, and say so.",
    )
    gap = missing_head()
    if gap is not None:
        yield (
            False,
            f"The published head of {gap} is missing or was changed: compare with a backup, and say so.",
        )


def jobs(_settings: Settings) -> Iterator[Finding]:
    waiting, oldest_seconds, failed = count_states()
    is_late = oldest_seconds > LATE_MINUTES * 60
    yield (
        not is_late,
        f"{waiting} jobs are due (mails, reminders)"
        + (
            f", the oldest since {oldest_seconds // 60:.0f} minutes: see that civicforum serve runs."
            if is_late
            else "."
        ),
    )
    tasks = db.session.scalars(
        select(Job.task).where(Job.failed_at.is_not(None)).group_by(Job.task).order_by(func.count().desc())
    ).all()
    yield (
        not failed,
        "No job failed for good."
        if not failed
        else f"{failed} jobs failed for good ({', '.join(tasks)}): the table job says why, in last_error.",
    )


def compare_clocks(whose: str, seconds: float) -> Finding:
    difference = abs(seconds - time.time())
    return (
        difference < CLOCKS_DIFFER_SECONDS,
        f"The clocks of {whose} and of this machine agree."
        if difference < CLOCKS_DIFFER_SECONDS
        else f"The clocks of {whose} and of this machine are {difference:.0f} s apart: let NTP set both.",
    )
