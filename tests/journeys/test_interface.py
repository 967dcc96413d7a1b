"""What outside clients rely on, row by row: names, statuses, fields, exact shapes. See tests/outsider.py."""

import itertools
import re
import secrets
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from outsider import PASSWORD, POST_KEYS, Outside, Somebody, Visitor, path_in
from running import Refused

ROLES = {
    "olga": "organizer",
    "mo": "moderator",
    "adele": "administrator",
    "ana": "resident",
    "ben": "resident",
    "cleo": "resident",
    "dan": "resident",
    "paula": "partner",
    "mia": "mediator",
    "stu": "steward",
}
PROMISED = """
/projects /projects/{} /projects/{}/threads /threads/{} /threads/{}/posts /posts/{} /posts/{}/reactions/{}
/posts/{}/flags /channels/{}/changes /town-halls /town-halls/{} /town-halls/{}/rsvp /town-halls/{}/check-ins
/heard /receipts/{} /agreement /cases /cases/{} /cases/{}/actions /moderation/log /me
"""
PUBLIC_PAGES = """
/ /projects /projects/{slug} /projects/{slug}/partners /projects/{slug}/updates /town-halls
/town-halls/{hall} /town-halls/{hall}/room /town-halls/{hall}/minutes /heard /heard?project={slug}
/receipts/{number} /moderation/log /moderation/report /agreement /search /search?q=bench /sign-in /sign-up
/people/{handle} /threads/{thread} /feeds/projects/{slug}.atom /calendar.ics /projects/{slug}/calendar.ics
/town-halls/{hall}.ics /api/v1/docs /healthz /readyz
"""
TOMBSTONE = {"body": None, "html": None, "author": None}


@pytest.fixture(scope="module")
def town(server):
    return Outside(server)


@pytest.fixture(scope="module")
def people(town, tmp_path_factory):
    """Everybody of ROLES, imported in one go, each with a token."""
    file = tmp_path_factory.mktemp("people") / "people.csv"
    rows = [f"{name}@town.example,{name.title()} Town,{role}" for name, role in ROLES.items()]
    file.write_text("\n".join(["email,name,role", *rows]) + "\n")
    said = town.run("user", "import", str(file), "--tokens").splitlines()
    pairs = [line.split() for line in said]
    assert [pair[0] for pair in pairs] == [f"{name}@town.example" for name in ROLES]
    assert all(len(pair) == 2 for pair in pairs)
    return {address.partition("@")[0]: Somebody(address, token) for address, token in pairs}


@pytest.fixture(scope="module")
def ana(people):
    return people["ana"]


@pytest.fixture(scope="module")
def ben(people):
    return people["ben"]


@pytest.fixture(scope="module")
def mo(people):
    return people["mo"]


@pytest.fixture(scope="module")
def olga(people):
    return people["olga"]


@pytest.fixture(scope="module")
def project(town, olga):
    return new_project(town, olga)["slug"]


@pytest.fixture
def thread(town, project, ana):
    return new_thread(town, project, ana)


@pytest.fixture
def post(town, thread, ana):
    return new_post(town, thread, ana)


def new_project(town, who, **facts):
    body = {"title": "Warm evenings", "vision": "A square to sit in.", "visibility": "public", **facts}
    return town.want(201, "POST", "/projects", who, body)


def new_thread(town, slug, who, title="The bench", body="The first words."):
    return town.want(201, "POST", f"/projects/{slug}/threads", who, {"title": title, "body": body})


def new_post(town, thread, who, body="Some words.", **more):
    return town.want(201, "POST", f"/threads/{thread['id']}/posts", who, {"body": body, **more})


def posts_of(town, thread, who=None, **query):
    asked = "&".join(f"{k}={v}" for k, v in query.items())
    path = f"/threads/{thread['id']}/posts?{asked}"
    return town.want(200, "GET", path, who or Somebody(""))["items"]


def hide(town, mo, post, rule=2, reason="It is unkind."):
    case = {"target": {"type": "post", "id": post["id"]}, "action": "hide", "rule": rule, "reason": reason}
    return town.want(201, "POST", "/cases", mo, case)


@pytest.fixture(scope="module")
def newcomer(town):
    """Somebody who signed up and confirmed, in a browser of their own, signed in."""
    address = f"new-{secrets.token_hex(3)}@town.example"
    visitor = Visitor(town)
    done = visitor.submit(
        "/sign-up", "sign-up", email=address, name="Nora Newcomer", password=PASSWORD, accepts="y"
    )
    assert done.status_code == 200, done.text
    visitor.submit(path_in(town.mail_to(address), "/confirm/"))
    if not visitor.csrf():
        visitor.sign_in(address)
    visitor.address = address
    return visitor


# --- how everything under /api answers ---


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/../nothing", 404),
        ("GET", "/threads/999999", 404),
        ("GET", "/threads/x", 404),
        ("GET", "/projects/nowhere", 404),
        ("GET", "/town-halls/999999", 404),
        ("GET", "/posts/999999", 404),
        ("GET", "/receipts/nothing", 404),
        ("GET", "/channels/thread:999999/changes", 404),
        ("GET", "/channels/thread:999999/changes?after=0", 404),
        ("GET", "/heard?project=nowhere", 404),
        ("DELETE", "/projects", 405),
        ("PUT", "/threads/1/posts", 405),
        ("POST", "/me", 405),
        ("GET", "/me", 401),
        ("POST", "/projects", 401),
        ("GET", "/projects?limit=201", 422),
        ("GET", "/projects?limit=0", 422),
        ("GET", "/projects?limit=x", 422),
        ("GET", "/projects?cursor=x", 422),
        ("GET", "/town-halls?limit=201", 422),
        ("GET", "/town-halls?cursor=x", 422),
        ("GET", "/moderation/log?limit=201", 422),
        ("GET", "/heard?limit=201", 422),
    ],
)
def test_what_goes_wrong_is_told_as_a_problem(town, people, method, path, status):
    json = {"title": "X", "vision": "Y", "visibility": "public"} if method in ("POST", "PUT") else None
    answer = town.call(method, path, json=json)
    allowed = (status, 401, 400) if method in ("POST", "PUT", "DELETE") else (status,)
    assert answer.status_code in allowed, answer.text
    if status == 405:
        assert town.call(method, path, people["ana"], json).status_code == 405


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/v1", "/api/v2/projects", "/api/nothing"])
def test_even_where_the_api_has_nothing_it_says_so_as_a_problem(town, path):
    answer = requests.get(town.base + path, timeout=10)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("body", "kind", "statuses"),
    [
        ("{broken", "application/json", (400, 422)),
        ('{"title": ' + "7" * 5000 + "}", "application/json", (400, 422)),
        ('{"title": NaN, "body": Infinity}', "application/json", (400, 422)),
        ("\xff", "application/json", (400, 422)),
        ("title=x", "application/x-www-form-urlencoded", (400, 415, 422)),
        ("title", "text/plain", (400, 415, 422)),
        ("", "application/json", (400, 422)),
        ("[]", "application/json", (400, 422)),
        ("null", "application/json", (400, 422)),
        ('"x"', "application/json", (400, 422)),
        ("[" * 100_000, "application/json", (400, 413, 422)),
        ('{"title": 7, "body": "x"}', "application/json", (422,)),
        ('{"title": "x", "body": "x", "more": 1}', "application/json", (422,)),
        ('{"title": "x"}', "application/json", (422,)),
        ('{"title": "x", "body": "a\\u0000b\\ud800"}', "application/json", (201, 422)),
    ],
)
def test_a_body_that_is_no_json_of_ours_is_refused(town, project, ana, body, kind, statuses):
    answer = town.call(
        "POST",
        f"/projects/{project}/threads",
        ana,
        data=body.encode("latin-1"),
        headers={"Content-Type": kind},
    )
    assert answer.status_code in statuses, answer.text
    if answer.status_code == 422 and "title" in body and kind == "application/json":
        assert answer.json()["errors"], answer.text


