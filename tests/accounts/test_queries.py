"""Finding sessions and tokens that still hold, and those that do not."""

from datetime import timedelta

import pytest
from factories import make_user

from civicforum.accounts import actions, queries
from civicforum.accounts.models import Guest
from civicforum.accounts.names import skeleton
from civicforum.db import now, transaction


@pytest.mark.parametrize("session_id", ["", "1", ":", "1:", ":1", "x:1", "1:x", "-1:1", "1:1:1"])
def test_what_is_no_session_is_nobodys(app, session_id):
    make_user()
    assert queries.find_by_session(session_id) is None


def test_a_session_holds_in_its_version_alone(app):
    user = make_user()
    assert queries.find_by_session(f"{user.id}:{user.session_version}") == user
    assert queries.find_by_session(f"{user.id}:{user.session_version + 1}") is None


def test_ended_sessions_are_told_from_those_that_go_on(app):
    actions.end_session(Guest(), "of the phone")
    assert queries.ended_sessions(["of the phone", "of the laptop"]) == {"of the phone"}
    assert queries.ended_sessions([]) == set()


def test_ended_tokens_were_revoked_ran_out_or_never_were(app):
    user = make_user()
    ids = []
    for days in (None, None, 1, 1):
        ids.append(queries.find_token(actions.create_token(user, user, "t", ["read"], days=days)).id)
    good, revoked, expired, lasting = ids
    actions.revoke_token(user, revoked)
    with transaction():
        (row,) = [row for row in queries.list_tokens(user) if row.id == expired]
        row.expires_at = now() - timedelta(seconds=1)
    assert queries.ended_tokens([*ids, 999]) == {revoked, expired, 999}
    assert queries.ended_tokens([good, lasting]) == set()
    assert queries.ended_tokens([]) == set()


def test_the_versions_of_sessions_rise_when_all_of_them_end(app):
    first, second = make_user(), make_user()
    before = queries.session_versions([first.id, second.id])
    actions.end_all_sessions(first, first)
    after = queries.session_versions([first.id, second.id])
    assert after == {first.id: before[first.id] + 1, second.id: before[second.id]}


@pytest.mark.parametrize("name", ["AnaRuiz", "Ana-Ruiz", "Ana Ruiz.", "(Ana) Ruiz", "ANARUlZ"])
def test_who_has_a_role_is_looked_like_without_spaces_and_marks_too(app, name):
    plain, official = (
        make_user(*role, name="", name_skeleton=skeleton("Ana Ruiz")) for role in ((), ("moderator",))
    )
    assert queries.is_name_taken(name)
    assert queries.is_name_taken(name, but_for=plain.id)
    assert not queries.is_name_taken(name, but_for=official.id)
