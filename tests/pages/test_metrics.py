"""Numbers for a monitor on this machine, and for nobody else."""

from datetime import timedelta

import pytest

from civicforum import jobs
from civicforum.db import now, transaction


def numbers(client) -> dict[str, float]:
    lines = [line for line in client.get("/metrics").text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _space, value in (line.rpartition(" ") for line in lines)}


def test_waiting_jobs_and_the_oldest_are_counted(client):
    with transaction():
        jobs.enqueue("tests.none", run_at=now() - timedelta(seconds=90))
        jobs.enqueue("tests.none", run_at=now() + timedelta(hours=1))
    found = numbers(client)
    assert (found["civicforum_jobs_waiting"], found["civicforum_jobs_failed"]) == (1, 0)
    assert 90 <= found["civicforum_oldest_job_seconds"] < 100


def test_requests_are_counted_by_what_became_of_them(client):
    before = numbers(client)
    client.get("/nowhere")
    after = numbers(client)
    name = 'civicforum_requests_total{status="4xx"}'
    assert after[name] == before.get(name, 0) + 1


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"environ_base": {"REMOTE_ADDR": "203.0.113.7"}},
        {"environ_base": {"REMOTE_ADDR": "2001:db8::1"}},
        {"headers": {"X-Forwarded-For": "127.0.0.1"}},
    ],
)
def test_nobody_else_finds_them(client, elsewhere):
    assert client.get("/metrics", **elsewhere).status_code == 404