def test_too_large_a_body_is_413(town, project, ana):
    words = {"title": "x", "body": "x" * 4_000_000}
    assert town.call("POST", f"/projects/{project}/threads", ana, words).status_code == 413


@pytest.mark.parametrize("given", ["Bearer wrong", "Bearer ", "Bearer", "Basic YTpi", "nonsense"])
def test_a_bad_token_is_401_and_never_a_guest(town, given):
    assert town.call("GET", "/me", headers={"Authorization": given}).status_code == 401
    if given.startswith("Bearer "):
        assert town.call("GET", "/projects", headers={"Authorization": given}).status_code == 401


def test_the_description_names_every_row(town):
    paths = town.want(200, "GET", "/openapi.json")["paths"]
    bare = {re.sub(r"\{[^}]+\}", "{}", path).removeprefix("/api/v1") for path in paths}
    assert set(PROMISED.split()) <= bare
    assert requests.get(f"{town.base}/api/v1/docs", timeout=10).status_code == 200


# --- signing in, tokens, sessions ---


def test_me_says_who_one_is(town, people):
    me = town.want(200, "GET", "/me", people["olga"])
    assert (me["email"], me["name"]) == ("olga@town.example", "Olga Town")
    assert "organizer" in me["roles"]
    assert me["is_newcomer"] is False
    assert town.want(200, "GET", "/me", people["ana"])["roles"] == ["resident"]


def test_a_session_with_its_csrf_token_is_as_good_as_a_token(town, project, newcomer):
    thread = {"title": "By cookie", "body": "Said with a cookie."}
    path = f"/projects/{project}/threads"
    assert newcomer.call("GET", "/me").json()["email"] == newcomer.address
    assert newcomer.call("POST", path, thread).status_code in (400, 401, 403)
    assert newcomer.call("POST", path, thread, **{"X-CSRF-Token": "wrong"}).status_code in (400, 401, 403)
    done = newcomer.call("POST", path, thread, **{"X-CSRF-Token": newcomer.csrf()})
    assert done.status_code in (201, 202), done.text


def test_scopes_are_no_more_than_chosen(town, people, newcomer, project):
    page = newcomer.submit("/settings/tokens", name="reader", scopes="read")
    token = next(iter(re.findall(r"[\w-]{30,}", _shown_token(page.text))), "")
    reader = Somebody(newcomer.address, token)
    assert town.want(200, "GET", "/me", reader)["email"] == newcomer.address
    thread = {"title": "No", "body": "Not with this token."}
    town.want(403, "POST", f"/projects/{project}/threads", reader, thread)
    for who in (people["ana"], Somebody("")):
        assert town.call("GET", "/cases", who).status_code in (401, 403, 404)


def _shown_token(page: str) -> str:
    """What looks most like a token on the page that shows it this once."""
    found = re.findall(r'(?:<code[^>]*>|value=")([\w.-]{30,})', page)
    assert found, page
    return max(found, key=len) if len(found) == 1 else next(f for f in found if not f.startswith("I"))


def test_a_forgotten_password_is_set_anew_by_mail(town, newcomer):
    before = 1
    Visitor(town).submit("/reset", email=newcomer.address)
    for _ in range(100):
        words = town.mail_to(newcomer.address, before)
        if "/reset/" in words:
            break
        time.sleep(0.1)
    other = Visitor(town)
    fresh = "another harbour seventeen pears"
    assert other.submit(path_in(words, "/reset/"), password=fresh).status_code == 200
    again = Visitor(town)
    again.sign_in(newcomer.address, fresh)
    newcomer.session = again.session


# --- projects ---


def test_a_project_is_founded_listed_read_and_changed(town, olga, ana):
    slug = f"bridge-{secrets.token_hex(3)}"
    body = {"slug": slug, "title": "A bridge", "vision": "Dry feet.", "visibility": "public"}
    made = town.want(201, "POST", "/projects", olga, body)
    assert {k: made[k] for k in body} == body
    assert town.want(200, "GET", f"/projects/{slug}") == made
    assert made["slug"] in [p["slug"] for p in town.want(200, "GET", "/projects?limit=200")["items"]]
    changed = town.want(200, "PATCH", f"/projects/{slug}", olga, {"title": "Two bridges"})
    assert (changed["title"], changed["vision"]) == ("Two bridges", "Dry feet.")
    town.want(403, "PATCH", f"/projects/{slug}", ana, {"title": "Mine"})
    town.want(403, "POST", "/projects", ana, {"title": "Mine", "vision": "", "visibility": "public"})
    town.want(422, "POST", "/projects", olga, body)
    assert "title" in town.want(422, "POST", "/projects", olga, {"vision": "x"})["errors"]
    bad = {"title": "x", "vision": "x", "visibility": "secret"}
    assert "visibility" in town.want(422, "POST", "/projects", olga, bad)["errors"]


@pytest.mark.parametrize("body", [{"vision": ""}, {}])
def test_a_project_may_begin_without_a_vision(town, olga, body):
    made = town.want(201, "POST", "/projects", olga, {"title": "Later", "visibility": "public", **body})
    assert made["vision"] == ""


def test_lists_go_on_by_cursor_to_null(town, olga):
    for _ in range(3):
        new_project(town, olga)
    seen, cursor = [], ""
    for _ in itertools.count():
        told = town.want(200, "GET", f"/projects?limit=2{cursor}")
        assert set(told) >= {"items", "next"}
        assert len(told["items"]) <= 2
        seen += [p["slug"] for p in told["items"]]
        if told["next"] is None:
            break
        cursor = f"&cursor={told['next']}"
    assert len(seen) == len(set(seen))
    assert sorted(seen) == sorted(p["slug"] for p in town.want(200, "GET", "/projects?limit=200")["items"])


