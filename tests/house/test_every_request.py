"""What holds for every door there is, whoever asks: what may change, what is kept, where one is led."""

import json
from itertools import cycle
from typing import Any
from urllib.parse import urlsplit

import pytest
from factories import make_user
from hidden_town import (
    addresses,
    fill,
    fills_for,
    planted_town,  # noqa: F401 - a fixture
    some,
)
from sqlalchemy import select

from civicforum.db import db

ELSEWHERE = [
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "/\t/evil.example",
    "/%09/evil.example",
]
NEXT = ("next", "return_to", "url", "redirect", "continue", "back")
# Written while somebody only looks: nothing that anybody else could notice.
PLUMBING = {"idempotency_key"}


def everything() -> dict[str, list[str]]:
    db.session.rollback()
    tables = [table for table in db.metadata.sorted_tables if table.name not in PLUMBING]
    found = {table.name: sorted(map(repr, db.session.execute(select(table)).all())) for table in tables}
    db.session.rollback()
    return found


def unsafe_doors(app, town):
    """(method, address) of every door that changes something, sign-in and sign-up too."""
    fills = {**town.fills, "reactions/kind": ["support"]}
    for name in ("words/word", "seats/seat", "members/membership", "invitations/invitation", "door/check_in",
                 "people/rsvp", "needs/need", "tokens/token", "inbox/notification",
                 "followed/attention"):  # fmt: skip
        fills[f"{name}_id"] = [1]
    for rule in sorted(app.url_map.iter_rules(), key=str):
        for method in sorted(rule.methods & {"POST", "PUT", "PATCH", "DELETE"}):
            yield method, fill(rule.rule, fills)[0]


def guarded_doors(app, town):
    """Those of them that ask for a token of our own page: a mail program's one click brings its own key."""
    keyed = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "is_opened_by_its_address", False)
    }
    assert keyed == {"/unsubscribe/<token>"}
    return (door for door in unsafe_doors(app, town) if not door[1].startswith("/unsubscribe/"))


@pytest.mark.parametrize("voice", ["author", "organizer_here"])
def test_looking_at_everything_changes_nothing(app, town, sign_in, voice):
    """A mail's scanner, a browser that fetches ahead, and a picture on a foreign page only ever look."""
    before = everything()
    client = sign_in(town.people[voice])
    for address in addresses(app, some(fills_for(app, town, voice))):
        answer = client.get(f"{address}?_method=DELETE&confirm=1&action=delete&read=1&publish=1")
        assert answer.status_code < 500, address
    assert everything() == before


def test_no_deed_without_a_token_of_our_own_page(app, town, sign_in):
    """As a foreign page can send them: a form, JSON called text, no kind at all; the cookie comes along."""
    client, before = sign_in(make_user("administrator", "moderator")), everything()
    del before["person"], before["standing"], before["role_grant"]
    body = json.dumps({"body": "Forged.", "title": "Forged.", "answer": "going", "revision": 1})
    kinds = {"text/plain": body, "application/x-www-form-urlencoded": "body=Forged.&title=Forged.",
             "application/json": body, "multipart/form-data; boundary=x": "--x--"}  # fmt: skip
    for method, address in guarded_doors(app, town):
        for kind, sent in kinds.items():
            answer = client.open(address, method=method, data=sent, content_type=kind)
            assert answer.status_code == 400, (method, address, kind, answer.status_code)
    after = everything()
    assert {name: after[name] for name in before} == before


def test_a_token_of_another_session_is_no_token_of_ours(app, town, sign_in):
    mine, theirs = sign_in(town.people["resident"]), sign_in(town.people["author"])
    page = theirs.get("/").text
    stolen = page.split('name="csrf-token" content="')[1].split('"')[0]
    for method, address in guarded_doors(app, town):
        sent = {"data": {"csrf_token": stolen}, "headers": {"X-CSRF-Token": stolen}}
        assert mine.open(address, method=method, **sent).status_code == 400, address


