"""When the database has no connection to spare, people are told so and when to try again."""

import contextlib

import pytest

from civicforum.app import create_app
from civicforum.config import load_settings
from civicforum.db import db


@pytest.fixture
def small_town(tmp_path, postgres_url, monkeypatch):
    """An application that may use two connections, and waits for one no longer than a moment."""
    monkeypatch.setattr("civicforum.db.engine.POOL_SIZE", 1)
    monkeypatch.setattr("civicforum.db.engine.POOL_OVERFLOW", 1)
    monkeypatch.setattr("civicforum.db.engine.POOL_PATIENCE_SECONDS", 0.2)
    app = create_app(
        load_settings({"CIVICFORUM_DATA_DIR": str(tmp_path), "CIVICFORUM_DATABASE_URL": postgres_url})
    )
    app.config["PROPAGATE_EXCEPTIONS"] = False
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/projects"])
def test_without_a_connection_to_spare_people_are_told_when_to_try_again(small_town, path):
    client = small_town.test_client()
    with contextlib.ExitStack() as taken:
        with small_town.app_context():
            for _ in range(2):
                taken.enter_context(db.engine.connect())
        answer = client.get(path)
        assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5")
        assert client.get("/healthz").status_code == 200
    assert client.get(path).status_code == 200


def test_an_error_page_that_finds_no_connection_is_no_error_of_ours(small_town):
    with contextlib.ExitStack() as taken:
        with small_town.app_context():
            for _ in range(2):
                taken.enter_context(db.engine.connect())
        answer = small_town.test_client().get("/nowhere")
    assert (answer.status_code, answer.headers.get("Retry-After")) == (503, "5")
