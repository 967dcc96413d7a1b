"""Cases, flags and the public log over the API, to the letter of the interface."""

from datetime import timedelta

import pytest
from factories import join, make_agreement, make_post, make_project, make_thread, make_token, make_user, save
from sqlalchemy import func, select

from civicforum.agreement.models import AgreementVersion, Rule
from civicforum.db import db, now
from civicforum.discussions.models import Post
from civicforum.moderation import actions, queries
from civicforum.moderation.models import Case, Flag, LogEntry, Measure

API = "/api/v1"
HIDE = {"action": "hide", "rule": 2, "reason": "It is about what people are."}
NOT_A_NUMBER = ["1e3", "2", True, 1.5, 2**63, -1, 0, None, [2], {"n": 2}]


@pytest.fixture
def moderator(app):
    make_agreement()
    return make_user("moderator")


@pytest.fixture
def author(app):
    return make_user()


@pytest.fixture
def post(moderator, author):
    return make_post(make_thread(make_project()), author, "These people are animals.")


@pytest.fixture
def call(client, token_for):
    def send(method, path, person=None, json=None, **headers):
        known = token_for(person) if person else {}
        return client.open(f"{API}{path}", method=method, json=json, headers={**known, **headers})

    return send


def about(post, **more):
    return {"target": {"type": "post", "id": post.id}, **more}


