"""Who is behind a socket, and how many there are."""

from datetime import timedelta

from factories import make_user, save

from civicforum.accounts import actions, queries
from civicforum.accounts.models import ApiToken, Guest
from civicforum.db import db, now, transaction
from civicforum.live.publisher import Identity
from civicforum.sockets.crowd import Crowd
from civicforum.sockets.door import load_viewer, stale_identities


def by_token(user, **facts):
    token = save(
        ApiToken(user_id=user.id, name="script", token_hash=f"hash{user.id}", scopes="read", **facts)
    )
    return token, Identity(user.id, user.session_version, "en", "guest", token_id=token.id)


def test_a_token_that_is_revoked_closes_the_sockets_it_opened(app):
    user = make_user()
    token, identity = by_token(user)
    by_cookie = Identity(user.id, user.session_version, "en", "guest")
    assert stale_identities([identity, by_cookie]) == set()
    assert load_viewer(identity).id == user.id
    actions.revoke_token(user, token.id)
    assert stale_identities([identity, by_cookie]) == {identity}
    assert isinstance(load_viewer(identity), Guest)


def test_a_token_that_runs_out_closes_its_sockets(app):
    token, identity = by_token(make_user(), expires_at=now() + timedelta(minutes=1))
    assert stale_identities([identity]) == set()
    with transaction():
        db.session.get_one(ApiToken, token.id).expires_at = now() - timedelta(seconds=1)
    assert stale_identities([identity]) == {identity}


def test_a_former_participant_has_no_token_and_no_session(app):
    user = make_user()
    token, _identity = by_token(user)
    with transaction():
        db.session.get_one(ApiToken, token.id).token_hash = queries.hash_token("secret")
    assert queries.find_token("secret") is not None
    with transaction():
        user.erased_at = now()
    assert queries.find_token("secret") is None
    assert queries.find_by_session(user.get_id()) is None


def test_connections_of_one_address_are_limited_and_others_are_not():
    crowd = Crowd(most=2)
    crowd.enter("a", "192.0.2.1")
    crowd.enter("b", "192.0.2.1")
    assert crowd.is_full("192.0.2.1")
    assert not crowd.is_full("192.0.2.2")
    crowd.leave("a")
    crowd.leave("a")
    crowd.leave("never here")
    assert not crowd.is_full("192.0.2.1")


def test_without_limits_nobody_is_counted_out():
    crowd = Crowd(None)
    for n in range(10):
        crowd.enter(str(n), "127.0.0.1")
    assert not crowd.is_full("127.0.0.1")
