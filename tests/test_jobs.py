"""Jobs: they commit with the change, run once, wait, retry, and give up in sight."""

from datetime import timedelta

import pytest
import time_machine
from races import at_once
from sqlalchemy import delete, select

from civicforum import jobs
from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db, now, transaction
from civicforum.jobs import Job
from civicforum.schema import upgrade_database

done: list[int] = []


@jobs.task("tests.note")
def note(number: int) -> None:
    done.append(number)


@jobs.task("tests.fail")
def fail() -> None:
    raise ValueError("not today")


@jobs.task("tests.give_up")
def give_up() -> None:
    raise jobs.GiveUp("never")


@jobs.task("tests.withdraw_and_fail")
def withdraw_and_fail() -> None:
    with transaction():
        jobs.withdraw("k")
    raise ValueError("nobody wants it any more")


@pytest.fixture(autouse=True)
def _nothing_done() -> None:
    done.clear()


def enqueue(*args, **kwargs) -> None:
    with transaction():
        jobs.enqueue(*args, **kwargs)


def enqueue_and_fail() -> None:
    with transaction():
        jobs.enqueue("tests.note", number=7)
        1 / 0  # noqa: B018 - the deed that goes wrong


def waiting() -> list[Job]:
    db.session.rollback()
    return list(db.session.scalars(select(Job).order_by(Job.id)))


def test_a_job_runs_once_and_is_gone(app):
    enqueue("tests.note", number=7)
    assert (jobs.run_due(app), jobs.run_due(app)) == (1, 0)
    assert (done, waiting()) == ([7], [])


def test_a_job_vanishes_with_its_transaction(app):
    with pytest.raises(ZeroDivisionError):
        enqueue_and_fail()
    assert (jobs.run_due(app), done) == (0, [])


def test_a_later_job_waits_for_its_time(app):
    enqueue("tests.note", run_at=now() + timedelta(hours=1), number=7)
    assert jobs.run_due(app) == 0
    with time_machine.travel(now() + timedelta(hours=2)):
        assert jobs.run_due(app) == 1
    assert done == [7]


def test_a_key_keeps_only_the_newest(app):
    enqueue("tests.note", unique_key="k", number=1)
    enqueue("tests.note", unique_key="k", number=2)
    jobs.run_due(app)
    assert done == [2]


def test_a_withdrawn_job_never_runs(app):
    enqueue("tests.note", unique_key="k", number=1)
    with transaction():
        jobs.withdraw("k")
    assert (jobs.run_due(app), done) == (0, [])


def test_a_failed_job_is_tried_again_later_and_then_stands_as_failed(app):
    enqueue("tests.fail")
    at = now()
    for attempt in range(jobs.MAXIMUM_ATTEMPTS):
        at += timedelta(days=1)
        with time_machine.travel(at):
            assert jobs.run_due(app) == 1, attempt
    (job,) = waiting()
    assert (job.attempts, job.last_error) == (jobs.MAXIMUM_ATTEMPTS, "ValueError: not today")
    assert job.failed_at is not None


def test_a_job_that_gives_up_is_not_tried_again(app):
    enqueue("tests.give_up")
    assert (jobs.run_due(app), jobs.run_due(app)) == (1, 0)
    assert waiting()[0].failed_at is not None


def test_a_job_of_a_dead_worker_is_taken_over_when_its_lease_ends(app):
    enqueue("tests.note", number=7)
    with transaction():
        waiting()[0].leased_until = now() + timedelta(minutes=5)
    assert jobs.run_due(app) == 0
    with time_machine.travel(now() + timedelta(minutes=6)):
        assert jobs.run_due(app) == 1
    assert done == [7]


def test_the_number_waiting_is_what_is_due(app):
    enqueue("tests.note", number=1)
    enqueue("tests.note", number=2, run_at=now() + timedelta(hours=1))
    assert jobs.count_waiting() == 1


@jobs.task("tests.ask_again")
def ask_again(number: int) -> None:
    """Meanwhile somebody asks for the same once more, with newer facts."""
    done.append(number)
    if number == 1:
        enqueue("tests.ask_again", unique_key="k", number=2)


def test_what_is_asked_for_while_it_is_being_done_is_done_again(app):
    enqueue("tests.ask_again", unique_key="k", number=1)
    jobs.run_due(app)
    assert (done, waiting()) == ([1, 2], [])


def test_a_job_in_hand_is_kept_for_as_long_as_it_takes(app):
    enqueue("tests.note", number=7)
    claimed = jobs._claim()
    for minute in range(1, 6):
        with time_machine.travel(now() + timedelta(minutes=minute)):
            jobs.renew(claimed)
            assert jobs.run_due(app) == 0
    with time_machine.travel(now() + timedelta(minutes=10)):
        assert jobs.run_due(app) == 1