def rows(model) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def assert_problem(answer, status: int, *fields: str):
    """A problem as RFC 9457 has it; for 422 it names just these fields, each with a sentence."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    problem = answer.json
    assert problem["type"] == "about:blank"
    assert (problem["status"], bool(problem["title"]), bool(problem["detail"])) == (status, True, True)
    if fields:
        assert set(problem["errors"]) == set(fields)
        assert all(problem["errors"][field] for field in fields)


# --- opening and acting ---


def test_a_case_is_opened_and_acted_in(call, moderator, post):
    opened = call("POST", "/cases", moderator, about(post))
    assert (opened.status_code, opened.json["version"], opened.json["state"]) == (201, 1, "open")
    assert opened.json["target"] == {"type": "post", "id": post.id}
    case_id = opened.json["id"]
    acted = call("POST", f"/cases/{case_id}/actions", moderator, {**HIDE, "version": 1})
    assert (acted.status_code, acted.json["id"], acted.json["version"]) == (201, case_id, 2)
    (action,) = acted.json["actions"]
    assert (action["action"], action["rule"]["number"], action["reason"]) == ("hide", 2, HIDE["reason"])
    assert call("GET", f"/cases/{case_id}", moderator).json == acted.json
    told = call("GET", f"/posts/{post.id}").json
    assert (told["state"], told["body"], told["html"], told["author"]) == ("hidden", None, None, None)
    assert told["rule"] == {"number": 2, "title": "Speak about what people do"}


def test_with_an_action_it_opens_and_acts_in_one(call, moderator, post):
    done = call("POST", "/cases", moderator, about(post, **HIDE))
    assert (done.status_code, done.json["version"], done.json["state"]) == (201, 2, "decided")
    again = call("POST", f"/cases/{done.json['id']}/actions", moderator,
                 {"action": "restore", "reason": "I was wrong.", "version": 2})  # fmt: skip
    assert (again.status_code, again.json["state"]) == (201, "closed")
    assert call("GET", f"/posts/{post.id}").json["body"] == "These people are animals."


def test_opening_twice_is_one_case(call, moderator, post):
    first, second = (call("POST", "/cases", moderator, about(post)).json["id"] for _ in range(2))
    assert first == second


def test_the_second_of_two_moderators_is_told(call, moderator, post):
    case = call("POST", "/cases", moderator, about(post)).json
    other = make_user("moderator")
    assert call("POST", f"/cases/{case['id']}/actions", other, {**HIDE, "version": 1}).status_code == 201
    late = call("POST", f"/cases/{case['id']}/actions", moderator,
                {"action": "leave", "reason": "Fine.", "version": 1})  # fmt: skip
    assert_problem(late, 409)
    assert late.json["version"] == 2
    assert (rows(Measure), db.session.get_one(Post, post.id).state) == (1, "hidden")


def test_leaving_what_is_hidden_does_not_take_the_authors_mend(call, moderator, author, post):
    case = call("POST", "/cases", moderator, about(post, **HIDE)).json
    leave = {"action": "leave", "reason": "Enough.", "version": case["version"]}
    assert_problem(call("POST", f"/cases/{case['id']}/actions", moderator, leave), 409)
    actions.mend_post(author, post.id, "They are loud at night.")
    leave["version"] += 1
    assert call("POST", f"/cases/{case['id']}/actions", moderator, leave).status_code == 201


def test_cases_are_listed_newest_first_and_end(call, moderator, author):
    thread = make_thread(make_project())
    ids = [call("POST", "/cases", moderator, about(make_post(thread, author))).json["id"] for _ in range(3)]
    first = call("GET", "/cases?limit=2", moderator).json
    rest = call("GET", f"/cases?limit=2&cursor={first['next']}", moderator).json
    assert [case["id"] for case in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next"] is None


@pytest.mark.parametrize("page", ["limit=0", "limit=201", "limit=x", "limit=²", f"limit={'9' * 5000}"])
def test_a_page_has_1_to_200(call, moderator, page):
    for path in ("/cases", "/moderation/log"):
        assert_problem(call("GET", f"{path}?{page}", moderator), 422, "limit")


@pytest.mark.parametrize("cursor", ["x", "W10", "WzFlMTAwXQ", "WzkyMjMzNzIwMzY4NTQ3NzU4MDhd", "W3RydWVd"])
def test_a_damaged_cursor_is_refused(call, moderator, cursor):
    """Not base64, an empty list, a float, 2^63, true."""
    for path in ("/cases", "/moderation/log", "/heard"):
        assert_problem(call("GET", f"{path}?cursor={cursor}", moderator), 422)


# --- what is refused ---


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**HIDE, "rule": None}, "rule"),
        ({**HIDE, "rule": 99}, "rule"),
        ({**HIDE, "reason": " "}, "reason"),
        ({**HIDE, "reason": "x" * 2001}, "reason"),
        ({**HIDE, "reason": 7}, "reason"),
        ({**HIDE, "reason": None}, "reason"),
        ({**HIDE, "action": "burn"}, "action"),
        ({**HIDE, "action": 1}, "action"),
        ({**HIDE, "author_id": 1}, "author_id"),
        ({**HIDE, "state": "closed"}, "state"),
    ],
)
def test_what_is_wrong_is_named(call, moderator, post, body, field):
    assert_problem(call("POST", "/cases", moderator, about(post, **body)), 422, field)
    case = call("POST", "/cases", moderator, about(post)).json
    acted = call("POST", f"/cases/{case['id']}/actions", moderator, {**body, "version": case["version"]})
    assert_problem(acted, 422, field)
    assert (rows(Measure), db.session.get_one(Post, post.id).state) == (0, "visible")


@pytest.mark.parametrize("value", NOT_A_NUMBER, ids=repr)
def test_a_whole_number_is_nothing_else(call, moderator, post, value):
    case = call("POST", "/cases", moderator, about(post)).json
    path = f"/cases/{case['id']}/actions"
    assert_problem(
        call("POST", "/cases", moderator, {"target": {"type": "post", "id": value}}), 422, "target"
    )
    assert_problem(call("POST", "/cases", moderator, about(post, **{**HIDE, "rule": value})), 422, "rule")
    assert_problem(call("POST", path, moderator, {**HIDE, "rule": value, "version": 1}), 422, "rule")
    assert_problem(call("POST", path, moderator, {**HIDE, "version": value}), 422, "version")
    assert_problem(call("POST", f"/posts/{post.id}/flags", make_user(), {"rule": value}), 422, "rule")
    assert (rows(Measure), rows(Flag)) == (0, 0)


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (None, 422),
        ("post", 422),
        ({"type": "post"}, 422),
        ({"type": "tree", "id": 1}, 422),
        ({"type": "question", "id": 1}, 422),
        ({"type": "person", "id": 987654}, 404),
        ({"type": "thread", "id": 987654}, 404),
        ({"type": "post", "id": 1, "more": 1}, 422),
        ({"type": "post", "id": 987654}, 404),
    ],
)
def test_only_what_is_there_can_be_a_target(call, moderator, post, target, status):
    assert_problem(
        call("POST", "/cases", moderator, {"target": target}), status, *(["target"] if status == 422 else [])
    )


@pytest.mark.parametrize("body", ["[]", '"x"', "1", "null", "{", "", '{"target": NaN}'])
def test_a_body_that_is_no_object_is_refused(client, moderator, token_for, body):
    answer = client.post(
        f"{API}/cases", data=body, headers={**token_for(moderator), "Content-Type": "application/json"}
    )
    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"


# --- for whom ---


def test_without_a_name_one_is_asked_for_it(call, post):
    for method, path, body in [
        ("GET", "/cases", None),
        ("GET", "/cases/1", None),
        ("POST", "/cases", about(post)),
        ("POST", "/cases/1/actions", {**HIDE, "version": 1}),
        ("POST", f"/posts/{post.id}/flags", {"rule": 2}),
        ("DELETE", f"/posts/{post.id}/flags", None),
    ]:
        answer = call(method, path, None, body)
        # Without a session there is no CSRF token either; a bearer token needs none.
        assert answer.status_code in (400, 401, 404), (method, path)
        assert answer.mimetype == "application/problem+json"
    known = {"Authorization": "Bearer not-a-token"}
    assert_problem(call("POST", "/cases", None, about(post), **known), 401)
    assert call("GET", "/moderation/log").status_code == 200


def test_people_who_moderate_nothing_do_not_learn_of_cases(call, moderator, author, post):
    case = call("POST", "/cases", moderator, about(post, **HIDE)).json
    elsewhere = make_user()
    join(make_project(), elsewhere, "moderator")
    for person in (author, make_user(), elsewhere, make_user("administrator")):
        assert_problem(call("GET", f"/cases/{case['id']}", person), 404)
        restore = {"action": "restore", "reason": "Mine.", "version": 2}
        assert_problem(call("POST", f"/cases/{case['id']}/actions", person, restore), 404)
        listed = call("GET", "/cases", person)
        assert listed.status_code == 404 or listed.json["items"] == []
    assert_problem(call("POST", "/cases", make_user(), about(post)), 403)
    assert_problem(call("GET", "/cases/987654", moderator), 404)
    assert_problem(call("GET", f"/cases/{2**63}", moderator), 404)


def test_a_moderator_does_not_judge_own_words(call, moderator):
    own = make_post(make_thread(make_project()), moderator)
    assert_problem(call("POST", "/cases", moderator, about(own, **HIDE)), 403)
    case = call("POST", "/cases", make_user("moderator"), about(own, **HIDE)).json
    restore = {"action": "restore", "reason": "Mine.", "version": 2}
    assert call("POST", f"/cases/{case['id']}/actions", moderator, restore).status_code in (403, 404)
    assert call("GET", "/cases", moderator).json["items"] == []


def test_a_suspended_moderator_decides_nothing(call, moderator, post):
    away = make_user("moderator", suspended_until=now() + timedelta(days=1))
    for role in ("moderator", "member"):
        join(post.thread.project, away, role)
    assert call("POST", "/cases", away, about(post, **HIDE)).status_code in (401, 403, 404)
    assert rows(Case) == 0


@pytest.mark.parametrize(
    ("scopes", "method", "path", "body"),
    [
        ("read", "GET", "/cases", None),
        ("read write", "GET", "/cases", None),
        ("read write", "POST", "/cases", "about"),
        ("read write", "POST", "/cases/{case}/actions", HIDE | {"version": 1}),
        ("read write admin", "GET", "/cases/{case}", None),
        ("read", "POST", "/posts/{post}/flags", {"rule": 2}),
        ("read", "DELETE", "/posts/{post}/flags", None),
        ("read", "PATCH", "/posts/{post}", {"body": "x", "revision": 1}),
        ("read", "PUT", "/posts/{post}/reactions/support", None),
        ("moderate", "GET", "/moderation/log", None),
    ],
)
def test_a_token_does_no_more_than_its_scopes(client, moderator, post, scopes, method, path, body):
    case_id = queries.find_case_about("post", post.id)
    path = path.format(case=case_id or 1, post=post.id)
    headers = {"Authorization": f"Bearer {make_token(moderator, scopes)}"}
    body = about(post) if body == "about" else body
    answer = client.open(f"{API}{path}", method=method, json=body, headers=headers)
    assert_problem(answer, 403)
    assert "scope" in answer.json["detail"]


# --- idempotency ---


def test_a_retried_case_is_one_case(call, moderator, post):
    key = {"Idempotency-Key": "k1"}
    first = call("POST", "/cases", moderator, about(post, **HIDE), **key)
    again = call("POST", "/cases", moderator, about(post, **HIDE), **key)
    assert (first.status_code, again.status_code, again.json) == (201, 201, first.json)
    assert (rows(Case), rows(Measure), rows(LogEntry)) == (1, 1, 1)
    assert_problem(call("POST", "/cases", moderator, about(post), **key), 422)


def test_a_retried_action_answers_with_the_case_as_it_is_now(call, moderator, post):
    case = call("POST", "/cases", moderator, about(post)).json
    path, key = f"/cases/{case['id']}/actions", {"Idempotency-Key": "k2"}
    call("POST", path, moderator, {**HIDE, "version": 1}, **key)
    call("POST", path, moderator, {"action": "restore", "reason": "Wrong.", "version": 2})
    again = call("POST", path, moderator, {**HIDE, "version": 1}, **key)
    assert (again.status_code, again.json["version"], again.json["state"]) == (201, 3, "closed")
    assert rows(Measure) == 2


def test_a_conflict_leaves_the_key_free(call, moderator, post):
    case = call("POST", "/cases", moderator, about(post)).json
    path, key = f"/cases/{case['id']}/actions", {"Idempotency-Key": "k3"}
    assert call("POST", path, moderator, {**HIDE, "version": 9}, **key).status_code == 409
    assert call("POST", path, moderator, {**HIDE, "version": 1}, **key).status_code == 201


# --- flags ---


def test_a_flag_is_one_for_each_person_and_is_taken_back(call, post):
    flagger = make_user()
    path = f"/posts/{post.id}/flags"
    flag = call("POST", path, flagger, {"rule": 2, "note": "Look."})
    assert (flag.status_code, flag.json["state"], flag.json["rule"]["number"]) == (201, "open", 2)
    changed = call("POST", path, flagger, {"rule": 1, "note": ""})
    assert (changed.status_code, changed.json["id"], changed.json["rule"]["number"]) == (
        201,
        flag.json["id"],
        1,
    )
    assert call("DELETE", path, flagger).status_code == 204
    assert (rows(Flag), queries.find_case_about("post", post.id).state) == (1, "closed")
    assert_problem(call("DELETE", path, make_user()), 404)


def test_a_retried_taking_back_does_not_take_back_a_newer_flag(call, post):
    flagger, path = make_user(), f"/posts/{post.id}/flags"
    call("POST", path, flagger, {"rule": 2})
    assert call("DELETE", path, flagger, **{"Idempotency-Key": "k"}).status_code == 204
    call("POST", path, flagger, {"rule": 1})
    assert call("DELETE", path, flagger, **{"Idempotency-Key": "k"}).status_code == 204
    assert db.session.scalars(select(Flag.state)).one() == "open"


def test_what_was_decided_about_a_flag_stays_decided(call, moderator, post):
    flagger, path = make_user(), f"/posts/{post.id}/flags"
    call("POST", path, flagger, {"rule": 2})
    case = queries.find_case_about("post", post.id)
    leave = {"action": "leave", "reason": "Sharp, but fair.", "version": case.version}
    call("POST", f"/cases/{case.id}/actions", moderator, leave)
    assert call("DELETE", path, flagger).status_code == 409
    assert db.session.scalars(select(Flag.state)).one() == "disagreed"


def test_a_name_is_flagged_and_the_flag_is_taken_back(call, moderator, author):
    flagger, path = make_user(), f"/people/{author.handle}/flags"
    answer = call("POST", path, flagger, {"part": "profile", "rule": 2, "note": "Look."})
    assert (answer.status_code, answer.json["state"], answer.json["part"]) == (201, "open", "profile")
    case = queries.find_case_about("person", author.id)
    deed = {"action": "take_name", "rule": 2, "reason": "It is about people.", "version": case.version}
    taken = call("POST", f"/cases/{case.id}/actions", moderator, deed)
    assert (taken.status_code, taken.json["state"]) == (201, "decided")
    assert [set(each) & {"was", "name"} for each in taken.json["actions"]] == [set()]
    other = make_user()
    path = f"/people/{author.handle}/flags"
    assert call("POST", path, other, {"rule": 2}).json["part"] == "name"
    assert call("DELETE", path, other).status_code == 204
    assert_problem(call("POST", path, other, {"rule": 2, "part": "hair"}), 422, "part")
    assert_problem(call("POST", path, author, {"rule": 2}), 403)
    assert_problem(call("POST", "/people/nobody-here/flags", other, {"rule": 2}), 404)


def test_flags_are_refused_in_words(call, moderator, author, post):
    path = f"/posts/{post.id}/flags"
    flagger = make_user()
    assert_problem(call("POST", path, author, {"rule": 2}), 403)
    assert_problem(call("POST", path, flagger, {"rule": 99}), 422, "rule")
    assert_problem(call("POST", path, flagger, {}), 422, "rule")
    assert_problem(call("POST", path, flagger, {"rule": 2, "note": "x" * 501}), 422, "note")
    assert_problem(call("POST", path, flagger, {"rule": 2, "user_id": 1}), 422, "user_id")
    assert_problem(call("POST", "/posts/987654/flags", flagger, {"rule": 2}), 404)
    call("POST", "/cases", moderator, about(post, **HIDE))
    assert_problem(call("POST", path, flagger, {"rule": 2}), 409)
    closed = make_post(make_thread(make_project(visibility="members")), author)
    assert_problem(call("POST", f"/posts/{closed.id}/flags", flagger, {"rule": 2}), 404)
    assert rows(Flag) == 0


def test_a_crowd_of_flags_hides_nothing(call, post):
    for _ in range(12):
        assert call("POST", f"/posts/{post.id}/flags", make_user(), {"rule": 2}).status_code == 201
    assert (db.session.get_one(Post, post.id).state, rows(Case)) == ("visible", 1)


# --- the log ---


def test_the_log_is_public_and_newest_first(call, moderator, author):
    thread = make_thread(make_project())
    for _ in range(3):
        call("POST", "/cases", moderator, about(make_post(thread, author), **HIDE))
    log = call("GET", "/moderation/log").json
    assert [line["number"] for line in log["items"]] == [3, 2, 1]
    assert (log["next"], log["count"], log["head"]) == (None, 3, log["items"][0]["hash"])
    assert set(log["items"][0]) == {
        "number", "at", "action", "target", "place", "rule", "actor_role", "case_id", "previous", "hash",
        "format", "scope", "until", "outcome", "about", "automatic", "source", "hours", "project_id",
    }  # fmt: skip
    first = call("GET", "/moderation/log?limit=2").json
    rest = call("GET", f"/moderation/log?limit=2&cursor={first['next']}").json
    assert first["items"] + rest["items"] == log["items"]
    assert rest["next"] is None


def test_a_rule_that_was_cited_reads_as_it_did_then(call, moderator, post):
    case = call("POST", "/cases", moderator, about(post, **HIDE)).json
    newer = AgreementVersion(number=2, introduction="New.", published_at=now())
    newer.rules = [Rule(number=2, title="Another rule", text="Words.")]
    save(newer)
    assert call("GET", f"/cases/{case['id']}", moderator).json["actions"][0]["rule"]["title"] == (
        "Speak about what people do"
    )
    assert call("GET", f"/posts/{post.id}").json["rule"]["title"] == "Speak about what people do"
