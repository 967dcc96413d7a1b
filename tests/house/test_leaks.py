"""What was hidden stays hidden: a word of its own in each hidden place, and every door that there is.

The sweep walks the map of routes. A door with a parameter that it does not know fails, so that a new room
plants something behind its doors too.
"""

import itertools
import re
from dataclasses import dataclass, field
from datetime import timedelta
from mailbox import deliver
from typing import Any

import pytest
from factories import (
    join,
    make_agreement,
    make_organization,
    make_post,
    make_project,
    make_rsvp,
    make_thread,
    make_town_hall,
    make_user,
    save,
)
from sqlalchemy import select

from civicforum.accounts.models import Guest, User
from civicforum.agreement.actions import list_word
from civicforum.agreement.models import Hold
from civicforum.agreement.queries import find_hold
from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post
from civicforum.errors import NotFound
from civicforum.live import registry
from civicforum.live.changes import changes_since
from civicforum.live.publisher import message
from civicforum.moderation import actions as moderation
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Case
from civicforum.notifications.models import Notification
from civicforum.partnerships.actions import edit_project, publish_update, withdraw_update
from civicforum.partnerships.models import Invitation, Partner, Update
from civicforum.townhalls import actions as townhalls
from civicforum.townhalls import tokens
from civicforum.townhalls.queries import calendar_version
from civicforum.townhalls.wishes import NeedWish
from civicforum.voices.models import Voice

# Each hidden text is one of these and the word 'lantern', by which a search would find it.
WORDS = {"zqhidden", "zqearlier", "zqmended", "zqheldedit", "zqbeforeheld", "zqpending", "zqdeclined"} | {
    "zqwithdrawn",
    "zqheldthread",
    "zqheldopening",
}
REASONS = {"zqreason", "zqnote", "zqdeclinereason"}
CLOSED = {
    "zqclosedproject",
    "zqclosedvision",
    "zqclosedthread",
    "zqclosedpost",
    "zqclosednews",
    "zqclosedhall",
} | {
    "zqclosedplace",
    "zqdraftproject",
}
DRAFTS = {"zqdrafthall", "zqdraftsummary", "zqwithdrawnnews"}
NEEDS = {"zqneed", "zqanswer"}
ADDRESSES = {"zqmailauthor", "zqmailflagger", "zqmailmember", "zqmailguest", "zqmailinvited"}
EVERYTHING = WORDS | REASONS | CLOSED | DRAFTS | NEEDS | ADDRESSES

# voice → what they may read all the same
MAY_READ = {
    "guest": set(),
    "resident": set(),
    "organizer_elsewhere": set(),
    "moderator_elsewhere": set(),
    "suspended": set(),
    "partner": set(),
    "organizer_here": DRAFTS | NEEDS | ADDRESSES,
    "site_moderator": WORDS | REASONS,
}


@dataclass
class Town:
    """What was planted: people by voice, and for each parameter of a door what fits into it."""

    people: dict[str, User] = field(default_factory=dict)
    fills: dict[str, list[Any]] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    channels: dict[str, list[str]] = field(default_factory=dict)


@pytest.fixture
def town(app) -> Town:
    """A town in which something was hidden in each way, after people were told of it."""
    make_agreement()
    town = Town()
    author = make_user(name="Ana Author", email="zqmailauthor@example.org")
    flagger = make_user(name="Flo Flagger", email="zqmailflagger@example.org")
    member = make_user(name="Mem Member", email="zqmailmember@example.org")
    office = make_organization(make_user(name="Olaf Office", email="office@example.org"))
    people = town.people = {
        "resident": make_user(name="Rita Resident", handle="rita", email="rita@example.org"),
        "organizer_elsewhere": make_user(name="Otto Elsewhere", email="otto@example.org"),
        "moderator_elsewhere": make_user(name="Moe Elsewhere", email="moe@example.org"),
        "suspended": make_user(
            name="Sus Pended", email="sus@example.org", suspended_until=now() + timedelta(days=1)
        ),
        "partner": db.session.get_one(User, office.seats[0].user_id),
        "organizer_here": make_user(name="Olga Here", email="olga@example.org"),
        "site_moderator": make_user("moderator", name="Mona Moderator", email="mona@example.org"),
        "author": author,
        "flagger": flagger,
        "member": member,
    }
    elsewhere = make_project(people["organizer_elsewhere"], title="Elsewhere")
    join(elsewhere, people["moderator_elsewhere"], "moderator")
    project = make_project(people["organizer_here"], office, title="Open project", slug="open-room")
    list_word(people["site_moderator"], "holdme", "hold")
    _plant_posts(town, project)
    hall = _plant_drafts(town, project)
    closed, closed_hall, closed_thread = _plant_closed(town)
    drafted = make_project(member, status="draft", title="zqdraftproject lantern", slug="drafted-room")
    _collect(town, [project, closed, drafted, elsewhere], [hall, closed_hall], closed_thread)
    return town