def test_no_header_and_no_field_makes_another_method(app, town, sign_in):
    client, post = sign_in(town.people["author"]), town.posts["flagged"]
    token = client.get("/").text.split('name="csrf-token" content="')[1].split('"')[0]
    for name in ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"):
        headers = {"X-CSRF-Token": token, name: "DELETE"}
        answers = [
            client.post(f"/api/v1/posts/{post.id}", headers=headers),
            client.post(
                f"/api/v1/posts/{post.id}?_method=DELETE", data={"_method": "DELETE"}, headers=headers
            ),
        ]
        assert [answer.status_code for answer in answers] == [405, 405]
    assert client.get(f"/api/v1/posts/{post.id}", headers={name: "DELETE"}).json["state"] == "visible"


@pytest.mark.parametrize("voice", ["guest", "organizer_here"])
def test_no_door_leads_to_another_site(app, town, sign_in, voice):
    client = app.test_client() if voice == "guest" else sign_in(town.people[voice])
    token = client.get("/sign-in").text.split('name="csrf_token"')
    csrf = token[1].split('value="')[1].split('"')[0] if len(token) > 1 else ""
    led = []
    headers = {"Referer": "https://evil.example/", "X-Forwarded-Host": "evil.example"}
    for address, target in zip(
        addresses(app, some(fills_for(app, town, voice))), cycle(ELSEWHERE), strict=False
    ):
        query = dict.fromkeys(NEXT, target)
        led.append((address, client.get(address, query_string=query, headers=headers).location))
    for method, address in unsafe_doors(app, town):
        if method == "POST" and not address.startswith("/sign-out"):
            fields = {**dict.fromkeys(NEXT, ELSEWHERE[0]), "csrf_token": csrf}
            answer = client.post(address, query_string=dict.fromkeys(NEXT, ELSEWHERE[0]), data=fields)
            led.append((address, answer.location))
    followed = [(address, location) for address, location in led if location]
    assert followed
    assert [pair for pair in followed if not is_own(app, pair[1])] == []


def is_own(app, location: str) -> bool:
    parts = urlsplit(location.replace("\\", "/").translate({9: None, 10: None, 13: None}))
    return not parts.netloc or location.startswith(app.config["BASE_URL"] + "/")


def test_no_page_believes_who_says_that_it_was_forwarded(app, town, sign_in):
    client = sign_in(town.people["organizer_here"])
    names = ("X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "X-Host", "X-Forwarded-Prefix")
    forged = {**dict.fromkeys(names, "evil.example"), "Forwarded": "host=evil.example"}
    for address in addresses(app, some(fills_for(app, town, "organizer_here"))):
        told = client.get(address, headers=forged)
        assert "evil.example" not in f"{told.get_data()!r}{told.headers}", address


@pytest.mark.parametrize("voice", ["guest", "author"])
def test_no_cache_keeps_what_is_somebodys(app, town, sign_in, voice):
    client = app.test_client() if voice == "guest" else sign_in(town.people[voice])
    seen: dict[str, Any] = {}
    for address in addresses(app, some(fills_for(app, town, voice))):
        answer = client.get(address)
        kept = answer.cache_control
        assert "Cookie" in answer.vary, address
        assert not kept.public, address
        assert kept.private or kept.no_store, (address, str(kept))
        # A card in another page shows everybody what a guest may see.
        if address.startswith("/embed/"):
            continue
        if voice != "guest" and not address.endswith((".ics", ".atom", ".svg", ".webp")):
            assert kept.no_store or answer.status_code >= 400, (address, str(kept))
        seen[address] = answer.headers.get("ETag")
    assert len(seen) > 60


def test_nothing_unchanged_is_said_of_a_page_that_was_anothers(app, town, sign_in):
    """Whatever one's browser has of a page, another person is never told that it is still the same."""
    first, second = sign_in(town.people["author"]), sign_in(town.people["resident"])
    for address in addresses(app, some(fills_for(app, town, "author"))):
        had = first.get(address)
        headers = {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}
        if "ETag" in had.headers:
            headers["If-None-Match"] = had.headers["ETag"]
        answer = second.get(address, headers=headers)
        assert answer.status_code != 304 or had.get_data() == second.get(address).get_data(), address
