"""Forty people at once for ten seats: on SQLite as a file, and on PostgreSQL."""

from collections import Counter
from datetime import timedelta

import pytest
from factories import make_project, make_town_hall, make_user
from races import at_once
from sqlalchemy import func, select

from civicforum.accounts.models import User
from civicforum.db import db, now
from civicforum.jobs import Job
from civicforum.notifications.models import Notification
from civicforum.townhalls import actions, queries
from civicforum.townhalls.actions import answers
from civicforum.townhalls.models import CheckIn, Rsvp

PEOPLE = 40
SEATS = 10


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


def test_forty_people_at_once_for_ten_seats(town):
    town_hall_id, people = prepared(town)
    states = at_once(town, [answering(user_id, town_hall_id) for user_id in people])
    assert Counter(states) == {"going": SEATS, "waitlisted": PEOPLE - SEATS}
    with town.app_context():
        rows = rows_of(town_hall_id)
        assert [row.state for row in rows] == ["going"] * SEATS + ["waitlisted"] * (PEOPLE - SEATS)
        assert [row.place for row in rows] == list(range(1, PEOPLE + 1))
        assert [queries.count_ahead(row) for row in rows[SEATS:]] == list(range(1, PEOPLE - SEATS + 1))


@pytest.mark.parametrize("town", ["postgresql"], indirect=True)
def test_seats_that_are_counted_without_a_lock_would_be_given_twice(town, monkeypatch):
    """A planted bug: counted, then given, while nobody holds the town hall or writes to its row."""

    def next_place(hall):
        places = select(func.max(Rsvp.place)).where(Rsvp.town_hall_id == hall.id)
        return (db.session.scalar(places) or 0) + 1

    town_hall_id, people = prepared(town)
    monkeypatch.setattr(answers, "lock", lambda model, key: db.session.get_one(model, key))
    monkeypatch.setattr(answers, "_next_place", next_place)
    states = at_once(town, [answering(user_id, town_hall_id) for user_id in people])
    assert states.count("going") > SEATS


def test_the_first_who_waits_gets_the_seat_once_and_is_told_once(town):
    town_hall_id, people = prepared(town)
    for user_id in people[:13]:
        with town.app_context():
            answering(user_id, town_hall_id)()
    with town.app_context():
        actions.cancel_rsvp(db.session.get_one(User, people[4]), town_hall_id)
        rows = {row.user_id: row.state for row in rows_of(town_hall_id)}
        assert [rows[p] for p in people[10:13]] == ["going", "waitlisted", "waitlisted"]
        told = db.session.scalars(select(Notification).where(Notification.reason == "promoted")).all()
        assert [row.user_id for row in told] == [people[10]]
        jobs = db.session.scalars(select(Job).where(Job.unique_key.like("%:promoted"))).all()
        assert len(jobs) == 1


def test_cancels_and_wishes_at_once_leave_no_seat_empty_and_none_twice(town):
    town_hall_id, people = prepared(town)
    for user_id in people[:20]:
        with town.app_context():
            answering(user_id, town_hall_id)()

    def cancelling(user_id):
        return lambda: actions.cancel_rsvp(db.session.get_one(User, user_id), town_hall_id).state

    deeds = [cancelling(p) for p in people[:5]] + [answering(p, town_hall_id) for p in people[20:25]]
    assert at_once(town, deeds) == ["cancelled"] * 5 + ["waitlisted"] * 5
    with town.app_context():
        states = {row.user_id: row.state for row in rows_of(town_hall_id)}
        going = [p for p in people if states.get(p) == "going"]
        assert going == people[5:15]
        told = db.session.scalars(select(Notification.user_id).where(Notification.reason == "promoted")).all()
        assert sorted(told) == people[10:15]


def test_a_check_in_that_is_sent_ten_times_is_one_row(town):
    town_hall_id, people = prepared(town, starts_at=now() + timedelta(minutes=30))
    with town.app_context():
        answering(people[0], town_hall_id)()
        code = rows_of(town_hall_id)[0].code
        keeper = make_user("organizer").id

    def scan():
        return actions.check_in(db.session.get_one(User, keeper), town_hall_id, code, "n1").status

    assert at_once(town, [scan] * 10) == ["ok"] * 10
    with town.app_context():
        assert len(db.session.scalars(select(CheckIn)).all()) == 1