def _plant_posts(town: Town, project) -> None:
    author, resident, moderator = (town.people[who] for who in ("author", "resident", "site_moderator"))
    thread = make_thread(project, resident, title="The square", slug="the-square")
    question = make_post(thread, resident, "A lantern in the open.")

    def say(words: str) -> int:
        return discussions.post_reply(author, thread.id, f"{words} lantern @rita", question.id).id

    hidden, mended, withdrawn, held_edit = map(say, ("zqearlier", "zqhidden", "zqwithdrawn", "zqbeforeheld"))
    discussions.edit_post(author, hidden, "zqhidden lantern @rita", 1)
    for post_id in (hidden, mended, withdrawn, held_edit):
        make_post(thread, resident, "What do you mean?", reply_to_id=post_id)
        discussions.react(resident, post_id, "support")
    moderation.flag_post(town.people["flagger"], hidden, 2, "zqnote lantern")
    moderation.moderate(moderator, "post", hidden, Deed("hide", 2, "zqreason lantern"))
    moderation.moderate(moderator, "post", mended, Deed("hide", 2, "zqreason lantern"))
    moderation.mend_post(author, mended, "zqmended lantern")
    discussions.withdraw_post(author, withdrawn)
    discussions.edit_post(author, held_edit, "zqheldedit lantern holdme", 1)
    pending = say("zqpending holdme")
    declined = say("zqdeclined holdme")
    deed = Deed("decline", 2, "zqdeclinereason lantern")
    moderation.decide_hold(moderator, find_hold("post", declined).id, deed)
    held_thread = discussions.start_thread(
        author, project.id, "zqheldthread lantern holdme", "zqheldopening lantern"
    )
    flagged = make_post(thread, author, "This one stays.")
    moderation.flag_post(town.people["flagger"], flagged.id, 2, "zqnote lantern")
    names = {
        "hidden": hidden,
        "mended": mended,
        "withdrawn": withdrawn,
        "held_edit": held_edit,
        "pending": pending,
        "declined": declined,
        "question": question.id,
        "flagged": flagged.id,
    }
    town.posts = {name: db.session.get_one(Post, post_id) for name, post_id in names.items()}
    town.fills["threads/thread_id"] = [thread.id, held_thread.id]
    town.channels["open"] = [thread.channel]
    town.channels["held"] = [held_thread.channel]


def _plant_drafts(town: Town, project):
    """A draft meeting; a published one with needs; news that were taken back."""
    organizer = town.people["organizer_here"]
    hall = make_town_hall(
        project, status="draft", title="zqdrafthall lantern", summary="zqdraftsummary lantern"
    )
    seen = make_town_hall(project, title="Open hall")
    townhalls.rsvp(town.people["member"], seen.id, "going", needs=[NeedWish("childcare", "zqneed lantern")])
    need_id = townhalls.rsvp(town.people["member"], seen.id, "going").needs[0].id
    townhalls.settle_need(organizer, seen.id, need_id, "confirmed", "zqanswer lantern")
    make_rsvp(seen, None, guest_email="zqmailguest@example.org", guest_name="Gus Guest")
    kept = publish_update(organizer, project, "Open news", "A lantern.")
    gone = publish_update(organizer, project, "zqwithdrawnnews lantern", "zqwithdrawnnews lantern")
    withdraw_update(organizer, gone)
    town.fills["updates/update_id"] = [kept.id, gone.id]
    town.fills["town-halls/town_hall_id"] = [seen.id]
    town.channels["open"].append(seen.channel)
    town.channels["draft"] = [hall.channel]
    return hall


