from datetime import timedelta

import pytest
from factories import make_user
from sqlalchemy import select

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.db import db, now, transactional
from civicforum.errors import NotAllowed
from civicforum.live import doorbell
from civicforum.notifications.actions import mark_read, notify
from civicforum.notifications.models import Notification
from civicforum.notifications.queries import count_unread


@transactional
def tell(actor, *args, **kwargs):
    notify(*args, **kwargs)


@transactional
def tell_and_fail(actor, user_id):
    notify([user_id], "reply", "post", 7)
    raise ZeroDivisionError


def told() -> list[tuple[int, str, str, int]]:
    rows = db.session.scalars(select(Notification).order_by(Notification.id))
    return [(row.user_id, row.reason, row.kind, row.object_id) for row in rows]


@pytest.fixture
def rung(monkeypatch):
    people = []
    monkeypatch.setattr(doorbell, "_people_listeners", [people.append])
    return people


def test_each_is_told_once_and_the_actor_not_at_all(app, rung):
    ana, bo, cy = make_user(), make_user(), make_user()
    tell(SYSTEM, [ana.id, bo.id, ana.id, None, cy.id], "reply", "post", 7, actor_id=cy.id)
    assert told() == [(ana.id, "reply", "post", 7), (bo.id, "reply", "post", 7)]
    assert sorted(rung) == [ana.id, bo.id]


def test_what_is_unread_is_not_said_again(app):
    ana = make_user()
    tell(SYSTEM, [ana.id], "reply", "post", 7)
    tell(SYSTEM, [ana.id], "reply", "post", 7)
    assert count_unread(ana) == 1


def test_what_was_read_is_said_again(app):
    ana = make_user()
    tell(SYSTEM, [ana.id], "reply", "post", 7)
    mark_read(ana)
    tell(SYSTEM, [ana.id], "reply", "post", 7)
    assert count_unread(ana) == 1
    assert len(told()) == 2


def test_another_reason_or_object_is_another_notice(app):
    ana = make_user()
    for reason, kind, number in (("reply", "post", 7), ("mention", "post", 7), ("reply", "post", 8)):
        tell(SYSTEM, [ana.id], reason, kind, number)
    assert count_unread(ana) == 3


def test_what_is_rolled_back_told_nobody(app, rung):
    ana = make_user()
    with pytest.raises(ZeroDivisionError):
        tell_and_fail(SYSTEM, ana.id)
    assert (told(), rung) == ([], [])


def test_outside_an_action_nothing_can_be_told(app):
    with pytest.raises(RuntimeError):
        notify([make_user().id], "reply", "post", 7)


def test_reading_one_leaves_the_others_unread(app, rung):
    ana = make_user()
    tell(SYSTEM, [ana.id], "reply", "post", 7)
    tell(SYSTEM, [ana.id], "reply", "post", 8)
    first = db.session.scalar(select(Notification.id).order_by(Notification.id))
    mark_read(ana, [first])
    assert count_unread(ana) == 1
    assert rung == [ana.id] * 3


def test_nobody_marks_anothers_read(app):
    ana, bo = make_user(), make_user()
    tell(SYSTEM, [ana.id], "reply", "post", 7)
    mark_read(bo, [db.session.scalar(select(Notification.id))])
    mark_read(bo)
    assert count_unread(ana) == 1


@pytest.mark.parametrize("actor", [Guest(), SYSTEM])
def test_who_has_no_inbox_marks_nothing(app, actor):
    with pytest.raises(NotAllowed):
        mark_read(actor)


def test_a_suspended_person_reads_their_inbox(app):
    ana = make_user(suspended_until=now() + timedelta(days=1))
    tell(SYSTEM, [ana.id], "reply", "post", 7)
    mark_read(ana)
    assert count_unread(ana) == 0
