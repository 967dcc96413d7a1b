"""What was hidden stays hidden: a word of its own in each hidden place, and every door that there is.

The sweep walks the map of routes. A door with a parameter that it does not know fails, so that a new room
plants something behind its doors too.
"""

import itertools
import re
from mailbox import deliver
from typing import Any

import pytest
from hidden_town import (
    CLOSED,
    EVERYTHING,
    MASKED,
    MAY_READ,
    NEEDS,
    REASONS,
    WORDS,
    Town,
    addresses,
    fill,
    fills_for,
    planted_town,  # noqa: F401 - a fixture
    some,
)
from sqlalchemy import select

from civicforum.accounts.models import Guest
from civicforum.agreement.models import Hold
from civicforum.db import db
from civicforum.discussions.models import Post, Thread
from civicforum.errors import NotFound
from civicforum.live import registry
from civicforum.live.changes import changes_since
from civicforum.live.publisher import message
from civicforum.notifications.models import Notification
from civicforum.partnerships.models import Update

# --- walking ---


def asked_besides(town: Town, fills: dict[str, list[Any]]) -> list[str]:
    """The same doors with what one can add to an address."""
    posts, threads = fills["posts/post_id"], fills["threads/thread_id"]
    found = ["/search?q=lantern&lang=es", "/town-halls?when=past"]
    for door in ("/search", "/search/suggestions", "/api/v1/search"):
        found += [f"{door}?q={word}" for word in ("lantern", "zq", "lan")]
        found += [
            f"{door}?q=lantern&kind={kind}" for kind in ("post", "thread", "townhall", "project", "update")
        ]
        found += [f"{door}?q=lantern&project={slug}" for slug in fills["projects/slug"]]
        found += [f"{door}?q=lantern&thread={thread}" for thread in threads]
        found += [f"{door}?q=lantern&person={handle}" for handle in fills["people/handle"]]
    found += ["/api/v1/search?q=lantern&limit=1", "/api/v1/search?q=zq&limit=1"]
    for slug in fills["projects/slug"]:
        found += [f"/heard?project={slug}", f"/api/v1/heard?project={slug}&limit=1"]
        found += [f"/api/v1/town-halls?project={slug}", f"/api/v1/projects/{slug}/threads?limit=1"]
    found += [f"/api/v1/channels/{name}/changes?after=0" for name in town.fills["channels/name"]]
    ends = {thread: db.session.get_one(Thread, thread).last_seq for thread in threads}
    found += [
        f"/api/v1/threads/{thread}/posts?after={seq}&limit=1"
        for thread in threads
        for seq in range(ends[thread])
    ]
    page = f"/threads/{threads[0]}/the-square"
    found += [f"{page}?from=1", *(f"{page}?quote={post}" for post in posts)]
    found += [f"{page}?reply_to={post}" for post in some(fills)["posts/post_id"]]
    found += ["/api/v1/projects?limit=1", "/api/v1/town-halls?limit=1", "/api/v1/heard?limit=1"]
    found += [f"/oembed?url=http://localhost/threads/{thread}" for thread in threads]
    found += [f"/oembed?url=http://localhost/posts/{post}" for post in posts]
    found += [f"/oembed?url=http://localhost/projects/{slug}" for slug in fills["projects/slug"]]
    halls = fills["town-halls/town_hall_id"]
    found += [f"/oembed?url=http://localhost/town-halls/{hall}" for hall in halls]
    return [*found, "/api/v1/cases?limit=1", "/api/v1/holds?limit=1", "/api/v1/moderation/log?limit=1"]


def leaks(answer, asked: str, forbidden: set[str]) -> set[str]:
    """The forbidden words in a body or a header; what was asked for may be repeated."""
    told = answer.get_data().decode(errors="replace") + str(answer.headers)
    return {word for word in forbidden if word in told and word not in asked}


def walk(client, waiting: list[str], forbidden: set[str]) -> tuple[dict[str, set[str]], int]:
    """({address: what leaked}, how many answers had something to say); following every next page."""
    found: dict[str, set[str]] = {}
    seen, spoken = set(waiting), 0
    while waiting:
        asked = waiting.pop()
        answer = client.get(asked)
        assert answer.status_code < 500, f"{asked} answers {answer.status_code}"
        spoken += answer.status_code == 200
        if leaked := leaks(answer, asked, forbidden):
            found[asked] = leaked
        for following in next_pages(asked, answer):
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return found, spoken


def next_pages(asked: str, answer) -> list[str]:
    if answer.is_json and isinstance(answer.json, dict) and answer.json.get("next"):
        base = re.sub(r"[?&]cursor=[^&]*", "", asked)
        return [f"{base}{'&' if '?' in base else '?'}cursor={answer.json['next']}"]
    if answer.mimetype == "text/html":
        linked = re.findall(r'href="(/[^"]*[?;&]cursor=[^"]*)"', answer.text)
        return [link.replace("&amp;", "&") for link in linked]
    return []