def _plant_closed(town: Town):
    """A project that closed its doors when people had answered, been called on and been asked to come."""
    member, resident = town.people["member"], town.people["resident"]
    closed = make_project(
        member, title="zqclosedproject lantern", vision="zqclosedvision lantern", slug="closed-room"
    )
    thread = discussions.start_thread(
        member, closed.id, "zqclosedthread lantern", "zqclosedpost lantern @rita"
    )
    starts_at = now() + timedelta(days=3)
    hall = make_town_hall(
        closed,
        title="zqclosedhall lantern",
        location="zqclosedplace",
        thread_id=thread.id,
        starts_at=starts_at,
    )
    townhalls.rsvp(resident, hall.id, "going")
    guest_answer = make_rsvp(hall, None, guest_email="zqmailguest@example.net", guest_name="Gus")
    join(closed, resident)
    news = publish_update(member, closed, "zqclosednews lantern", "zqclosednews lantern")
    for row in list(resident.memberships):
        with transaction():
            db.session.delete(db.session.merge(row))
    save(
        Invitation(
            project_id=closed.id, email="zqmailinvited@example.org", token_hash="0" * 64,
            expires_at=now() + timedelta(days=1),
        )
    )  # fmt: skip
    edit_project(member, closed, visibility="members")
    town.fills["updates/update_id"].append(news.id)
    town.fills["town-halls/town_hall_id"].append(hall.id)
    town.fills["answers/rsvp_id"] = [guest_answer.id]
    town.channels["closed"] = [thread.channel, hall.channel]
    return closed, hall, thread


def _collect(town: Town, projects, halls, closed_thread) -> None:
    """Put everything that has an id or a name into the places of addresses."""
    fills = town.fills
    fills["threads/thread_id"].append(closed_thread.id)
    fills["town-halls/town_hall_id"] += [hall.id for hall in halls]
    fills["town-halls/town_hall_id"] = sorted(set(fills["town-halls/town_hall_id"]))
    fills["posts/post_id"] = list(db.session.scalars(select(Post.id)))
    fills["cases/case_id"] = list(db.session.scalars(select(Case.id)))
    fills["receipts/number"] = list(db.session.scalars(select(Voice.number)))
    fills["projects/slug"] = [project.slug for project in projects]
    fills["organizations/slug"] = [row.organization.slug for row in db.session.scalars(select(Partner))]
    fills["partners/partner_id"] = list(db.session.scalars(select(Partner.id)))
    fills["people/handle"] = list(db.session.scalars(select(User.handle)))
    fills["channels/name"] = list(itertools.chain(*town.channels.values()))
    fills["versions/number"] = [1]
    fills["language/code"] = ["en"]
    # A slug that is not the right one: the answer must not tell the right one.
    fills["threads/slug"] = ["x"]
    # What only the person of a mail has; their own are added for each voice.
    for door in ("answers", "confirm", "invitations", "reset", "link", "address", "undo", "my"):
        fills[f"{door}/token"] = ["nothing-here"]


# --- walking ---


def addresses(app, fills: dict[str, list[Any]]) -> list[str]:
    """Every GET door with everything that fits into it."""
    found: list[str] = []
    for rule in sorted(app.url_map.iter_rules(), key=str):
        if "GET" in rule.methods and rule.endpoint != "static":
            found += fill(rule.rule, fills)
    return found


def fill(rule: str, fills: dict[str, list[Any]]) -> list[str]:
    pieces = re.split(r"<(?:\w+(?:\([^)]*\))?:)?(\w+)>", rule)
    choices: list[list[Any]] = []
    place = ""
    for literal, name in zip(pieces[::2], pieces[1::2], strict=False):
        place = next((part for part in reversed(literal.split("/")) if part), place)
        values = fills.get(f"{place}/{name}")
        assert values, (
            f"The sweep does not know what to put into <{name}> of {rule}: plant something hidden behind it "
            f"in tests/house/test_leaks.py, and give its ids as {place}/{name}."
        )
        choices.append(values)
    literals = pieces[::2]
    return [
        "".join(
            f"{literal}{value}" for literal, value in itertools.zip_longest(literals, values, fillvalue="")
        )
        for values in itertools.product(*choices)
    ]


def asked_besides(town: Town) -> list[str]:
    """The same doors with what one can add to an address."""
    posts, threads = town.fills["posts/post_id"], town.fills["threads/thread_id"]
    found = ["/search?q=lantern", "/search?q=zq", "/search?q=lantern&lang=es", "/town-halls?when=past"]
    for slug in town.fills["projects/slug"]:
        found += [f"/heard?project={slug}", f"/api/v1/heard?project={slug}&limit=1"]
        found += [f"/api/v1/town-halls?project={slug}", f"/api/v1/projects/{slug}/threads?limit=1"]
    found += [f"/api/v1/channels/{name}/changes?after=0" for name in town.fills["channels/name"]]
    found += [
        f"/api/v1/threads/{thread}/posts?after={seq}&limit=1" for thread in threads for seq in range(12)
    ]
    page = f"/threads/{threads[0]}/the-square"
    found += [
        f"{page}?from=1",
        *(f"{page}?{word}={post}" for word in ("quote", "reply_to") for post in posts),
    ]
    found += ["/api/v1/projects?limit=1", "/api/v1/town-halls?limit=1", "/api/v1/heard?limit=1"]
    return [*found, "/api/v1/cases?limit=1", "/api/v1/moderation/log?limit=1"]


