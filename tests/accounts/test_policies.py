from datetime import timedelta

import pytest
from factories import make_user

from civicforum.accounts import policies
from civicforum.accounts.models import SYSTEM, Guest
from civicforum.db import now


@pytest.fixture
def people(app):
    until = now() + timedelta(days=1)
    return {
        "guest": Guest(),
        "system": SYSTEM,
        "resident": make_user(),
        "moderator": make_user("moderator"),
        "administrator": make_user("administrator"),
        "unconfirmed": make_user(email_confirmed_at=None),
        "suspended": make_user("moderator", suspended_until=until),
    }


WHO = ("guest", "system", "resident", "moderator", "administrator", "unconfirmed", "suspended")


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ("can_speak", {"system", "resident", "moderator", "administrator"}),
        ("can_administer", {"system", "administrator"}),
        ("can_add_people", {"system", "administrator"}),
        ("can_grant_roles", {"system", "administrator"}),
        ("can_sign_up", {"guest", "system"}),
    ],
)
def test_who_may_what(people, policy, allowed):
    assert {who for who in WHO if getattr(policies, policy)(people[who])} == allowed


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ("can_edit_account", set()),
        ("can_suspend", {"system", "moderator", "administrator"}),
        ("can_make_token", {"system"}),
    ],
)
def test_who_may_what_with_somebody_elses_account(people, policy, allowed):
    other = make_user()
    assert {who for who in WHO if getattr(policies, policy)(people[who], other)} == allowed


def test_nobody_suspends_themselves_or_an_administrator(people):
    assert not policies.can_suspend(people["moderator"], people["moderator"])
    assert not policies.can_suspend(people["moderator"], people["administrator"])


def test_a_suspended_person_still_edits_their_own_account(people):
    assert policies.can_edit_account(people["suspended"], people["suspended"])


@pytest.mark.parametrize(
    ("who", "scopes"),
    [
        ("resident", ["read", "write"]),
        ("moderator", ["read", "write", "moderate"]),
        ("administrator", ["read", "write", "moderate", "admin"]),
        ("suspended", ["read", "write"]),
    ],
)
def test_a_token_may_do_no_more_than_its_person(people, who, scopes):
    assert policies.token_scopes(people[who]) == scopes


def test_set_up_is_closed_once_there_is_an_administrator():
    assert policies.can_set_up(Guest(), has_administrator=False)
    assert not policies.can_set_up(SYSTEM, has_administrator=True)
