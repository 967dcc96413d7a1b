"""A retried deed happens once."""

from datetime import timedelta

import pytest
import time_machine
from factories import make_user
from races import at_once
from sqlalchemy import select

from civicforum.accounts.models import User
from civicforum.db import db, now, transactional
from civicforum.errors import Conflict, Invalid
from civicforum.web.idempotency import Done, fingerprint, once
from civicforum.web.models import IdempotencyKey

deeds: list[int] = []


@pytest.fixture(autouse=True)
def _nothing_done() -> None:
    deeds.clear()


def do() -> Done:
    deeds.append(1)
    return Done(201, "post", 40 + len(deeds))


def test_the_same_key_does_it_once_and_answers_the_same(app):
    user = make_user()
    first = once(user, "user:1", "key", "print", do)
    assert (once(user, "user:1", "key", "print", do), len(deeds)) == (first, 1)
    assert first == Done(201, "post", 41)


def test_without_a_key_each_is_a_deed(app):
    user = make_user()
    assert once(user, "user:1", None, "print", do) != once(user, "user:1", None, "print", do)


def test_a_key_belongs_to_one_person(app):
    user = make_user()
    once(user, "user:1", "key", "print", do)
    assert once(user, "user:2", "key", "print", do).object_id == 42


def test_a_key_for_something_else_is_refused(app):
    user = make_user()
    once(user, "user:1", "key", "print", do)
    with pytest.raises(Invalid):
        once(user, "user:1", "key", "another print", do)


def test_a_failed_deed_leaves_the_key_free(app):
    user = make_user()

    def fail() -> Done:
        raise Conflict("Not now.")

    with pytest.raises(Conflict):
        once(user, "user:1", "key", "print", fail)
    assert once(user, "user:1", "key", "print", do).object_id == 41


def test_key_and_deed_commit_together(app):
    user = make_user(name="Old")

    @transactional
    def rename(actor) -> None:
        actor.name = "New"

    def rename_and_answer() -> Done:
        rename(db.session.merge(user))
        return Done(200, "person", user.id)

    once(user, "user:1", "key", "print", rename_and_answer)
    assert user.name == "New"


def test_what_makes_a_request_the_same():
    body = {"b": 1, "a": "é"}
    assert fingerprint("POST", "/x", body) == fingerprint("POST", "/x", dict(reversed(body.items())))
    assert fingerprint("POST", "/x", body) != fingerprint("PUT", "/x", body)


def test_a_key_that_had_its_day_is_forgotten_and_may_be_used_again(app):
    user = make_user()
    once(user, "user:1", "key", "print", do)
    once(user, "user:1", "older", "print", do)
    with time_machine.travel(now() + timedelta(hours=25)):
        assert once(user, "user:1", "key", "print", do).object_id == 43
        assert db.session.scalars(select(IdempotencyKey.key)).all() == ["key"]


def test_a_key_is_of_a_length_that_can_be_kept(app):
    user = make_user()
    with pytest.raises(Invalid) as refused:
        once(user, "user:1", "k" * 101, "print", do)
    assert (list(refused.value.errors), deeds) == (["Idempotency-Key"], [])
    assert once(user, "user:1", "k" * 100, "print", do) == Done(201, "post", 41)


def test_a_key_that_is_sent_many_times_at_once_does_it_once_and_answers_all_the_same(town):
    with town.app_context():
        user_id = make_user().id
    said = at_once(
        town,
        [lambda: once(db.session.get_one(User, user_id), "user:1", "key", "print", do)] * 6,
    )
    assert (said, len(deeds)) == ([Done(201, "post", 41)] * 6, 1)


def test_of_two_deeds_under_one_key_at_once_the_second_is_refused(town):
    with town.app_context():
        user_id = make_user().id

    def sending(print_):
        return lambda: once(db.session.get_one(User, user_id), "user:1", "key", print_, do)

    said = at_once(town, [sending("print"), sending("another print")])
    assert [answer for answer in said if not isinstance(answer, Invalid)] == [Done(201, "post", 41)]
    assert len(deeds) == 1
