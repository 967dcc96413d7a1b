"""``civicforum worker``, for real: several share the work; nothing is lost, and nothing sent twice."""

import os
import signal
import subprocess
import time
from datetime import timedelta
from email import message_from_bytes

import pytest
from running import COMMAND, Server, free_port
from sqlalchemy import update

from civicforum import jobs
from civicforum.db import now, transaction

PEOPLE = 40


@pytest.fixture
def town(tmp_path, postgres_url):
    """A town without a server: its settings, its database, and people who wait for a mail each."""
    town = Server(tmp_path, free_port(), {"CIVICFORUM_DATABASE_URL": postgres_url})
    people = [town.make_user() for _ in range(PEOPLE)]
    with town.database(), transaction():
        for person in people:
            jobs.enqueue("accounts.mail_test", user_id=person.id, at="2026-01-01T00:00:00+00:00")
    yield town
    town.stop()


@pytest.fixture
def start(town):
    """``start()`` starts a worker."""
    started = []

    def run() -> subprocess.Popen[bytes]:
        environment = {"PATH": os.environ["PATH"], **town.environment}
        with (town.folder / "worker.log").open("ab") as log:
            started.append(subprocess.Popen([COMMAND, "worker"], env=environment, stdout=log, stderr=log))
        return started[-1]

    yield run
    for worker in started:
        worker.kill()
        worker.wait()


def mails(town) -> list[str]:
    """To whom each mail went."""
    files = sorted((town.folder / "mail").glob("*.eml"))
    return [str(message_from_bytes(file.read_bytes())["To"]) for file in files]


def waiting(town) -> int:
    with town.database():
        return jobs.count_waiting()


def wait_until(is_true, seconds: float = 60):
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"It did not happen within {seconds} s."
        time.sleep(0.05)


def test_several_workers_share_the_work_and_each_mail_goes_out_once(town, start):
    for _ in range(3):
        start()
    wait_until(lambda: waiting(town) == 0)
    assert len(mails(town)) == len(set(mails(town))) == PEOPLE
    assert "Traceback" not in (town.folder / "worker.log").read_text()


def test_what_a_killed_worker_had_in_hand_is_done_by_another_once_its_lease_ends(town, start):
    first = start()
    wait_until(lambda: mails(town))
    first.kill()
    first.wait()
    assert 0 < waiting(town) <= PEOPLE
    with town.database(), transaction():  # as if a minute and a half had passed
        held = jobs.Job.leased_until.is_not(None)
        earlier = now() - timedelta(seconds=1)
        jobs.db.session.execute(update(jobs.Job).where(held).values(leased_until=earlier))
    start()
    wait_until(lambda: waiting(town) == 0)
    assert len(mails(town)) == len(set(mails(town))) == PEOPLE


def test_a_worker_that_is_told_to_stop_finishes_what_it_has_in_hand(town, start):
    worker = start()
    wait_until(lambda: mails(town))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=30) == 0
    with town.database():
        held = jobs.Job.leased_until.is_not(None)
        assert jobs.db.session.query(jobs.Job).filter(held).count() == 0
    assert len(mails(town)) + waiting(town) == PEOPLE
