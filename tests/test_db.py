"""The action is the transaction."""

import pytest
from factories import make_user

from civicforum.accounts.models import User
from civicforum.db import after_commit, db, transactional


@transactional
def rename(actor, user, name, fail=False):
    db.session.get_one(User, user.id).name = name
    after_commit(lambda: told.append(name))
    if fail:
        raise ValueError(name)


told: list[str] = []


@pytest.fixture(autouse=True)
def _nothing_told() -> None:
    told.clear()


def test_an_action_commits_and_then_tells(app):
    user = make_user()
    rename(user, user, "New")
    assert (user.name, told) == ("New", ["New"])


def test_a_failed_action_leaves_nothing_and_tells_nobody(app):
    user = make_user(name="Old")
    with pytest.raises(ValueError, match="New"):
        rename(user, user, "New", fail=True)
    assert (user.name, told) == ("Old", [])


def test_hooks_of_a_failed_inner_action_die_with_it(app):
    user = make_user(name="Old")

    @transactional
    def outer(actor):
        rename(actor, user, "Outer")
        with pytest.raises(ValueError, match="Inner"):
            rename(actor, user, "Inner", fail=True)

    outer(user)
    assert (user.name, told) == ("Outer", ["Outer"])


def test_a_commit_outside_an_action_is_refused(app):
    user = make_user(name="Old")
    user.name = "Sneaky"
    with pytest.raises(RuntimeError, match="outside an action"):
        db.session.commit()
    db.session.rollback()
    assert user.name == "Old"


def test_after_commit_outside_an_action_is_refused(app):
    with pytest.raises(RuntimeError, match="outside an action"):
        after_commit(lambda: None)
