"""Forty people at once for ten seats: on SQLite as a file, and on PostgreSQL."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from factories import make_project, make_town_hall, make_user
from sqlalchemy import select

from civicforum.accounts.models import User
from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db, now
from civicforum.jobs import Job
from civicforum.notifications.models import Notification
from civicforum.schema import upgrade_database
from civicforum.townhalls import actions, queries
from civicforum.townhalls.models import CheckIn, Rsvp

PEOPLE = 40
SEATS = 10


@pytest.fixture(params=["sqlite", "postgresql"])
def hall(request, tmp_path):
    """An application on a committed database of its own."""
    environ = {"CIVICFORUM_DATA_DIR": str(tmp_path), "CIVICFORUM_LIMITS": "off"}
    if request.param == "postgresql":
        environ["CIVICFORUM_DATABASE_URL"] = request.getfixturevalue("postgres_url")
    app = create_app(load_settings(environ))
    upgrade_database(app)
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def at_once(app, deeds):
    """Do all of these at the same moment, each as a request of its own would."""
    start = Barrier(len(deeds))

    def run(deed):
        with app.app_context():
            start.wait(20)
            try:
                return deed()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(run, deeds))


def prepared(app, **facts):
    with app.app_context():
        project = make_project(make_user())
        town_hall = make_town_hall(project, capacity=SEATS, **facts)
        return town_hall.id, [make_user().id for _ in range(PEOPLE)]


def answering(user_id, town_hall_id):
    def deed():
        return actions.rsvp(db.session.get_one(User, user_id), town_hall_id, "going").state

    return deed


def rows_of(town_hall_id):
    return db.session.scalars(
        select(Rsvp).where(Rsvp.town_hall_id == town_hall_id).order_by(Rsvp.place)
    ).all()


def test_forty_people_at_once_for_ten_seats(hall):
    town_hall_id, people = prepared(hall)
    states = at_once(hall, [answering(user_id, town_hall_id) for user_id in people])
    assert Counter(states) == {"going": SEATS, "waitlisted": PEOPLE - SEATS}
    with hall.app_context():
        rows = rows_of(town_hall_id)
        assert [row.state for row in rows] == ["going"] * SEATS + ["waitlisted"] * (PEOPLE - SEATS)
        assert [row.place for row in rows] == list(range(1, PEOPLE + 1))
        assert [queries.count_ahead(row) for row in rows[SEATS:]] == list(range(1, PEOPLE - SEATS + 1))


def test_the_first_who_waits_gets_the_seat_once_and_is_told_once(hall):
    town_hall_id, people = prepared(hall)
    for user_id in people[:13]:
        with hall.app_context():
            answering(user_id, town_hall_id)()
    with hall.app_context():
        actions.cancel_rsvp(db.session.get_one(User, people[4]), town_hall_id)
        rows = {row.user_id: row.state for row in rows_of(town_hall_id)}
        assert [rows[p] for p in people[10:13]] == ["going", "waitlisted", "waitlisted"]
        told = db.session.scalars(select(Notification).where(Notification.reason == "promoted")).all()
        assert [row.user_id for row in told] == [people[10]]
        jobs = db.session.scalars(select(Job).where(Job.unique_key.like("%:promoted"))).all()
        assert len(jobs) == 1


def test_cancels_and_wishes_at_once_leave_no_seat_empty_and_none_twice(hall):
    town_hall_id, people = prepared(hall)
    for user_id in people[:20]:
        with hall.app_context():
            answering(user_id, town_hall_id)()

    def cancelling(user_id):
        return lambda: actions.cancel_rsvp(db.session.get_one(User, user_id), town_hall_id).state

    deeds = [cancelling(p) for p in people[:5]] + [answering(p, town_hall_id) for p in people[20:25]]
    at_once(hall, deeds)
    with hall.app_context():
        states = {row.user_id: row.state for row in rows_of(town_hall_id)}
        going = [p for p in people if states.get(p) == "going"]
        assert going == people[5:15]
        told = db.session.scalars(select(Notification.user_id).where(Notification.reason == "promoted")).all()
        assert sorted(told) == people[10:15]


def test_a_check_in_that_is_sent_ten_times_is_one_row(hall):
    town_hall_id, people = prepared(hall, starts_at=now() + timedelta(minutes=30))
    with hall.app_context():
        answering(people[0], town_hall_id)()
        code = rows_of(town_hall_id)[0].code
        keeper = make_user("organizer").id

    def scan():
        return actions.check_in(db.session.get_one(User, keeper), town_hall_id, code, "n1").status

    assert at_once(hall, [scan] * 10) == ["ok"] * 10
    with hall.app_context():
        assert len(db.session.scalars(select(CheckIn)).all()) == 1
