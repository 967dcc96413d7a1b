"""What the processes count of themselves, for ``/metrics`` (Prometheus): numbers, no name, address or word.

One process tells of itself. Several, started by a supervisor, count into files of one folder that it names in
PROMETHEUS_MULTIPROC_DIR; whichever of them is asked then tells of all.
"""

from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
REGISTRY = CollectorRegistry()

REQUESTS = Counter("civicforum_requests", "Requests answered, by status.", ["status"], registry=REGISTRY)
ERRORS = Counter("civicforum_errors", "Requests that failed through our own fault.", registry=REGISTRY)
UPDATES = Counter("civicforum_live_updates", "Updates sent to the watchers of a channel.", registry=REGISTRY)
LAG = Histogram(
    "civicforum_live_lag_seconds",
    "From the first bell to the update that answers it, in this process.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
    registry=REGISTRY,
)
READERS_DROPPED = Counter(
    "civicforum_readers_dropped", "Watchers cut because they did not read.", registry=REGISTRY
)
REFUSED = Counter(
    "civicforum_refused", "Refused because this process is full, by what.", ["what"], registry=REGISTRY
)
LARGEST_OUTBOX = Gauge(
    "civicforum_largest_outbox_packets",
    "What waits for the slowest of the watchers.",
    registry=REGISTRY,
    multiprocess_mode="livemax",
)
CONNECTIONS = Counter(
    "civicforum_socket_connections",
    "Socket.IO connections: opened, closed, refused, cut (signed out, suspended, a new password).",
    ["outcome"],
    registry=REGISTRY,
)
JOBS = Counter("civicforum_jobs", "Jobs by what became of them.", ["outcome"], registry=REGISTRY)


def _here(name: str, words: str) -> Gauge:
    """What each process has; together they have the sum of those that live."""
    return Gauge(name, words, registry=REGISTRY, multiprocess_mode="livesum")


def _everywhere(name: str, words: str) -> Gauge:
    """What is in the database: the same for all, as last looked at."""
    return Gauge(name, words, registry=REGISTRY, multiprocess_mode="livemostrecent")


SOCKETS = _here("civicforum_sockets", "Open Socket.IO connections.")
WATCHERS = _here("civicforum_watchers", "How often a channel is watched: one for each socket and channel.")
CHANNELS = _here("civicforum_channels_watched", "Channels that somebody watches, counted in each process.")
POOL_IN_USE = _here("civicforum_database_connections_in_use", "Database connections that are taken now.")
POOL_LIMIT = _here("civicforum_database_connections_limit", "How many may be taken; then requests wait.")
JOBS_WAITING = _everywhere("civicforum_jobs_waiting", "Jobs that are due and not done.")
OLDEST_JOB = _everywhere("civicforum_oldest_job_seconds", "How long the oldest due job waits.")
FAILED_JOBS = _everywhere("civicforum_jobs_failed", "Jobs that failed for good.")


def exposition() -> bytes:
    """All of it in Prometheus' text format: of all processes, where they count together."""
    if values.ValueClass is values.MutexValue:
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return generate_latest(together)


def forget_process(folder: Path, pid: int) -> None:
    """A process has ended: what it had it has no longer, what it counted stays counted."""
    mark_process_dead(pid, str(folder))


def remove_process(folder: Path, pid: int) -> None:
    """Give up what it counted, too; a monitor sees a counter begin again."""
    for file in folder.glob(f"*_{pid}.db"):
        file.unlink(missing_ok=True)