def test_a_members_project_is_404_for_everybody_else_until_invited(town, olga, ana, ben, people):
    slug = new_project(town, olga, visibility="members")["slug"]
    thread = new_thread(town, slug, olga)
    post = posts_of(town, thread, olga)[0]
    hall = new_hall(town, olga, slug)
    doors = [
        ("GET", f"/projects/{slug}", None),
        ("PATCH", f"/projects/{slug}", {"title": "x"}),
        ("GET", f"/projects/{slug}/threads", None),
        ("POST", f"/projects/{slug}/threads", {"title": "x", "body": "y"}),
        ("GET", f"/threads/{thread['id']}", None),
        ("GET", f"/threads/{thread['id']}/posts", None),
        ("POST", f"/threads/{thread['id']}/posts", {"body": "y"}),
        ("GET", f"/posts/{post['id']}", None),
        ("PATCH", f"/posts/{post['id']}", {"body": "y", "revision": 1}),
        ("DELETE", f"/posts/{post['id']}", None),
        ("PUT", f"/posts/{post['id']}/reactions/support", None),
        ("DELETE", f"/posts/{post['id']}/reactions/support", None),
        ("POST", f"/posts/{post['id']}/flags", {"rule": 1, "note": ""}),
        ("DELETE", f"/posts/{post['id']}/flags", None),
        ("GET", f"/channels/{thread['channel']}/changes?after=0", None),
        ("GET", f"/channels/{hall['channel']}/changes?after=0", None),
        ("GET", f"/town-halls/{hall['id']}", None),
        ("PATCH", f"/town-halls/{hall['id']}", {"title": "x"}),
        ("GET", f"/town-halls/{hall['id']}/rsvp", None),
        ("PUT", f"/town-halls/{hall['id']}/rsvp", {"answer": "going", "mode": "in_person"}),
        ("DELETE", f"/town-halls/{hall['id']}/rsvp", None),
        ("POST", f"/town-halls/{hall['id']}/check-ins", {"code": "x", "nonce": "y"}),
        ("GET", f"/receipts/{post['voice']['number']}", None),
        ("GET", f"/heard?project={slug}", None),
    ]
    for method, path, body in doors:
        town.want(404, method, path, ana, body)
        if method == "GET" and not path.endswith("/rsvp"):
            town.want(404, method, path)
    for path in ("/projects?limit=200", "/town-halls?limit=200", "/heard?limit=200"):
        assert slug not in town.call("GET", path, ana).text
    organizer = Visitor(town)
    town.run("user", "create", "--email", "o2@town.example", "--name", "O Two", "--role", "organizer",
             "--password", PASSWORD)  # fmt: skip
    organizer.sign_in("o2@town.example")
    organizer.submit(f"/projects/{slug}/members", "invite", email="eva@town.example", role="member")
    town.run("user", "create", "--email", "eva@town.example", "--name", "Eva", "--password", PASSWORD)
    eva = Visitor(town)
    eva.sign_in("eva@town.example")
    assert eva.submit(path_in(town.mail_to("eva@town.example"), "/invitations/")).status_code == 200
    assert eva.call("GET", f"/threads/{thread['id']}").status_code == 200


# --- threads and posts ---


def test_a_thread_and_its_first_post(town, project, ana):
    made = new_thread(town, project, ana, title="Where do we sit?")
    assert {"channel", "stream", "revision", "post_count", "status"} <= set(made)
    assert (made["channel"], made["post_count"]) == (f"thread:{made['id']}", 1)
    assert town.want(200, "GET", f"/threads/{made['id']}") == made
    listed = town.want(200, "GET", f"/projects/{project}/threads?limit=200")
    assert made["id"] in [t["id"] for t in listed["items"]]
    assert listed["next"] is None
    (first,) = posts_of(town, made)
    assert set(first) == POST_KEYS
    assert (first["thread_id"], first["seq"], first["revision"], first["state"]) == (
        made["id"],
        1,
        1,
        "visible",
    )
    assert set(first["author"]) == {"handle", "name", "hats"}
    assert (first["author"]["name"], first["author"]["hats"]) == ("Ana Town", [])
    assert (first["body"], first["html"].strip()) == ("The first words.", "<p>The first words.</p>")
    assert first["reactions"] == {"support": 0, "thanks": 0, "concern": 0}
    assert (first["rule"], first["moved_to"], first["reply_to"], first["edited_at"]) == (None,) * 4
    assert set(first["voice"]) == {"number", "state"}
    receipt = town.want(200, "GET", f"/receipts/{first['voice']['number']}")
    assert receipt["number"] == first["voice"]["number"]


def test_posts_are_numbered_without_holes_and_paged_by_after(town, thread, ana, ben):
    made = [new_post(town, thread, who, f"Number {n}.") for n, who in enumerate((ana, ben, ana, ben))]
    assert [p["seq"] for p in made] == [2, 3, 4, 5]
    answer = new_post(town, thread, ben, "To the second.", reply_to=made[0]["id"])
    assert answer["reply_to"] == made[0]["id"]
    assert [p["seq"] for p in posts_of(town, thread)] == [1, 2, 3, 4, 5, 6]
    assert [p["seq"] for p in posts_of(town, thread, after=2, limit=3)] == [3, 4, 5]
    assert posts_of(town, thread, after=6) == []
    assert town.want(200, "GET", f"/threads/{thread['id']}")["post_count"] == 6
    path = f"/threads/{thread['id']}/posts"
    town.want(422, "GET", f"{path}?limit=201")
    town.want(422, "GET", f"{path}?after=-1")
    for body in ({"body": ""}, {"body": "   "}, {}, {"body": 7}, {"body": "x", "reply_to": "1"}):
        assert town.want(422, "POST", path, ana, body)["errors"]
    town.want(422, "POST", path, ana, {"body": "x", "reply_to": 999999})
    town.want(401, "POST", path, json={"body": "x"})


def test_an_edit_from_an_old_revision_is_409_with_both_texts(town, post, ana, ben):
    path = f"/posts/{post['id']}"
    edited = town.want(200, "PATCH", path, ana, {"body": "Mended.", "revision": 1})
    assert (edited["body"], edited["revision"], edited["seq"]) == ("Mended.", 2, post["seq"])
    assert edited["edited_at"] is not None
    told = town.want(409, "PATCH", path, ana, {"body": "From an old page.", "revision": 1})
    assert "Mended." in str(told)
    assert "From an old page." in str(told)
    town.want(403, "PATCH", path, ben, {"body": "Not mine.", "revision": 2})
    town.want(422, "PATCH", path, ana, {"body": "No revision."})


def test_what_is_withdrawn_is_a_tombstone_for_others(town, thread, post, ana, ben, mo):
    path = f"/posts/{post['id']}"
    town.want(403, "DELETE", path, ben)
    town.want(200, "DELETE", path, ana)
    for who in (ben, Somebody("")):
        told = town.want(200, "GET", path, who)
        assert set(told) == POST_KEYS
        assert {k: told[k] for k in TOMBSTONE} == TOMBSTONE
        assert (told["id"], told["seq"], told["state"]) == (post["id"], post["seq"], "withdrawn")
        assert posts_of(town, thread, who)[1] == told
    for who in (ana, mo):
        assert town.want(200, "GET", path, who)["body"] == post["body"], who.email
    new_post(town, thread, ben)
    assert [p["seq"] for p in posts_of(town, thread)] == [1, 2, 3]


def test_what_is_hidden_is_a_tombstone_that_cites_its_rule(town, thread, post, ana, ben, mo):
    case = hide(town, mo, post)
    assert case["version"] >= 1
    path = f"/posts/{post['id']}"
    rules = {r["number"]: r["title"] for r in town.want(200, "GET", "/agreement")["rules"]}
    for who in (ben, Somebody("")):
        told = town.want(200, "GET", path, who)
        assert {k: told[k] for k in TOMBSTONE} == TOMBSTONE
        assert (told["state"], told["rule"]) == ("hidden", {"number": 2, "title": rules[2]})
    for who in (ana, mo):
        told = town.want(200, "GET", path, who)
        assert (told["body"], told["state"], told["rule"]["number"]) == (post["body"], "hidden", 2)
    for item in changes(town, thread)["items"]:
        assert post["body"] not in str(item)
    back = {"action": "restore", "rule": None, "reason": "It was irony.", "version": case["version"]}
    restored = town.call("POST", f"/cases/{case['id']}/actions", mo, back)
    assert restored.status_code in (200, 201), restored.text
    town.want(409, "POST", f"/cases/{case['id']}/actions", mo, back)
    assert town.want(200, "GET", path)["body"] == post["body"]


