"""Alive is whoever answers; ready is whoever can serve, and the answer says what is in the way."""

from datetime import timedelta

import pytest
import requests
from running import Server, free_port

from civicforum import jobs
from civicforum.db import db, now, transaction
from civicforum.jobs import Job


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch):
    """This process has none, whatever tests before this one did."""
    monkeypatch.setattr(jobs._worker, "looked_at", None)


def add_job(minutes_late: int) -> None:
    """A job that was due a while ago and that another worker holds."""
    at = now()
    with transaction():
        db.session.add(
            Job(
                task="tests.none",
                arguments={},
                run_at=at - timedelta(minutes=minutes_late),
                leased_until=at + timedelta(minutes=5),
            )
        )


def ask(client) -> tuple[int, str]:
    page = client.get("/readyz")
    return page.status_code, page.json.get("reason", "")


def test_the_process_is_alive_and_ready(client):
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok"}


@pytest.mark.parametrize(
    "statement", ["UPDATE alembic_version SET version_num = 'x'", "DELETE FROM alembic_version"]
)
def test_a_database_of_another_version_is_not_ready(client, statement):
    with transaction():
        db.session.execute(db.text(statement))
    code, reason = ask(client)
    assert (code, "civicforum db upgrade" in reason) == (503, True)


def test_work_that_waits_long_and_that_nobody_does_is_not_ready(client):
    add_job(minutes_late=14)
    assert ask(client) == (200, "")
    add_job(minutes_late=16)
    code, reason = ask(client)
    assert (code, "waits since 16 minutes" in reason) == (503, True)


def test_much_work_is_no_reason_where_somebody_does_it(app, client):
    add_job(minutes_late=60)
    stops = iter([False, True])
    jobs.work_forever(app, lambda: next(stops), rest_seconds=0.01)
    assert ask(client) == (200, "")


def test_a_worker_that_hangs_is_not_alive(app, client, monkeypatch):
    add_job(minutes_late=60)
    stops = iter([False, True])
    jobs.work_forever(app, lambda: next(stops), rest_seconds=0.01)
    monkeypatch.setattr(jobs._worker, "looked_at", jobs._worker.looked_at - 6 * 60)
    assert ask(client)[0] == 503


def test_a_server_whose_database_is_gone_lives_and_is_not_ready(tmp_path, postgres_cluster):
    postgres_cluster.execute("CREATE DATABASE short_lived")
    settings = {"CIVICFORUM_DATABASE_URL": postgres_cluster.url("short_lived")}
    server = Server(tmp_path, free_port(), settings).start()
    try:
        assert requests.get(f"{server.base_url}/readyz", timeout=20).status_code == 200
        postgres_cluster.execute("DROP DATABASE short_lived WITH (FORCE)")
        answer = requests.get(f"{server.base_url}/readyz", timeout=30)
        assert (answer.status_code, answer.json()["status"]) == (503, "unavailable")
        assert "The database does not answer" in answer.json()["reason"]
        assert requests.get(f"{server.base_url}/healthz", timeout=20).json() == {"status": "ok"}
    finally:
        server.stop()
