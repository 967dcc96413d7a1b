"""Moderators' clients read what waits, publish it or not; by the same rules as on the pages."""

import pytest
from factories import join, make_agreement, make_post, make_project, make_thread, make_user

from civicforum.agreement.actions import list_word
from civicforum.agreement.queries import find_hold
from civicforum.discussions.actions import post_reply

DECLINE = {"action": "decline", "rule": 2, "reason": "It is about people."}


@pytest.fixture
def moderator(app):
    make_agreement()
    person = make_user("moderator")
    list_word(person, "holdme", "hold")
    return person


@pytest.fixture
def call(client, token_for):
    def send(method, path, person, json=None, **headers):
        known = token_for(person) if person else {}
        return client.open(f"/api/v1{path}", method=method, json=json, headers={**known, **headers})

    return send


def held(thread=None, author=None, words="holdme"):
    thread = thread or make_thread(make_project())
    post = post_reply(author or make_user(), thread.id, words)
    return post, find_hold("post", post.id).id


def test_what_waits_is_listed_oldest_first_with_its_words(moderator, call):
    ids = [held(words=f"holdme {number}")[1] for number in range(3)]
    first = call("GET", "/holds?limit=2", moderator).json
    second = call("GET", f"/holds?limit=2&cursor={first['next']}", moderator).json
    assert [row["id"] for row in first["items"] + second["items"]] == ids
    assert second["next"] is None
    told = first["items"][0]
    assert (told["state"], told["cause"], told["can_decline"]) == ("waiting", "list", True)
    assert (told["post"]["state"], told["post"]["body"]) == ("pending", "holdme 0")
    assert told["due_at"] > told["created_at"]


def test_it_is_published_once_also_where_the_answer_was_lost(moderator, call):
    post, hold_id = held()
    key = {"Idempotency-Key": "one"}
    approve = lambda: call("POST", f"/holds/{hold_id}/decision", moderator, {"action": "approve"}, **key)  # noqa: E731 - sent twice
    told = [(answer.status_code, answer.json["state"]) for answer in (approve(), approve())]
    assert told == [(201, "approved")] * 2
    assert post.is_visible
    late = call("POST", f"/holds/{hold_id}/decision", moderator, DECLINE)
    assert (late.status_code, late.mimetype) == (409, "application/problem+json")


def test_it_is_declined_with_a_rule_and_a_reason_or_not_at_all(moderator, call):
    post, hold_id = held()
    for body in ({"action": "decline"}, {**DECLINE, "action": "hide"}, {**DECLINE, "rule": 99}):
        assert call("POST", f"/holds/{hold_id}/decision", moderator, body).status_code == 422
    told = call("POST", f"/holds/{hold_id}/decision", moderator, DECLINE).json
    assert (told["state"], told["rule"]["number"], told["reason"]) == ("declined", 2, DECLINE["reason"])
    assert post.state == "declined"
    assert call("GET", "/holds", moderator).json["items"] == []
    assert call("GET", f"/holds/{hold_id}", moderator).json["state"] == "declined"


def test_who_has_a_part_in_it_may_publish_and_not_decline(moderator, call):
    thread = make_thread(make_project())
    make_post(thread, moderator)
    _post, hold_id = held(thread)
    assert call("GET", f"/holds/{hold_id}", moderator).json["can_decline"] is False
    assert call("POST", f"/holds/{hold_id}/decision", moderator, DECLINE).status_code == 403
    assert call("POST", f"/holds/{hold_id}/decision", moderator, {"action": "approve"}).status_code == 201


def test_ones_own_words_another_place_and_a_resident_find_nothing(moderator, call):
    own = held(author=moderator)[1]
    closed = make_project(visibility="members")
    member = make_user()
    join(closed, member)
    inside = held(make_thread(closed), member)[1]
    elsewhere = make_user()
    join(make_project(), elsewhere, "moderator")
    for person, hold_id in [(moderator, own), (moderator, inside), (elsewhere, own), (member, inside)]:
        assert call("GET", f"/holds/{hold_id}", person).status_code == 404
        assert call("POST", f"/holds/{hold_id}/decision", person, {"action": "approve"}).status_code == 404
    assert call("GET", "/holds", moderator).json["items"] == []
    assert call("GET", "/holds", elsewhere).json["items"] == []
    assert call("GET", "/holds", member).status_code in (403, 404)
    assert call("GET", "/holds", None).status_code == 404


def test_many_cost_as_much_as_one(moderator, call, count_queries):
    thread = make_thread(make_project())
    held(thread)
    call("GET", "/holds", moderator)
    with count_queries() as one:
        call("GET", "/holds", moderator)
    for _ in range(12):
        held(thread)
    with count_queries() as many:
        assert len(call("GET", "/holds", moderator).json["items"]) == 13
    assert many.total <= one.total