def browser_of(app, town: Town, sign_in, voice: str):
    return app.test_client() if voice == "guest" else sign_in(town.people[voice])


# Of each door's places these ask a few: a resident, who was told of everything, asks them all.
READ_AS_RESIDENTS = {"guest", "elsewhere", "suspended"}


@pytest.mark.parametrize("voice", MAY_READ)
def test_no_door_tells_what_is_hidden(app, town, sign_in, voice):
    client = browser_of(app, town, sign_in, voice)
    forbidden = EVERYTHING - MAY_READ[voice]
    fills = fills_for(app, town, voice)
    if voice in READ_AS_RESIDENTS:
        fills = some(fills)
    doors = addresses(app, fills) + asked_besides(town, fills)
    # On their own page a person has their own name, no word of theirs; the list of words has the words.
    doors = [door for door in doors if "people/zqmaskedhandle" not in door and door != "/agreement/words"]
    found, spoken = walk(client, doors, forbidden)
    assert found == {}
    assert spoken > 60, "the sweep found hardly any open door: look at how it fills them in"


POSTED = {
    "posts.Post": {"body": "Mine now.", "revision": 1},
    "cases.Flags": {"rule": 2, "note": "x"},
    "cases.PersonFlags": {"part": "name", "rule": 2, "note": "x"},
    "cases.Cases": {"target": {"type": "post", "id": 1}, "action": "leave", "reason": "x"},
    "cases.Actions": {"action": "leave", "reason": "x", "version": 99},
    "holds.HoldDecision": {"action": "decline", "rule": 2, "reason": "x"},
    "appeals.CaseAppeal": {"text": "Please."},
    "appeals.AppealDecision": {"outcome": "upheld", "reason": "x", "version": 1},
    "threads.Posts": {"body": "An answer."},
    "town-halls.Rsvp": {"answer": "going", "mode": "in_person", "party_size": 1, "needs": []},
    "town-halls.TownHall": {"title": "Mine", "revision": 0},
    "town-halls.CheckIns": {"code": "6789BCDFGH", "nonce": "n"},
    "projects.OneProject": {"title": "Mine", "revision": 0},
    "ratings.ThreadRating": {"fair": 1, "heard": 1},
    "ratings.MeetingRating": {"fair": 1, "heard": 1},
}
PLACES = re.compile(r"(/api/v1)?/(posts|threads|town-halls|projects|cases|holds|appeals|moderation)\b")


@pytest.mark.parametrize("voice", ["resident", "elsewhere"])
def test_no_deed_is_answered_with_what_is_hidden(app, town, sign_in, voice):
    """Refusals, conflicts with both texts, flash messages: from every door that changes something."""
    client = browser_of(app, town, sign_in, voice)
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/").text)[1]
    fills = {**town.fills, "words/word_id": [1], "seats/seat_id": [1], "members/membership_id": [1]} | {
        "invitations/invitation_id": [1],
        "reactions/kind": ["support"],
        "door/check_in_id": [1],
        "people/rsvp_id": [1, 2, 3],
        "needs/need_id": [1],
    }
    found = {}
    for rule in sorted(app.url_map.iter_rules(), key=str):
        for method in sorted(rule.methods & {"POST", "PUT", "PATCH", "DELETE"}):
            if not PLACES.match(rule.rule):
                continue
            for address in fill(rule.rule, fills):
                answer = send(client, method, address, rule.endpoint, token)
                assert answer.status_code < 500, f"{method} {address} answers {answer.status_code}"
                if leaked := leaks(answer, address, EVERYTHING):
                    found[f"{method} {address}"] = leaked
    following = client.get("/agreement")
    assert (found, leaks(following, "", EVERYTHING)) == ({}, set())


def send(client, method: str, address: str, endpoint: str, token: str):
    if address.startswith("/api/"):
        body = POSTED.get(endpoint, {})
        return client.open(address, method=method, json=body, headers={"X-CSRF-Token": token})
    fields = {
        "csrf_token": token,
        "body": "Words.",
        "reason": "x",
        "rule": "2",
        "version": "1",
        "revision": "1",
    }
    return client.post(address, data=fields, follow_redirects=True)


# --- so that there is something to leak ---


def test_the_author_finds_every_word_of_theirs(app, town, sign_in):
    client = sign_in(town.people["author"])
    told = "".join(
        client.get(a).get_data().decode(errors="replace")
        for a in addresses(app, fills_for(app, town, "author"))
    )
    assert {word for word in WORDS | {"zqreason", "zqdeclinereason"} if word not in told} == set()
    assert leaks(client.get("/inbox"), "", {"zqnote"}) == set()
    assert "zqnote" not in told


