"""When the database does not answer, people are told so, in a page or a problem of their own."""

import pytest
from factories import make_token, make_user

from civicforum.db import db


@pytest.fixture
def broken(app, sign_in):
    """``broken(client)``: a browser that was signed in when the database went away, and a token."""
    user = make_user()
    token, client = make_token(user), sign_in(user)
    assert client.get("/projects").status_code == 200
    db.session.remove()
    db.engine.dispose()
    # As if the disk were gone: a new, empty file is made, and every question to it fails.
    for file in app.config["DATA_DIR"].glob("civicforum.sqlite3*"):
        file.unlink()
    return client, token


@pytest.mark.parametrize("path", ["/", "/projects", "/settings", "/threads/1", "/sign-in", "/search?q=bus"])
def test_a_page_says_that_the_database_does_not_answer(broken, client, path):
    for browser in (broken[0], client):
        answer = browser.get(path)
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert answer.mimetype == "text/html"
        assert "We could not save or read just now." in answer.text


def test_it_is_said_in_the_readers_language(broken, client):
    answer = client.get("/projects", headers={"Accept-Language": "es"})
    assert (answer.status_code, 'lang="es"' in answer.text) == (503, True)
    assert "We could not save" not in answer.text


def test_the_api_says_so_as_a_problem(broken, client):
    headers = {"Authorization": f"Bearer {broken[1]}", "Idempotency-Key": "k1"}
    answer = client.post("/api/v1/threads/1/posts", json={"body": "Words."}, headers=headers)
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "5"
    assert answer.json["status"] == 503