def test_what_is_held_is_202_without_a_place_until_it_is_published(town, project, ana, mo, newcomer):
    thread = new_thread(town, project, ana)
    words = "See https://a.example https://b.example https://c.example https://d.example now."
    path = f"/threads/{thread['id']}/posts"
    key = {"X-CSRF-Token": newcomer.csrf(), "Idempotency-Key": secrets.token_hex(8)}
    answer = newcomer.call("POST", path, {"body": words}, **key)
    assert answer.status_code == 202, answer.text
    held = answer.json()
    assert set(held) == POST_KEYS
    assert (held["state"], held["seq"], held["body"]) == ("pending", None, words)
    again = newcomer.call("POST", path, {"body": words}, **key)
    assert (again.status_code, again.json()["id"]) == (202, held["id"])
    town.want(404, "GET", f"/posts/{held['id']}", ana)
    assert [p["seq"] for p in posts_of(town, thread)] == [1]
    assert words not in str(changes(town, thread))
    assert town.want(200, "GET", f"/posts/{held['id']}", mo)["state"] == "pending"
    assert town.want(200, "GET", f"/threads/{thread['id']}")["post_count"] == 1


def test_reactions_are_put_and_taken_back(town, post, ben):
    for kind in ("support", "thanks", "concern"):
        path = f"/posts/{post['id']}/reactions/{kind}"
        for _ in range(2):
            assert town.want(200, "PUT", path, ben)["reactions"][kind] == 1
        for _ in range(2):
            assert town.want(200, "DELETE", path, ben)["reactions"][kind] == 0
    answer = town.call("PUT", f"/posts/{post['id']}/reactions/anger", ben)
    assert answer.status_code in (404, 422)


def test_a_flag_is_given_and_taken_back(town, post, ben):
    path = f"/posts/{post['id']}/flags"
    flag = town.want(201, "POST", path, ben, {"rule": 2, "note": "Please look."})
    assert {"id", "state"} <= set(flag)
    assert town.call("DELETE", path, ben).status_code in (200, 204)
    assert town.want(422, "POST", path, ben, {"rule": 999, "note": ""})["errors"]
    assert town.want(422, "POST", path, ben, {"note": ""})["errors"]


# --- the same key is the same deed ---


def keyed(key):
    return {"Idempotency-Key": key}


@pytest.fixture
def key():
    return secrets.token_hex(8)


def test_the_same_key_posts_once_and_tells_the_post_as_it_is_now(town, thread, ana, ben, key):
    path, body = f"/threads/{thread['id']}/posts", {"body": "Once."}
    first = town.want(201, "POST", path, ana, body, headers=keyed(key))
    town.want(200, "PATCH", f"/posts/{first['id']}", ana, {"body": "Once, mended.", "revision": 1})
    again = town.want(201, "POST", path, ana, body, headers=keyed(key))
    assert (again["id"], again["body"], again["revision"]) == (first["id"], "Once, mended.", 2)
    town.want(422, "POST", path, ana, {"body": "Another."}, headers=keyed(key))
    other = town.want(201, "POST", path, ben, body, headers=keyed(key))
    assert other["id"] != first["id"]
    assert len(posts_of(town, thread)) == 3


def test_the_same_key_founds_one_project_thread_meeting_case_and_flag(town, project, olga, ana, mo, key):
    slug = f"once-{key}"
    body = {"slug": slug, "title": "Once", "vision": "", "visibility": "public"}
    thread = {"title": "Once", "body": "Said once."}
    for _ in range(2):
        assert town.want(201, "POST", "/projects", olga, body, headers=keyed(key + "p"))["slug"] == slug
    ids = {
        town.want(201, "POST", f"/projects/{slug}/threads", ana, thread, headers=keyed(key + "t"))["id"]
        for _ in range(2)
    }
    (thread_id,) = ids
    town.want(
        422, "POST", f"/projects/{slug}/threads", ana, {**thread, "title": "y"}, headers=keyed(key + "t")
    )
    hall = hall_body(slug)
    ids = {
        town.want(201, "POST", "/town-halls", olga, hall, headers=keyed(key + "h"))["id"] for _ in range(2)
    }
    assert len(ids) == 1
    (post,) = posts_of(town, {"id": thread_id})
    flag = {"rule": 1, "note": ""}
    path = f"/posts/{post['id']}/flags"
    ids = {town.want(201, "POST", path, olga, flag, headers=keyed(key + "f"))["id"] for _ in range(2)}
    assert len(ids) == 1
    town.want(422, "POST", path, olga, {**flag, "rule": 2}, headers=keyed(key + "f"))
    case = {"target": {"type": "post", "id": post["id"]}, "action": "hide", "rule": 1, "reason": "No."}
    told = [town.want(201, "POST", "/cases", mo, case, headers=keyed(key + "c")) for _ in range(2)]
    assert told[0] == told[1]
    act = {"action": "restore", "rule": None, "reason": "Yes.", "version": told[0]["version"]}
    path = f"/cases/{told[0]['id']}/actions"
    told = [town.call("POST", path, mo, act, headers=keyed(key + "a")) for _ in range(2)]
    assert told[0].status_code in (200, 201)
    assert (told[0].status_code, told[0].json()) == (told[1].status_code, told[1].json())


def test_a_late_double_of_a_put_or_delete_does_nothing_more(town, post, ana, ben, key):
    path = f"/posts/{post['id']}/reactions/support"
    assert town.want(200, "PUT", path, ben, headers=keyed(key + "1"))["reactions"]["support"] == 1
    assert town.want(200, "DELETE", path, ben, headers=keyed(key + "2"))["reactions"]["support"] == 0
    assert town.want(200, "PUT", path, ben, headers=keyed(key + "1"))["reactions"]["support"] == 0
    town.want(422, "DELETE", path, ben, headers=keyed(key + "1"))
    for _ in range(2):
        town.want(200, "DELETE", f"/posts/{post['id']}", ana, headers=keyed(key + "3"))


def test_a_late_double_of_taking_a_flag_back_takes_no_new_flag_back(town, post, ben, key):
    path = f"/posts/{post['id']}/flags"
    town.want(201, "POST", path, ben, {"rule": 2, "note": ""}, headers=keyed(key + "1"))
    gone = town.call("DELETE", path, ben, headers=keyed(key + "2"))
    assert gone.status_code in (200, 204)
    again = town.call("DELETE", path, ben, headers=keyed(key + "2"))
    assert again.status_code == gone.status_code
    late = town.want(201, "POST", path, ben, {"rule": 2, "note": ""}, headers=keyed(key + "1"))
    assert {"id", "state"} <= set(late)


def at_once(*deeds):
    """Do these at the same time; what each came to."""
    with ThreadPoolExecutor(len(deeds)) as pool:
        return [done.result() for done in [pool.submit(deed) for deed in deeds]]


def test_the_same_key_sent_five_times_at_once_is_one_post(town, thread, ana, key):
    path = f"/threads/{thread['id']}/posts"
    told = at_once(*[lambda: town.call("POST", path, ana, {"body": "Once."}, headers=keyed(key))] * 5)
    assert {answer.status_code for answer in told} == {201}
    assert len({answer.json()["id"] for answer in told}) == 1
    assert len(posts_of(town, thread)) == 2