def leaks(answer, asked: str, forbidden: set[str]) -> set[str]:
    """The forbidden words in a body or a header; what was asked for may be repeated."""
    told = answer.get_data(as_text=True) + str(answer.headers)
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


def fills_for(app, town: Town, voice: str) -> dict[str, list[Any]]:
    """With the voice's own calendar, and the link that the guest of the closed meeting was mailed."""
    secret = app.config["SECRET_KEY"]
    own = {"answers/token": [tokens.sign_answer(secret, n) for n in town.fills["answers/rsvp_id"]]}
    if voice != "guest":
        user = town.people[voice]
        own["my/token"] = [tokens.sign_calendar(secret, user.id, calendar_version(user))]
    return {**town.fills, **own}


@pytest.mark.parametrize("voice", MAY_READ)
def test_no_door_tells_what_is_hidden(app, town, sign_in, voice):
    client = browser_of(app, town, sign_in, voice)
    forbidden = EVERYTHING - MAY_READ[voice]
    doors = addresses(app, fills_for(app, town, voice)) + asked_besides(town)
    found, spoken = walk(client, doors, forbidden)
    assert found == {}
    assert spoken > 60, "the sweep found hardly any open door: look at how it fills them in"


POSTED = {
    "posts.Post": {"body": "Mine now.", "revision": 1},
    "cases.Flags": {"rule": 2, "note": "x"},
    "cases.Cases": {"target": {"type": "post", "id": 1}, "action": "leave", "reason": "x"},
    "cases.Actions": {"action": "leave", "reason": "x", "version": 99},
    "threads.Posts": {"body": "An answer."},
    "town-halls.Rsvp": {"answer": "going", "mode": "in_person", "party_size": 1, "needs": []},
    "town-halls.TownHall": {"title": "Mine", "revision": 0},
    "town-halls.CheckIns": {"code": "6789BCDFGH", "nonce": "n"},
    "projects.OneProject": {"title": "Mine", "revision": 0},
}
PLACES = re.compile(r"(/api/v1)?/(posts|threads|town-halls|projects|cases|moderation)\b")


@pytest.mark.parametrize("voice", ["resident", "moderator_elsewhere"])
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
        client.get(a).get_data(as_text=True) for a in addresses(app, fills_for(app, town, "author"))
    )
    assert {word for word in WORDS | {"zqreason", "zqdeclinereason"} if word not in told} == set()
    assert leaks(client.get("/inbox"), "", {"zqnote"}) == set()
    assert "zqnote" not in told


def test_a_moderator_of_the_place_finds_what_is_to_be_decided(app, town, sign_in):
    client = sign_in(town.people["site_moderator"])
    fills = fills_for(app, town, "site_moderator")
    told = "".join(client.get(address).get_data(as_text=True) for address in addresses(app, fills))
    assert {word for word in WORDS | REASONS if word not in told} == set()


def test_members_and_organizers_find_what_is_theirs(app, town, sign_in):
    for voice, words in [("member", CLOSED), ("organizer_here", NEEDS)]:
        client = sign_in(town.people[voice])
        doors = addresses(app, fills_for(app, town, voice))
        told = "".join(client.get(address).get_data(as_text=True) for address in doors)
        assert {word for word in words if word not in told} == set()


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
        town.people["author"].email: {"zqreason", "zqdeclinereason", "zqmailauthor"},
        town.people["member"].email: CLOSED | {"zqmailmember"},
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


def test_a_door_that_the_sweep_does_not_know_is_named():
    with pytest.raises(AssertionError, match="what to put into <poll_id> of /polls/<int:poll_id>"):
        fill("/polls/<int:poll_id>", {})


def test_news_that_were_taken_back_are_gone(town):
    gone = db.session.scalars(select(Update).where(Update.withdrawn_at.is_not(None))).one()
    assert "zqwithdrawnnews" in gone.title
