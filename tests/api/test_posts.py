"""One post over the API: edit, take back, react."""

import pytest
from factories import make_project, make_user

from civicforum.accounts.models import SYSTEM
from civicforum.discussions import actions, queries


@pytest.fixture
def ana(app):
    return make_user()


@pytest.fixture
def post(ana):
    thread = actions.start_thread(ana, make_project().id, "The bus stop", "The first words.")
    return queries.list_posts(SYSTEM, thread)[0]


@pytest.fixture
def call(client, token_for):
    def send(method, path, person=None, json=None, **headers):
        known = token_for(person) if person else {}
        return client.open(f"/api/v1/posts/{path}", method=method, json=json, headers={**known, **headers})

    return send


def test_an_edit_needs_the_revision_it_was_made_from(call, ana, post):
    edited = call("PATCH", post.id, ana, {"body": "Better.", "revision": 1})
    assert (edited.status_code, edited.json["body"], edited.json["revision"]) == (200, "Better.", 2)
    assert edited.json["edited_at"] is not None
    race = call("PATCH", post.id, ana, {"body": "Other.", "revision": 1})
    assert (race.status_code, race.mimetype) == (409, "application/problem+json")
    assert race.json["current"] == {"revision": 2, "body": "Better."}
    assert race.json["yours"] == {"revision": 1, "body": "Other."}
    for wrong in (
        {"body": "x"},
        {"revision": 2},
        {"body": "x", "revision": "2"},
        {"body": "", "revision": 2},
        {"body": "x", "revision": 2, "state": "hidden"},
    ):
        assert call("PATCH", post.id, ana, wrong).status_code == 422


def test_others_change_and_take_back_nothing(call, post):
    ben = make_user()
    assert call("PATCH", post.id, ben, {"body": "Mine.", "revision": 1}).status_code == 403
    assert call("DELETE", post.id, ben).status_code == 403
    assert call("GET", post.id).json["body"] == "The first words."


def test_what_is_taken_back_is_a_tombstone_for_others(call, ana, post):
    taken = call("DELETE", post.id, ana)
    assert (taken.status_code, taken.json["state"], taken.json["body"]) == (
        200,
        "withdrawn",
        "The first words.",
    )
    told = call("GET", post.id, make_user()).json
    assert (told["seq"], told["state"], told["body"], told["html"], told["author"]) == (
        1,
        "withdrawn",
        None,
        None,
        None,
    )
    assert call("DELETE", post.id, ana).status_code == 200


def test_reactions_are_counted_once_each(call, post):
    ben = make_user()
    for _twice in range(2):
        given = call("PUT", f"{post.id}/reactions/support", ben)
        assert (given.status_code, given.json["reactions"]) == (
            200,
            {"support": 1, "thanks": 0, "concern": 0},
        )
    call("PUT", f"{post.id}/reactions/concern", ben)
    for _twice in range(2):
        taken = call("DELETE", f"{post.id}/reactions/support", ben)
        assert (taken.status_code, taken.json["reactions"]) == (
            200,
            {"support": 0, "thanks": 0, "concern": 1},
        )
    assert call("PUT", f"{post.id}/reactions/haha", ben).status_code == 404
    assert call("PUT", "987654/reactions/support", ben).status_code == 404


def test_a_retried_deed_answers_from_the_post_as_it_is_now(call, ana, post):
    ben = make_user()
    key = {"Idempotency-Key": "k"}
    call("PUT", f"{post.id}/reactions/support", ben, **key)
    call("DELETE", f"{post.id}/reactions/support", ben)
    again = call("PUT", f"{post.id}/reactions/support", ben, **key)
    assert (again.status_code, again.json["reactions"]["support"]) == (200, 0)
