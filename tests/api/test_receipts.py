"""/api/v1/receipts and /api/v1/heard."""

import pytest
from factories import make_post, make_project, make_thread, make_user

from civicforum.db import db, transaction
from civicforum.discussions.models import Post
from civicforum.voices.queries import voices_of


@pytest.fixture
def said(app):
    """A comment and its tracking number."""
    project = make_project(slug="here")
    thread = make_thread(project, title="Where to go")
    post = make_post(thread, make_user(), "The library closes at five.")
    return post, voices_of("post", [post.id])[post.id].number


def test_a_receipt_tells_what_became_of_a_voice(client, said):
    post, number = said
    receipt = client.get(f"/api/v1/receipts/{number}").json
    assert receipt.pop("said_at")
    place = receipt.pop("place")
    assert (place["project"], place["thread"]) == ("here", "Where to go")
    assert client.get(place["url"]).status_code == 200
    assert receipt == {
        "number": number,
        "kind": "post",
        "state": "received",
        "post_id": post.id,
        "post_state": "visible",
        "rule": None,
        "body": "The library closes at five.",
    }


def test_hidden_words_are_not_told_but_the_rule_is(client, token_for, said):
    post, number = said
    with transaction():
        row = db.session.get_one(Post, post.id)
        row.state, row.rule_number, row.rule_title = "hidden", 2, "Speak about deeds"
    for headers in ({}, token_for(make_user("moderator"))):
        receipt = client.get(f"/api/v1/receipts/{number}", headers=headers).json
        assert (receipt["body"], receipt["rule"]) == (
            None,
            {"number": 2, "title": "Speak about deeds"},
        )


def test_an_unknown_number_is_404(client, said):
    answer = client.get("/api/v1/receipts/2222-2222")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_heard_counts_and_lists(client, said):
    post, number = said
    make_post(post.thread, make_user(), "And the mission opens at seven.")
    heard = client.get("/api/v1/heard?limit=1").json
    assert heard["counts"]["received"] == 2
    assert sum(heard["counts"].values()) == 2
    rest = client.get(f"/api/v1/heard?limit=1&cursor={heard['next']}").json
    assert [item["number"] for item in rest["items"]] == [number]
    assert rest["next"] is None


def test_heard_of_one_project(client, said):
    make_post(make_thread(make_project(slug="other")), make_user(), "Benches.")
    heard = client.get("/api/v1/heard?project=other").json
    assert [item["excerpt"] for item in heard["items"]] == ["Benches."]
    assert client.get("/api/v1/heard?project=nowhere").status_code == 404
