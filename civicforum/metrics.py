"""What a process counts of itself, for ``/metrics`` (Prometheus). Numbers only: no name, address or word."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

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
SOCKETS = Gauge("civicforum_sockets", "Open Socket.IO connections.", registry=REGISTRY)
READERS_DROPPED = Counter(
    "civicforum_readers_dropped", "Watchers cut because they did not read.", registry=REGISTRY
)
LARGEST_OUTBOX = Gauge(
    "civicforum_largest_outbox_packets", "What waits for the slowest of the watchers.", registry=REGISTRY
)
REFUSED = Counter(
    "civicforum_refused", "Refused because this process is full, by what.", ["what"], registry=REGISTRY
)
CHANNELS = Gauge("civicforum_channels_watched", "Channels that somebody watches here.", registry=REGISTRY)
JOBS_WAITING = Gauge("civicforum_jobs_waiting", "Jobs that are due and not done.", registry=REGISTRY)
OLDEST_JOB = Gauge("civicforum_oldest_job_seconds", "How long the oldest due job waits.", registry=REGISTRY)
FAILED_JOBS = Gauge("civicforum_jobs_failed", "Jobs that failed for good.", registry=REGISTRY)


def exposition() -> bytes:
    """All of it in Prometheus' text format."""
    return generate_latest(REGISTRY)
