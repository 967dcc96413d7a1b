"""Reads off how many are here and what waits, for ``/metrics``."""

from flask import Flask

from civicforum import jobs, metrics
from civicforum.db import count_connections


def measure(app: Flask) -> None:
    """Bring the gauges of this process up to date. Inside an application context."""
    waiting, oldest, failed = jobs.count_states()
    metrics.JOBS_WAITING.set(waiting)
    metrics.OLDEST_JOB.set(oldest)
    metrics.FAILED_JOBS.set(failed)
    in_use, limit = count_connections()
    metrics.POOL_IN_USE.set(in_use)
    metrics.POOL_LIMIT.set(limit)
    publisher = app.extensions.get("publisher")
    metrics.SOCKETS.set(len(publisher.sockets) if publisher else 0)
    metrics.CHANNELS.set(len(publisher.channels) if publisher else 0)
    metrics.WATCHERS.set(publisher.count_watchers() if publisher else 0)