def test_many_at_once_leave_no_hole_and_one_edit_wins(town, thread, post, ana, ben):
    path = f"/threads/{thread['id']}/posts"
    at_once(
        *[lambda who=who: town.want(201, "POST", path, who, {"body": "Hello."}) for who in (ana, ben) * 5]
    )
    assert [p["seq"] for p in posts_of(town, thread)] == list(range(1, 13))
    edits = at_once(
        *[
            lambda n=n: town.call("PATCH", f"/posts/{post['id']}", ana, {"body": f"Edit {n}.", "revision": 1})
            for n in range(4)
        ]
    )
    assert sorted(answer.status_code for answer in edits) == [200, 409, 409, 409]


# --- moderation ---


def test_cases_are_for_moderators_and_the_log_is_for_everybody(town, post, ana, ben, mo):
    case = hide(town, mo, post)
    assert town.want(200, "GET", f"/cases/{case['id']}", mo)["id"] == case["id"]
    listed = town.want(200, "GET", "/cases?limit=200", mo)
    assert case["id"] in [c["id"] for c in listed["items"]]
    for who in (ana, ben):
        assert town.call("GET", f"/cases/{case['id']}", who).status_code in (403, 404)
        body = {"target": {"type": "post", "id": post["id"]}}
        town.want(403, "POST", "/cases", who, body)
    log = town.want(200, "GET", "/moderation/log?limit=200")
    assert {"items", "next"} <= set(log)
    assert log["items"], "the log is empty after a hide"
    newest = log["items"][0]
    assert newest["action"] == "hide"
    rows = log["items"]
    assert all(later["previous"] == earlier["hash"] for later, earlier in itertools.pairwise(rows))
    for page in ("/moderation/log", "/moderation/report"):
        assert requests.get(town.base + page, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"action": "dance"}, "action"),
        ({"rule": None}, "rule"),
        ({"rule": 999}, "rule"),
        ({"reason": ""}, "reason"),
        ({"target": {"type": "cloud", "id": 1}}, "target"),
    ],
)
def test_a_case_without_due_process_is_422(town, post, mo, change, field):
    body = {"target": {"type": "post", "id": post["id"]}, "action": "hide", "rule": 2, "reason": "Unkind."}
    assert field in town.want(422, "POST", "/cases", mo, {**body, **change})["errors"]
    town.want(404, "POST", "/cases", mo, {**body, "target": {"type": "post", "id": 999999}})


def test_the_agreement_is_told_by_number(town):
    told = town.want(200, "GET", "/agreement")
    assert isinstance(told["version"], int)
    assert told["rules"]
    for rule in told["rules"]:
        assert set(rule) == {"number", "title", "text"}


def test_what_was_heard_is_listed(town, project, post):
    told = town.want(200, "GET", f"/heard?project={project}&limit=200")
    assert {"items", "next"} <= set(told)
    assert told["items"]


# --- live ---


def changes(town, thread, after=0, who=None):
    return town.want(200, "GET", f"/channels/{thread['channel']}/changes?after={after}", who or Somebody(""))


def test_changes_over_http_are_those_of_the_socket(town, listener, thread, ana):
    post = new_post(town, thread, ana)
    over_http = changes(town, thread, thread["revision"])
    assert {"channel", "stream", "revision", "items", "more"} <= set(over_http)
    ack = listener().watch(thread["channel"], after=thread["revision"], stream=thread["stream"])
    assert set(ack) == {"ok", "stream", "revision", "items", "more", "reset", "viewers", "channel"}
    assert {k: ack[k] for k in over_http if k in ack} == over_http
    item = next(i for i in ack["items"] if i["type"] == "post")
    assert set(item) == POST_KEYS | {"type", "fragment"}
    assert {k: item[k] for k in POST_KEYS} == post
    assert item["fragment"].startswith("<article")
    assert f'id="post-{post["seq"]}"' in item["fragment"]
    assert (ack["ok"], ack["more"], ack["reset"], ack["viewers"]) == (True, False, False, 1)


def test_watching_starts_from_now_and_updates_follow_each_other(town, listener, thread, ana, ben, mo):
    one = listener()
    ack = one.watch(thread["channel"])
    assert (ack["items"], ack["more"], ack["reset"]) == ([], False, False)
    assert ack["revision"] == town.want(200, "GET", f"/threads/{thread['id']}")["revision"]
    post = new_post(town, thread, ana, "CANARY")
    one.wait_for(lambda: [i for i in one.items() if i["type"] == "post"])
    town.want(200, "PUT", f"/posts/{post['id']}/reactions/thanks", ben)
    one.wait_for(lambda: [i for i in one.items() if i.get("reactions", {}).get("thanks") == 1])
    hide(town, mo, post)
    hidden = one.wait_for(lambda: [i for i in one.items() if i.get("state") == "hidden"])[0]
    assert {k: hidden[k] for k in TOMBSTONE} == TOMBSTONE
    assert (hidden["id"], hidden["seq"], hidden["rule"]["number"]) == (post["id"], post["seq"], 2)
    assert "CANARY" not in str(hidden)
    for update in one.told["update"]:
        assert set(update) == {"channel", "stream", "previous", "revision", "items"}
        assert update["previous"] < update["revision"]
        assert (update["channel"], update["stream"]) == (thread["channel"], ack["stream"])
    for who in (ana, mo, None):
        late = listener(who).watch(thread["channel"], after=0)
        assert "CANARY" not in str(late)
        assert "CANARY" not in str(changes(town, thread, 0, who))


def test_catching_up_is_complete_and_never_splits_a_revision(town, listener, project, ana):
    thread = new_thread(town, project, ana)
    before = thread["revision"]
    for n in range(210):
        new_post(town, thread, ana, f"Number {n}.")
    guest = listener()
    seen, after, asked = [], before, 0
    while True:
        ack = guest.watch(thread["channel"], after=after, stream=thread["stream"])
        assert ack["ok"] is True
        assert len(ack["items"]) <= 200
        assert ack["revision"] > after
        seen += [i["id"] for i in ack["items"] if i["type"] == "post"]
        after, asked = ack["revision"], asked + 1
        if not ack["more"]:
            break
    assert asked == 2
    assert len(seen) == len(set(seen)) == 210
    assert after == town.want(200, "GET", f"/threads/{thread['id']}")["revision"]
    over_http = changes(town, thread, before)
    assert over_http["more"] is True
    assert len(over_http["items"]) <= 200
    assert [p["seq"] for p in posts_of(town, thread, limit=200)] == list(range(1, 201))
    assert [p["seq"] for p in posts_of(town, thread, limit=200, after=200)] == list(range(201, 212))


def test_another_history_is_a_reset(listener, thread):
    guest = listener()
    for wrong in ({"after": 0, "stream": "other"}, {"after": 10_000_000}):
        ack = guest.watch(thread["channel"], **wrong)
        assert (ack["ok"], ack["reset"], ack["items"]) == (True, True, [])


