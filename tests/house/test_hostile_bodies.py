"""Bodies of every wrong kind, at every door of the API that takes one, from somebody who may use it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from factories import (
    join,
    make_agreement,
    make_post,
    make_project,
    make_rsvp,
    make_thread,
    make_town_hall,
    make_user,
)
from hidden_town import fill

from civicforum.agreement.actions import list_word
from civicforum.agreement.queries import find_hold
from civicforum.db import now
from civicforum.discussions import actions as discussions
from civicforum.discussions.asking import prepare_poll
from civicforum.moderation import actions as moderation

POLL = {
    "kind": "single",
    "question": "What?",
    "options": ["A", "B"],
    "closes_at": (now() + timedelta(days=7)).isoformat(),
    "results": "after_vote",
}
# A sound body for each door that takes one: the sweep breaks it, field by field.
BODIES: dict[str, dict[str, Any]] = {
    "PATCH posts.Post": {"body": "Better.", "revision": 1},
    "POST cases.Flags": {"rule": 2, "note": "Look."},
    "POST cases.PersonFlags": {"part": "profile", "rule": 2, "note": "Look."},
    "POST cases.Cases": {
        "target": {"type": "post", "id": 1},
        "action": "hide",
        "rule": 2,
        "reason": "Because.",
    },
    "POST cases.Actions": {"action": "hide", "rule": 2, "reason": "Because.", "version": 1},
    "POST holds.HoldDecision": {"action": "decline", "rule": 2, "reason": "Because."},
    "POST appeals.CaseAppeal": {"text": "Please.", "measure": 1, "by_lot": True},
    "POST appeals.AppealDecision": {"outcome": "upheld", "reason": "Because.", "version": 1, "appeal": 1},
    "POST projects.Projects": {"slug": "new-one", "title": "New", "vision": "Why.", "visibility": "public"},
    "PATCH projects.OneProject": {"title": "Other"},
    "PUT balance.Room": {"hours": 3, "minutes": 15, "reason": "Others wait."},
    "PUT ratings.ThreadRating": {"fair": 4, "heard": 5, "words": "Thanks."},
    "PUT ratings.MeetingRating": {"fair": 4, "heard": 5, "words": "Thanks."},
    "PUT gates.Gate": {"hours": 3, "whom": "everybody", "reason": "A bad hour.", "takes_back": True},
    "PUT gates.Duty": {"hours": 3},
    "PATCH threads.Thread": {"title": "Other", "kind": "question", "tags": [], "is_pinned": True},
    "POST moving.Move": {"project": "the-project", "reason": "Because."},
    "POST moving.Split": {"posts": [1], "title": "Other", "reason": "Because.", "with_replies": True},
    "POST moving.Merge": {"into": 2, "reason": "Because."},
    "PUT keeping.Draft": {"title": "", "body": "Words.", "reply_to": 1},
    "POST threads.Reading": {"seen": [[1, 1]]},
    "POST threads.Threads": {"title": "Title", "body": "Words.", "poll": POLL},
    "POST threads.Posts": {"body": "Words.", "reply_to": 1, "poll": POLL},
    "PUT polls.Vote": {"choices": [{"option": 1, "value": 1}]},
    "PUT polls.Outcome": {"words": "What next.", "review_on": "2030-01-01"},
    "POST town-halls.TownHalls": {
        "project": "the-project",
        "title": "Hall",
        "summary": "What.",
        "starts_at": "2030-01-01T18:00:00-05:00",
        "ends_at": "2030-01-01T20:00:00-05:00",
        "timezone": "America/New_York",
        "mode": "hybrid",
        "location": "Library",
        "online_url": "https://meet.example.org/x",
        "phone": "+1 555 0100",
        "capacity": 10,
        "online_capacity": 10,
        "access_statement": "Step-free.",
        "needs_until": "2029-12-31T18:00:00-05:00",
        "agenda": [{"title": "Welcome", "minutes": 5}],
        "status": "draft",
    },
    "PATCH town-halls.TownHall": {"title": "Other", "capacity": 5, "agenda": [{"title": "One"}]},
    "PUT town-halls.Rsvp": {
        "answer": "going",
        "mode": "in_person",
        "party_size": 1,
        "needs": [{"kind": "childcare", "note": "Two."}],
    },
    "POST town-halls.CheckIns": {
        "code": "6789BCDFGH",
        "nonce": "n",
        "at": "2030-01-01T18:00:00-05:00",
        "force": False,
    },
}
WITHOUT_BODY = {"DELETE", "PUT posts.Reaction", "PUT keeping.PostBookmark", "POST polls.Close"} | {
    "PUT agreement-api.Acceptance"
}

VALUES: list[Any] = [
    *(None, True, False, 0, -1, 1.5, -0.0, 1e308, 2**31, 2**53, 2**63, -(2**63), 10**400),
    *("", " ", "7", "7 ", "true", "null", "\u202e\u200b", "\ufffd", "\U0001f600" * 5, "x" * 100_000, "\r\n"),
    *("../../etc/passwd", "' OR 1=1 --", "%00", "{{7*7}}", "${7*7}", "<script>", "=1+1", "1e3", "NaN"),
    *("9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00", "2030-02-30T00:00:00Z", "2030-01-01"),
    *("2030-01-01T00:00:00+99:99", "2030-01-01T18:00:00", "٧", "²"),
    *([], [[]], [None], [1, "a", {}], {}, {"": ""}, {"id": 1}, {"__proto__": {}, "constructor": 1}),
    *([[[[[[[]]]]]]], [{"kind": []}], [{"kind": {}, "note": 1}], [{"title": None}], ["x"] * 5_000),
]
RAW = [
    *(b"", b" ", b"null", b"true", b"7", b'"text"', b"[]", b"[1]", b"NaN", b"Infinity", b"{", b"{}}"),
    *(b'{"body":NaN}', b'{"body":1e999}', b'{"body":"\\ud800"}', b'{"body":"\\u0000"}', b'{"a":1,"a":2}'),
    *(b"[" * 50_000, b'{"a":' * 50_000, b'{"body":' + b"9" * 10_000 + b"}"),
    *(b"\xff\xfe", "\ufeff{}".encode(), "{}".encode("utf-16")),
]
KINDS = [
    *("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/xml", ""),
    *("application/json; charset=utf-16", "application/jsonx", "APPLICATION/JSON;"),
    "application/vnd.api+json",
]


@pytest.fixture
def powers(app):
    """Somebody who may do everything, and something of everything to do it with."""
    version = make_agreement()
    power = make_user("administrator", "moderator")
    project = make_project(power, slug="the-project")
    join(project, power, "moderator")
    thread = make_thread(project, power)
    own, other = make_post(thread, power), make_post(thread, make_user())
    hall = make_town_hall(project)
    make_rsvp(hall, make_user(), code="6789BCDFGH")
    # Whoever wrote in a thread judges nothing in it, so the case is about what somebody else began.
    judged = make_post(make_thread(project, make_user()), make_user())
    case = moderation.moderate(power, "post", judged.id, None)
    list_word(power, "holdme", "hold")
    hold = find_hold("post", discussions.post_reply(make_user(), judged.thread_id, "holdme").id)
    asked = prepare_poll("single", "What?", ("A", "B"), now() + timedelta(days=7))
    poll = discussions.set_poll(power, own.id, asked)
    fills = {
        "posts/post_id": [own.id, other.id],
        "cases/case_id": [case.id],
        "holds/hold_id": [hold.id],
        "polls/poll_id": [poll.id],
        "projects/slug": [project.slug],
        "threads/thread_id": [thread.id],
        "town-halls/town_hall_id": [hall.id],
        "reactions/kind": ["support"],
        "drafts/place": [thread.channel],
        "people/handle": [make_user().handle],
        "versions/version_id": [version.id],
    }
    return power, fills


def doors(app, fills) -> list[tuple[str, str, str]]:
    """(name, method, address) of every door of the API that changes something."""
    found = []
    for rule in sorted(app.url_map.iter_rules(), key=str):
        for method in sorted(rule.methods & {"POST", "PUT", "PATCH", "DELETE"}):
            if rule.rule.startswith("/api/"):
                found += [
                    (f"{method} {rule.endpoint}", method, address) for address in fill(rule.rule, fills)
                ]
    return found


def test_every_door_that_takes_a_body_has_a_sound_one_to_break(app, powers):
    names = {name for name, _method, _address in doors(app, powers[1])}
    bodiless = {name for name in names if name in WITHOUT_BODY or name.split()[0] in WITHOUT_BODY}
    # A file is no JSON: tests/files breaks it in its own ways.
    assert names - bodiless - {"POST files-api.Files"} == set(BODIES)


def broken(body: dict[str, Any]):
    """The body with each of its fields turned into each of the values; and with a field nobody knows."""
    for name in body:
        for value in VALUES:
            yield {**body, name: value}
        yield {key: value for key, value in body.items() if key != name}
    for name in ("id", "__proto__", "constructor", "", "a" * 5_000):
        yield {**body, name: {"x": 1}}
    yield {f"field{n}": n for n in range(5_000)}


def is_answer(response) -> bool:
    """A success, or a problem in words; never our fault."""
    if response.status_code < 400:
        return True
    told = response.get_json(silent=True)
    return (
        response.status_code < 500
        and response.mimetype == "application/problem+json"
        and bool(told["title"] and told["detail"])
        and told["status"] == response.status_code
    )


@pytest.mark.parametrize("name", sorted(BODIES))
def test_no_field_of_any_body_can_break_a_door(app, client, token_for, powers, name):
    power, fills = powers
    headers = token_for(power)
    asked, wrong = 0, []
    address = next(a for n, _method, a in doors(app, fills) if n == name)
    for body in broken(BODIES[name]):
        answer = client.open(address, method=name.split()[0], json=body, headers=headers)
        asked += 1
        if not is_answer(answer):
            wrong.append((answer.status_code, json.dumps(body)[:200], answer.text[:200]))
    assert wrong == []
    assert asked > 50


@pytest.mark.parametrize("raw", RAW, ids=lambda raw: repr(raw[:20]))
def test_no_body_of_another_shape_can_break_a_door(app, client, token_for, powers, raw):
    power, fills = powers
    headers = {**token_for(power), "Content-Type": "application/json"}
    for name, method, address in doors(app, fills):
        answer = client.open(address, method=method, data=raw, headers=headers)
        assert is_answer(answer), (name, answer.status_code, answer.text[:300])
        if name in BODIES and name != "PATCH projects.OneProject" and name != "PATCH town-halls.TownHall":
            assert answer.status_code in (400, 422), (name, answer.status_code)


@pytest.mark.parametrize("kind", KINDS)
def test_json_under_another_name_is_not_taken(app, client, token_for, powers, kind):
    """What a foreign page can send without asking first (text/plain, a form) is no JSON."""
    power, fills = powers
    for name, method, address in doors(app, fills):
        if name not in BODIES:
            continue
        answer = client.open(
            address,
            method=method,
            data=json.dumps(BODIES[name]),
            headers={**token_for(power), "Content-Type": kind},
        )
        assert is_answer(answer), (name, answer.status_code)
        is_json = kind.lower().startswith("application/json;") or kind.endswith("+json")
        assert is_json or answer.status_code in (415, 422) or name.startswith("PATCH"), (
            name,
            answer.status_code,
        )
