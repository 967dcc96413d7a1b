"""Whether this process can serve."""

from sqlalchemy.exc import SQLAlchemyError

from civicforum import jobs
from civicforum.schema import database_version, wanted_version

# Long enough for a mail server that rests, or a job that another worker has to take over.
LATE_MINUTES = 15


def why_not_ready() -> str | None:
    """A sentence that says what is wrong and what to do; None where all is well."""
    try:
        version = database_version()
        if version != wanted_version():
            return "The database is of another version. Run civicforum db upgrade, or the newer program."
        _waiting, oldest_seconds, _failed = jobs.count_states()
    except SQLAlchemyError:
        return "The database does not answer. See that it runs, has room on its disk and takes connections."
    if oldest_seconds > LATE_MINUTES * 60 and not jobs.is_worker_alive():
        return (
            f"Work waits since {oldest_seconds // 60:.0f} minutes and nobody does it."
            " Look into the log for what holds it up, and restart this process."
        )
    return None
