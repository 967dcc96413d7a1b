"""Polls over the API: asked with a post, voted in, closed; counts for whom they are open."""

from datetime import timedelta

import pytest
from factories import make_project, make_thread, make_user

from civicforum.db import now

POLL = {"kind": "single", "question": "What first?", "options": ["Bench", "Lamp"]}


@pytest.fixture
def ana(app):
    return make_user(name="Ana Ruiz")


@pytest.fixture
def thread(ana):
    return make_thread(make_project(), ana)


@pytest.fixture
def call(client, token_for):
    def run(method, path, person=None, body=None, **headers):
        headers |= token_for(person) if person else {}
        return client.open(f"/api/v1/{path}", method=method, json=body, headers=headers)

    return run


@pytest.fixture
def poll(call, thread, ana):
    closes_at = (now() + timedelta(days=7)).isoformat()
    body = {"body": "Please.", "poll": {**POLL, "closes_at": closes_at}}
    return call("POST", f"threads/{thread.id}/posts", ana, body).json["poll"]


def test_a_post_asks_with_a_poll_and_guests_are_told_the_question(call, thread, poll):
    (post,) = call("GET", f"threads/{thread.id}/posts").json["items"]
    told = call("GET", f"polls/{poll['id']}").json
    assert post["poll"] == told
    assert (told["voters"], told["results"], told["my_vote"], told["outcome"]) == (0, None, None, None)
    assert [option["label"] for option in told["options"]] == ["Bench", "Lamp"]


def test_a_thread_is_started_with_a_poll(call, thread, ana):
    poll = {**POLL, "closes_at": (now() + timedelta(days=7)).isoformat()}
    body = {"title": "Lamps", "body": "Which?", "poll": poll}
    made = call("POST", f"projects/{thread.project.slug}/threads", ana, body)
    assert made.status_code == 201
    posts = call("GET", f"threads/{made.json['id']}/posts").json["items"]
    assert posts[0]["poll"]["question"] == "What first?"


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "dots"},
        {"options": ["One"]},
        {"options": ["x"] * 13},
        {"options": [7]},
        {"question": ""},
        {"closes_at": "2001-01-01T00:00:00Z"},
        {"closes_at": "2030-01-01"},
        {"results": "always"},
        {"voters": 9},
    ],
)
def test_a_poll_that_will_not_do_is_refused_whole(call, thread, ana, wrong):
    poll = {**POLL, "closes_at": (now() + timedelta(days=7)).isoformat(), **wrong}
    answer = call("POST", f"threads/{thread.id}/posts", ana, {"body": "Please.", "poll": poll})
    assert answer.status_code == 422
    assert call("GET", f"threads/{thread.id}/posts").json["items"] == []


def test_votes_are_put_changed_and_taken_back(call, poll):
    ben, (bench, lamp) = make_user(), (option["id"] for option in poll["options"])
    door = f"polls/{poll['id']}/vote"
    for option in (bench, lamp, lamp):
        told = call("PUT", door, ben, {"choices": [{"option": option}]})
        assert (told.status_code, told.json["my_vote"]) == (200, [{"option": option, "value": 1}])
        assert told.json["voters"] == 1
    assert call("DELETE", door, ben).json["voters"] == 0
    assert call("PUT", door, None, {"choices": [{"option": bench}]}).status_code == 401
    assert call("PUT", door, ben, {"choices": [{"option": bench, "why": "x"}]}).status_code == 422
    assert call("PUT", "polls/987654/vote", ben, {"choices": [{"option": bench}]}).status_code == 404


def test_a_retried_vote_does_not_undo_a_later_one(call, poll):
    ben, (bench, lamp) = make_user(), (option["id"] for option in poll["options"])
    door, key = f"polls/{poll['id']}/vote", {"Idempotency-Key": "k"}
    call("PUT", door, ben, {"choices": [{"option": bench}]}, **key)
    call("PUT", door, ben, {"choices": [{"option": lamp}]})
    again = call("PUT", door, ben, {"choices": [{"option": bench}]}, **key)
    assert again.json["my_vote"] == [{"option": lamp, "value": 1}]


def test_the_close_opens_the_counts_and_asks_for_an_outcome(call, poll, ana):
    ben = make_user()
    call("PUT", f"polls/{poll['id']}/vote", ben, {"choices": [{"option": poll["options"][0]["id"]}]})
    assert call("POST", f"polls/{poll['id']}/close", ben).status_code == 403
    assert call("PUT", f"polls/{poll['id']}/outcome", ana, {"words": "Benches."}).status_code == 409
    closed = call("POST", f"polls/{poll['id']}/close", ana).json
    assert [row["count"] for row in closed["results"]] == [1, 0]
    day = (now() + timedelta(days=9)).date().isoformat()
    told = call("PUT", f"polls/{poll['id']}/outcome", ana, {"words": "Benches.", "review_on": day}).json
    assert (told["outcome"]["words"], told["outcome"]["review_on"]) == ("Benches.", day)
    late = {"choices": [{"option": poll["options"][1]["id"]}]}
    assert call("PUT", f"polls/{poll['id']}/vote", ben, late).status_code == 409