def test_a_moderator_of_the_place_finds_what_is_to_be_decided(app, town, sign_in):
    client = sign_in(town.people["site_moderator"])
    assert not_found(client, addresses(app, fills_for(app, town, "site_moderator")), WORDS | REASONS) == set()


def test_members_and_organizers_find_what_is_theirs(app, town, sign_in):
    for voice, words in [("member", CLOSED), ("organizer_here", NEEDS)]:
        client = sign_in(town.people[voice])
        assert not_found(client, addresses(app, fills_for(app, town, voice)), words) == set()


def not_found(client, doors: list[str], words: set[str]) -> set[str]:
    """Those of the words that none of these doors tells; asks no further once all were told."""
    for address in doors:
        if not words:
            break
        told = client.get(address).get_data().decode(errors="replace")
        words = {word for word in words if word not in told}
    return words


def test_the_inbox_had_something_to_tell(town):
    rows = db.session.scalars(
        select(Notification.object_id).where(Notification.user_id == town.people["resident"].id)
    ).all()
    assert {town.posts["hidden"].id, town.posts["mended"].id, town.posts["withdrawn"].id} <= set(rows)


# --- what leaves by itself ---


def test_no_mail_carries_what_was_hidden_before_it_was_sent(app, town):
    """Everything that was asked for before the hiding is sent after it."""
    hall = town.fills["town-halls/town_hall_id"]
    assert hall
    mails = deliver(app)
    allowed = {
        town.people["author"].email: {"zqreason", "zqdeclinereason", "zqoutcome", "zqmailauthor"},
        town.people["member"].email: CLOSED | {"zqmailmember"},
        town.people["masked"].email: MASKED | {"zqreason"},
        town.people["taken"].email: {"zqreason"},
    }
    found = {}
    for mail in mails:
        to = str(mail["To"])
        told = "\n".join(
            [
                str(mail["Subject"]),
                *(part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"),
            ]
        )
        if leaked := {word for word in EVERYTHING - allowed.get(to, set()) if word in told}:
            found[to, str(mail["Subject"])] = leaked
    assert found == {}
    assert {str(mail["To"]) for mail in mails} >= {town.people["author"].email}
    assert db.session.scalars(select(Hold.id)).first() is not None


def test_no_socket_carries_what_is_hidden(app, town):
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        for name in town.channels["open"]:
            told = str(message(changes_since(name, 0)))
            assert {word for word in EVERYTHING if word in told} == set()
        thread = town.channels["open"][0]
        told = message(changes_since(thread, 0))
        states = {item["id"]: item["state"] for item in told["items"] if item["type"] == "post"}
        assert states[town.posts["hidden"].id] == "hidden"
        assert "lantern in the open" in str(
            registry.render_items(thread, [("post", town.posts["question"].id)])
        )


def test_no_socket_draws_what_has_no_place(app, town):
    """Even asked by id, as a touched object is: drawn as everybody may know it."""
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        objects = [("post", post_id) for post_id in town.fills["posts/post_id"]]
        open_posts = [o for o in objects if db.session.get_one(Post, o[1]).thread.project.is_public]
        told = str(registry.render_items(town.channels["open"][0], open_posts))
        assert {word for word in EVERYTHING if word in told} == set()
        for name in town.channels["draft"]:
            told = str(registry.render_items(name, [("townhall", int(name.partition(":")[2]))]))
            assert {word for word in EVERYTHING if word in told} == set()


def test_nobody_else_watches_closed_channels(app, town):
    names = town.channels["closed"] + town.channels["draft"] + town.channels["held"]
    for voice, name in itertools.product(set(MAY_READ) - {"organizer_here", "site_moderator"}, names):
        with pytest.raises(NotFound):
            registry.check_watch(Guest() if voice == "guest" else town.people[voice], name)


def test_no_role_watches_a_room_of_mediation(app, town):
    for voice, name in itertools.product(MAY_READ, town.channels["mediation"]):
        with pytest.raises(NotFound):
            registry.check_watch(Guest() if voice == "guest" else town.people[voice], name)


def test_a_door_that_the_sweep_does_not_know_is_named():
    with pytest.raises(AssertionError, match="what to put into <poll_id> of /polls/<int:poll_id>"):
        fill("/polls/<int:poll_id>", {})


def test_news_that_were_taken_back_are_gone(town):
    gone = db.session.scalars(select(Update).where(Update.withdrawn_at.is_not(None))).one()
    assert "zqwithdrawnnews" in gone.title