@pytest.mark.parametrize(
    "payload",
    [
        *(None, 7, "x", [], {}, {"channel": None}, {"channel": "nothing:1"}, {"channel": "thread:999999"}),
        *({"channel": "thread:1", "after": "1"}, {"channel": "thread:x"}, {"channel": "x" * 9000}),
    ],
)
def test_bad_questions_are_answered_and_the_connection_goes_on(listener, thread, payload):
    guest = listener()
    for event in ("watch", "unwatch"):
        ack = guest.send(event, payload)
        if event == "watch" or ack["ok"] is False:
            assert ack["ok"] is False
            assert set(ack["error"]) == {"status", "title"}
    assert guest.watch(thread["channel"])["ok"] is True
    assert guest.send("unwatch", {"channel": thread["channel"]}) == {"ok": True}


@pytest.mark.parametrize("transports", [["websocket"], ["polling"], ["polling", "websocket"]])
def test_both_transports_are_served(town, listener, thread, ana, transports):
    one = listener(ana, transports=transports)
    assert one.watch(thread["channel"])["ok"] is True
    new_post(town, thread, ana)
    one.wait_for(one.items)


def test_a_bad_token_is_unauthorized(listener):
    for auth in ({"token": "wrong"}, {"token": 7}):
        with pytest.raises(Refused) as refused:
            listener(auth=auth)
        assert refused.value.args[0] == [{"message": "unauthorized"}]


def test_a_session_cookie_is_enough_for_a_socket(town, listener, olga, newcomer):
    slug = new_project(town, olga, visibility="members")["slug"]
    thread = new_thread(town, slug, olga)
    assert listener(olga).watch(thread["channel"])["ok"] is True
    cookie = "; ".join(f"{c.name}={c.value}" for c in newcomer.session.cookies)
    one = listener(headers={"Cookie": cookie})
    assert one.watch(thread["channel"])["error"]["status"] == 404
    assert listener().watch(thread["channel"])["error"]["status"] == 404
    unread = one.wait_for(lambda: one.told["inbox"])[0]
    assert set(unread) == {"unread"}


def test_viewers_are_told_at_most_once_a_second(listener, thread):
    one = listener()
    one.watch(thread["channel"])
    began = time.monotonic()
    for _ in range(6):
        listener().watch(thread["channel"])
    told = one.wait_for(lambda: [v for v in one.told["viewers"] if v["count"] == 7])
    seconds = time.monotonic() - began
    assert told[0] == {"channel": thread["channel"], "count": 7}
    assert len(one.told["viewers"]) <= seconds + 2


def test_the_audience_that_shrinks_is_told_gone(town, listener, olga, ana):
    slug = new_project(town, olga)["slug"]
    thread, hall = new_thread(town, slug, olga), new_hall(town, olga, slug)
    stranger, member = listener(ana), listener(olga)
    for one in (stranger, member):
        assert one.watch(thread["channel"])["ok"] is True
        assert one.watch(hall["channel"])["ok"] is True
    town.want(200, "PATCH", f"/projects/{slug}", olga, {"visibility": "members"})
    stranger.wait_for(lambda: len(stranger.told["gone"]) == 2)
    assert sorted(g["channel"] for g in stranger.told["gone"]) == sorted([thread["channel"], hall["channel"]])
    new_post(town, thread, olga)
    member.wait_for(member.items)
    assert [i for i in stranger.items() if i["type"] == "post"] == []


# --- town halls ---


def hall_body(slug, in_hours=48.0, **facts):
    starts = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=in_hours)
    return {
        "project": slug,
        "title": "The bridge, and what it costs",
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=2)).isoformat(),
        "timezone": "America/New_York",
        "mode": "in_person",
        "location": "Town hall",
        "status": "published",
        **facts,
    }


def new_hall(town, who, slug, **facts):
    return town.want(201, "POST", "/town-halls", who, hall_body(slug, **facts))


def rsvp(town, hall, who, answer="going", party_size=1, status=200, **more):
    body = {"answer": answer, "mode": "in_person", "party_size": party_size, "needs": [], **more}
    return town.want(status, "PUT", f"/town-halls/{hall['id']}/rsvp", who, body)


def seat(told):
    return told["state"], told["place"], told["party_size"]


def test_a_meeting_is_called_read_changed_and_calendared(town, project, olga, ana):
    body = hall_body(project, summary="All are welcome.", capacity=20)
    made = town.want(201, "POST", "/town-halls", olga, body)
    for name in ("project", "title", "summary", "timezone", "mode", "location", "capacity", "status"):
        assert made[name] == body[name], name
    assert datetime.fromisoformat(made["starts_at"]) == datetime.fromisoformat(body["starts_at"])
    path = f"/town-halls/{made['id']}"
    assert town.want(200, "GET", path)["id"] == made["id"]
    assert made["id"] in [h["id"] for h in town.want(200, "GET", "/town-halls?limit=200")["items"]]
    assert town.want(200, "PATCH", path, olga, {"title": "Moved"})["title"] == "Moved"
    town.want(403, "PATCH", path, ana, {"title": "Mine"})
    town.want(403, "POST", "/town-halls", ana, body)
    for wrong, field in (
        ({"mode": "by_boat"}, "mode"),
        ({"timezone": "Nowhere/Land"}, "timezone"),
        ({"starts_at": "2030-01-01T10:00:00"}, "starts_at"),
        ({"ends_at": body["starts_at"]}, "ends_at"),
        ({"status": "over"}, "status"),
        ({"capacity": -1}, "capacity"),
    ):
        assert field in town.want(422, "POST", "/town-halls", olga, {**body, **wrong})["errors"]
    for page in (f"/town-halls/{made['id']}.ics", "/calendar.ics", f"/projects/{project}/calendar.ics"):
        calendar = requests.get(town.base + page, timeout=10)
        assert calendar.headers["Content-Type"].startswith("text/calendar"), page
        assert calendar.text.startswith("BEGIN:VCALENDAR")
        assert "SUMMARY:Moved" in calendar.text


def test_a_draft_is_nobodys_yet(town, project, olga, ana):
    draft = new_hall(town, olga, project, status="draft")
    town.want(404, "GET", f"/town-halls/{draft['id']}", ana)
    assert town.want(200, "GET", f"/town-halls/{draft['id']}", olga)["status"] == "draft"
    rsvp(town, draft, ana, status=404)


def test_seats_are_first_come_and_the_line_keeps_its_order(town, project, olga, people):
    ana, ben, cleo, dan = (people[name] for name in ("ana", "ben", "cleo", "dan"))
    hall = new_hall(town, olga, project, capacity=2)
    assert seat(rsvp(town, hall, ana)) == ("going", None, 1)
    assert seat(rsvp(town, hall, ben, party_size=2)) == ("waitlisted", 1, 2)
    assert seat(rsvp(town, hall, cleo)) == ("waitlisted", 2, 1)  # one seat is free, but nobody overtakes
    assert seat(rsvp(town, hall, dan, "maybe")) == ("maybe", None, 1)
    path = f"/town-halls/{hall['id']}/rsvp"
    assert seat(town.want(200, "GET", path, cleo)) == ("waitlisted", 2, 1)
    assert seat(town.want(200, "DELETE", path, ana)) == ("cancelled", None, 1)
    assert town.want(200, "GET", path, ben)["state"] in ("going", "offered")
    assert seat(town.want(200, "GET", path, cleo)) == ("waitlisted", 1, 1)
    assert seat(rsvp(town, hall, dan, "not_going")) == ("not_going", None, 1)
    town.want(404, "GET", path, olga)
    town.want(401, "GET", path)