def test_renewing_a_job_that_was_given_back_does_not_take_it_again(app):
    enqueue("tests.fail")
    claimed = jobs._claim()
    jobs._postpone(claimed, ValueError("not today"))
    jobs.renew(claimed)
    assert waiting()[0].leased_until is None


def test_whoever_works_renews_while_it_works(app, monkeypatch):
    monkeypatch.setattr(jobs, "RENEW_SECONDS", 0.05)
    keeper = jobs.Keeper(app)
    enqueue("tests.note", number=7)
    claimed = jobs._claim()
    first = waiting()[0].leased_until
    keeper.hold(claimed)
    deadline = now() + timedelta(seconds=20)
    while waiting()[0].leased_until == first and now() < deadline:
        db.session.rollback()
    keeper.stop()
    assert waiting()[0].leased_until > first


def test_a_job_that_ends_every_worker_is_given_up_and_the_next_one_is_done(app):
    enqueue("tests.note", number=1)
    at = now()
    for _ in range(jobs.MAXIMUM_ATTEMPTS):
        with time_machine.travel(at):
            jobs._claim()  # and never comes back from it
        at += timedelta(minutes=5)
    enqueue("tests.note", number=2)
    with time_machine.travel(at):
        jobs.run_due(app)
    assert done == [2]
    (job,) = waiting()
    assert (job.failed_at is not None, job.arguments) == (True, {"number": 1})


@jobs.task("tests.restore")
def restore_under_a_job() -> None:
    """While this job runs, a restore brings back another one of the same number."""
    with transaction():
        number = db.session.scalars(select(Job.id)).one()
        db.session.execute(delete(Job))
        db.session.add(Job(id=number, task="tests.note", arguments={"number": 9}, run_at=now()))


def test_a_job_does_not_end_another_that_took_its_number(app):
    enqueue("tests.restore")
    assert jobs.run_next(app)
    assert [job.task for job in waiting()] == ["tests.note"]
    jobs.run_due(app)
    assert done == [9]


def test_two_tasks_of_one_name_are_a_mistake():
    with pytest.raises(RuntimeError, match=r"tests\.note"):
        jobs.task("tests.note")(lambda: None)
    assert jobs.task("tests.note")(note) is note


def test_a_job_that_was_withdrawn_while_it_failed_is_not_kept(app):
    enqueue("tests.withdraw_and_fail", unique_key="k")
    assert (jobs.run_due(app), waiting()) == (1, [])


def test_of_many_workers_one_runs_a_job(town):
    with town.app_context():
        enqueue("tests.note", number=7)
    ran = at_once(town, [lambda: jobs.run_next(town)] * 6)
    assert (ran.count(True), done) == (1, [7])
    with town.app_context():
        assert waiting() == []


def test_many_workers_run_many_jobs_once_each(town):
    with town.app_context():
        for number in range(12):
            enqueue("tests.note", number=number)
    ran = at_once(town, [lambda: jobs.run_due(town)] * 4)
    assert (sum(ran), sorted(done)) == (12, list(range(12)))


def test_what_many_ask_for_at_once_is_one_job(town):
    at_once(town, [lambda: enqueue("tests.note", unique_key="k", number=7)] * 6)
    assert jobs.run_due(town) == 1
    assert done == [7]


def test_a_worker_runs_what_is_due_until_it_is_told_to_stop(app):
    enqueue("tests.note", number=1)
    enqueue("tests.note", number=2)
    jobs.work_forever(app, lambda: len(done) == 2, rest_seconds=0.01)
    # What is done again and again always waits.
    assert (done, [job.id for job in waiting() if job.task == "tests.note"]) == ([1, 2], [])


def test_a_worker_outlives_a_database_that_is_gone_for_a_while(tmp_path, caplog):
    home, away = tmp_path / "home", tmp_path / "away"
    app = create_app(load_settings({"CIVICFORUM_DATA_DIR": str(home)}))
    upgrade_database(app)
    with app.app_context():
        enqueue("tests.note", number=7)
        db.session.remove()
        db.engine.dispose()
    home.rename(away)
    asked = []

    def is_stopping():
        asked.append(1)
        if len(asked) == 3:
            away.rename(home)
        return bool(done)

    jobs.work_forever(app, is_stopping, rest_seconds=0.01)
    assert done == [7]
    # In brackets stands what it met first: a write that looks after the rounds, or a read.
    told = [(record.levelname, record.message.partition(" (")[0]) for record in caplog.records]
    assert told == [("WARNING", "The worker could not go on; it tries again.")] * 2
    with app.app_context():
        db.engine.dispose()
