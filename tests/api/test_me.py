from factories import make_organization, make_token, make_user

from civicforum.db import db


def test_me_is_whoever_the_token_belongs_to(app, client, token_for):
    ana = make_user("moderator", name="Ana")
    make_organization(ana, name="City of Tarrow Bend")
    told = client.get("/api/v1/me", headers=token_for(ana)).json
    assert (told["handle"], told["name"], told["email"]) == (ana.handle, "Ana", ana.email)
    assert told["roles"] == ["resident", "moderator"]
    assert told["hats"] == ["City of Tarrow Bend", "Moderator"]
    assert told["unread_count"] == 0
    assert "password_hash" not in told


def test_me_by_session(app, sign_in):
    ana = make_user()
    assert sign_in(ana).get("/api/v1/me").json["handle"] == ana.handle


def test_nobody_is_told_to_sign_in(client):
    answer = client.get("/api/v1/me")
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_a_bad_token_is_refused_and_not_taken_for_a_guest(client):
    answer = client.get("/api/v1/agreement", headers={"Authorization": "Bearer nonsense"})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_a_token_without_the_scope_is_refused(app, client):
    token = make_token(make_user(), scopes="write")
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403


def test_the_use_of_a_token_is_noted(app, client, token_for):
    from civicforum.accounts.models import ApiToken

    headers = token_for(make_user())
    client.get("/api/v1/me", headers=headers)
    db.session.rollback()
    assert db.session.query(ApiToken).one().last_used_at is not None


def test_a_cookie_beside_a_token_does_not_widen_it(app, sign_in):
    browser = sign_in(make_user())
    headers = {"Authorization": f"Bearer {make_token(make_user(), 'write')}"}
    assert browser.get("/api/v1/me").status_code == 200
    assert browser.get("/api/v1/me", headers=headers).status_code == 403


def test_a_cookie_beside_a_bad_token_does_not_mend_it(app, sign_in):
    browser = sign_in(make_user())
    assert browser.get("/api/v1/me", headers={"Authorization": "Bearer cf_wrong"}).status_code == 401