def test_online_has_seats_of_its_own(town, project, olga, ana, ben):
    hall = new_hall(
        town, olga, project, mode="hybrid", capacity=1, online_capacity=1, online_url="https://meet.example/x"
    )
    assert rsvp(town, hall, ana)["state"] == "going"
    assert rsvp(town, hall, ben, mode="online")["state"] == "going"
    town.want(422, "PUT", f"/town-halls/{hall['id']}/rsvp", ana, {"answer": "perhaps"})
    town.want(422, "PUT", f"/town-halls/{hall['id']}/rsvp", ana, {"answer": "going", "party_size": 0})
    wrong = {"answer": "going", "mode": "in_person", "needs": ["a boat"]}
    (sentence,) = town.want(422, "PUT", f"/town-halls/{hall['id']}/rsvp", ana, wrong)["errors"]["needs"]
    assert sentence.startswith("Not a need")


def test_a_late_double_of_an_answer_does_not_undo_the_cancel(town, project, olga, ana, key):
    hall = new_hall(town, olga, project)
    path, body = f"/town-halls/{hall['id']}/rsvp", {"answer": "going", "mode": "in_person", "party_size": 2}
    assert seat(town.want(200, "PUT", path, ana, body, headers=keyed(key))) == ("going", None, 2)
    town.want(200, "DELETE", path, ana, headers=keyed(key + "x"))
    assert town.want(200, "PUT", path, ana, body, headers=keyed(key))["state"] == "cancelled"
    town.want(422, "PUT", path, ana, {**body, "party_size": 3}, headers=keyed(key))
    assert rsvp(town, hall, ana)["state"] == "going"
    assert town.want(200, "DELETE", path, ana, headers=keyed(key + "x"))["state"] == "going"


def test_the_door_answers_each_code(town, project, olga, people, key):
    ana, ben, cleo = (people[name] for name in ("ana", "ben", "cleo"))
    open_, early = new_hall(town, olga, project, in_hours=0.5), new_hall(town, olga, project, in_hours=72)
    codes = {who.email: rsvp(town, open_, who)["code"] for who in (ana, ben)}
    late = rsvp(town, early, cleo)["code"]
    town.want(200, "DELETE", f"/town-halls/{open_['id']}/rsvp", ben)

    def scan(hall, code, nonce, who=olga, status=200, **more):
        body = {"code": code, "nonce": nonce, **more}
        told = town.want(status, "POST", f"/town-halls/{hall['id']}/check-ins", who, body)
        return told.get("status")

    assert scan(open_, codes[ana.email], "1") == "ok"
    assert scan(open_, codes[ana.email], "1") == "ok"
    assert scan(open_, codes[ana.email], "2") == "already"
    assert scan(open_, codes[ben.email], "3") == "cancelled"
    assert scan(open_, "NOTHING", "4") == "not_found"
    assert scan(open_, late, "5") == "wrong_town_hall"
    assert scan(early, late, "6") == "not_open"
    before = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    assert scan(early, late, "7", force=True, at=before) == "ok"
    scan(open_, codes[ana.email], "8", who=ana, status=403)
    path = f"/town-halls/{open_['id']}/check-ins"
    body = {"code": "NOTHING", "nonce": "9"}
    for _ in range(2):
        assert town.want(200, "POST", path, olga, body, headers=keyed(key))["status"] == "not_found"
    town.want(422, "POST", path, olga, {**body, "code": codes[ana.email]}, headers=keyed(key))


def test_watchers_of_a_meeting_are_told_of_its_changes(town, listener, project, olga):
    hall = new_hall(town, olga, project)
    assert hall["channel"] == f"townhall:{hall['id']}"
    guest = listener()
    assert guest.watch(hall["channel"])["revision"] == hall["revision"]
    town.want(200, "PATCH", f"/town-halls/{hall['id']}", olga, {"title": "Later"})
    item = guest.wait_for(guest.items)[0]
    assert (item["type"], item["id"], item["title"]) == ("townhall", hall["id"], "Later")


# --- pages ---


@pytest.mark.parametrize(
    "path",
    PUBLIC_PAGES.split(),
)
def test_every_public_page_answers(town, project, olga, ana, shown, path):
    answer = requests.get(town.base + path.format(**shown), timeout=20)
    assert answer.status_code == 200, answer.text[:400]


@pytest.fixture(scope="module")
def shown(town, project, olga, ana):
    thread = new_thread(town, project, ana)
    post = posts_of(town, thread)[0]
    return {
        "slug": project,
        "hall": new_hall(town, olga, project)["id"],
        "thread": thread["id"],
        "number": post["voice"]["number"],
        "handle": post["author"]["handle"],
    }


def test_the_pages_of_who_is_signed_in(town, project, newcomer):
    for path in ("/settings", "/inbox", f"/projects/{project}/threads/new"):
        assert newcomer.open(path).status_code == 200, path
        seen = requests.get(town.base + path, timeout=10)
        assert urlpath(seen.url) == "/sign-in", path
    assert newcomer.open("/moderation").status_code in (403, 404)


def urlpath(url):
    return re.sub(r"^https?://[^/]+|\?.*$", "", url)


def test_staff_have_their_pages_and_an_organization_has_one(town, people):
    town.run("user", "create", "--email", "staff@town.example", "--name", "Stef", "--role", "administrator",
             "--password", PASSWORD)  # fmt: skip
    town.run("user", "role", "--email", "staff@town.example", "--role", "moderator")
    staff = Visitor(town)
    staff.sign_in("staff@town.example")
    assert staff.open("/moderation").status_code == 200
    page = staff.submit("/organizations/new", name="Friends of the River")
    assert urlpath(page.url) == "/organizations/friends-of-the-river", page.text[:600]
    assert requests.get(f"{town.base}/organizations/friends-of-the-river", timeout=10).status_code == 200


def test_the_page_of_a_thread_is_marked_for_clients(town, thread, ana, newcomer):
    second = new_post(town, thread, ana)
    bare = requests.get(f"{town.base}/threads/{thread['id']}", timeout=10, allow_redirects=False)
    assert bare.status_code in (301, 302, 303, 307, 308)
    assert re.search(rf"/threads/{thread['id']}/[\w-]+$", bare.headers["Location"])
    fromthere = requests.get(f"{town.base}/threads/{thread['id']}?from=2", timeout=10)
    assert 'id="post-2"' in fromthere.text
    page = newcomer.open(f"/threads/{thread['id']}").text
    now = town.want(200, "GET", f"/threads/{thread['id']}")
    main = re.search(r"<main[^>]*>", page)[0]
    assert f'data-channel="{now["channel"]}"' in main
    assert f'data-stream="{now["stream"]}"' in main
    assert f'data-revision="{now["revision"]}"' in main
    article = re.search(r'<article[^>]*id="post-2"[^>]*>', page)[0]
    assert f'data-post-id="{second["id"]}"' in article
    assert 'data-revision="1"' in article
    form = re.search(r'<form[^>]*id="reply".*?</form>', page, re.S)[0]
    assert 'name="body"' in form
    assert re.search(r'<meta name="csrf-token" content="[^"]+"', page)


def test_a_form_says_what_the_api_says(town, thread, newcomer):
    page = newcomer.submit(f"/threads/{thread['id']}", "reply", body="Said without a script.")
    assert page.status_code == 200
    assert "Said without a script." in page.text


def test_the_sign_in_form_has_its_names(town):
    page = requests.get(f"{town.base}/sign-in", timeout=10).text
    form = re.search(r'<form[^>]*id="sign-in".*?</form>', page, re.S)[0]
    assert 'name="email"' in form
    assert 'name="password"' in form


def test_ones_own_calendar_has_an_address(town, newcomer):
    found = re.search(r"/my/[\w.~-]+\.ics", newcomer.open("/town-halls").text)
    assert found, "no address of one's own calendar"
    calendar = requests.get(town.base + found[0], timeout=10)
    assert calendar.headers["Content-Type"].startswith("text/calendar")


# --- the command ---


def test_accounts_from_the_command_speak_at_once(town, project, people):
    address = f"c-{secrets.token_hex(3)}@town.example"
    made = ("user", "create", "--email", address, "--name", "Clem", "--password", PASSWORD)
    town.run(*made)
    assert address in town.run(*made, code=1)
    said = town.run("token", "create", "--email", address, "--name", "phone")
    assert re.fullmatch(r"\S+\n", said)
    clem = Somebody(address, said.strip())
    new_thread(town, project, clem)
    town.run("user", "role", "--email", address, "--role", "organizer")
    new_hall(town, clem, new_project(town, clem)["slug"])
    town.run("user", "role", "--email", address, "--role", "moderator")
    thread = new_thread(town, project, people["ana"])
    hide(town, clem, posts_of(town, thread)[0])


def test_an_import_is_all_or_nothing(town, tmp_path):
    file = tmp_path / "people.csv"
    file.write_text("email,name,role\nfine@town.example,Fine,resident\nbad,Bad,resident\n")
    assert town.run("user", "import", str(file), "--tokens", code=1)
    assert town.run("token", "create", "--email", "fine@town.example", code=1)
    file.write_text("email,name,role\nfine@town.example,Fine,king\n")
    assert town.run("user", "import", str(file), code=1)
    file.write_bytes(b"\xff\xfe\x00no text")
    assert town.run("user", "import", str(file), code=1)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("--help", 0),
        ("nothing", 2),
        ("user create", 2),
        ("user create --email x@town.example --name X --role king", 2),
        ("user create --email nonsense --name X", 1),
        ("user role --email nobody@town.example --role moderator", 1),
        ("token create --email nobody@town.example", 1),
        ("token create", 2),
        ("import calendar /nowhere.ics --project x", (1, 2)),
        ("backup /nowhere/at/all.zip", 1),
        ("restore /nowhere.zip", (1, 2)),
        ("verify-log extra", 2),
        ("serve --port x", 2),
        ("db check", 0),
        ("db upgrade", 0),
        ("doctor", 0),
        ("verify-log", 0),
        ("demo", 1),
    ],
)
def test_commands_end_as_promised(town, people, words, code):
    if isinstance(code, tuple):
        with pytest.raises(AssertionError, match=r"ended with [12]:"):
            town.run(*words.split())
    else:
        town.run(*words.split(), code=code)


def test_the_log_is_counted(town, post, mo):
    hide(town, mo, post)
    assert re.search(r"\d+", town.run("verify-log"))


def test_a_calendar_comes_in(town, project, tmp_path):
    file = tmp_path / "meetings.ics"
    file.write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//town//EN\r\nBEGIN:VEVENT\r\nUID:abc@town\r\n"
        "DTSTAMP:20300101T000000Z\r\nDTSTART:20300102T180000Z\r\nDTEND:20300102T200000Z\r\n"
        "SUMMARY:An imported meeting\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    for _ in range(2):
        town.run("import", "calendar", str(file), "--project", project)
    halls = town.want(200, "GET", f"/town-halls?project={project}&limit=200")["items"]
    assert [h["title"] for h in halls].count("An imported meeting") in (0, 1)
    town.run("import", "calendar", str(file), "--project", "nowhere", code=1)


def test_a_backup_is_put_back_elsewhere(town, post, tmp_path):
    file = tmp_path / "all.backup"
    town.run("backup", str(file))
    elsewhere = {"CIVICFORUM_DATA_DIR": str(tmp_path / "elsewhere")}
    town.run("restore", str(file), env=elsewhere, feed="y\n")
    assert re.search(r"\d+", town.run("verify-log", env=elsewhere))
    assert re.fullmatch(r"\S+\n", town.run("token", "create", "--email", "ana@town.example", env=elsewhere))
    (tmp_path / "broken").write_text("no backup")
    town.run("restore", str(tmp_path / "broken"), env=elsewhere, feed="y\n", code=1)


@pytest.mark.parametrize("words", ["verify-log", "db check", "backup all.zip", "doctor"])
def test_an_empty_database_is_no_traceback(town, tmp_path, words):
    town.run(*words.split(), env={"CIVICFORUM_DATA_DIR": str(tmp_path)}, code=1)


@pytest.mark.parametrize("words", ["db upgrade", "user create --email a@town.example --name A"])
def test_a_database_that_does_not_answer_is_no_traceback(town, tmp_path, words):
    env = {"CIVICFORUM_DATA_DIR": str(tmp_path), "CIVICFORUM_DATABASE_URL": "postgresql://x@127.0.0.1:1/x"}
    assert "CIVICFORUM_DATABASE_URL" in town.run(*words.split(), env=env, code=1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CIVICFORUM_DATABASE_URL", "mysql://x"),
        ("CIVICFORUM_REDIS_URL", "http://x"),
        ("CIVICFORUM_BASE_URL", "nonsense"),
        ("CIVICFORUM_MAIL_URL", "http://x"),
        ("CIVICFORUM_SECRET_KEY", "short"),
        ("CIVICFORUM_TRUSTED_PROXIES", "many"),
        ("CIVICFORUM_TIMEZONE", "Nowhere/Land"),
        ("CIVICFORUM_LIMITS", "some"),
        ("CIVICFORUM_SOCKET_PING_SECONDS", "soon"),
        ("CIVICFORUM_DATA_DIR", "/proc/nothing"),
    ],
)
def test_a_wrong_setting_is_named(town, tmp_path, name, value):
    env = {"CIVICFORUM_DATA_DIR": str(tmp_path), name: value}
    assert name in town.run("db", "upgrade", env=env, code=1)


def test_in_public_the_secret_is_not_made_up(town, tmp_path):
    env = {"CIVICFORUM_DATA_DIR": str(tmp_path), "CIVICFORUM_BASE_URL": "https://forum.example.org"}
    assert "CIVICFORUM_SECRET_KEY" in town.run("db", "upgrade", env=env, code=1)


def test_the_makefile_has_its_targets():
    root = Path(__file__).parents[2]
    told = subprocess.run(["make", "help"], cwd=root, capture_output=True, text=True, check=True).stdout
    for target in ("demo", "test", "lint", "bench", "help"):
        assert re.search(rf"^\s*{target}\b", told, re.M), target


def test_limits_are_not_off_in_public(town, tmp_path):
    env = {
        "CIVICFORUM_DATA_DIR": str(tmp_path),
        "CIVICFORUM_LIMITS": "off",
        "CIVICFORUM_BASE_URL": "https://forum.example.org",
        "CIVICFORUM_SECRET_KEY": "x" * 40,
    }
    assert "CIVICFORUM_LIMITS" in town.run("db", "upgrade", env=env, code=1)
