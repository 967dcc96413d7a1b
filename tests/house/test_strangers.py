"""Nobody changes what is not theirs: every door that changes something, with everybody else's ids.

The sweep walks the map of routes. What existed before and is another's stands afterwards as it did.
"""

import re
from typing import Any

import pytest
from factories import make_user, save
from hidden_town import (
    fill,
    planted_town,  # noqa: F401 - a fixture
    some,
)
from sqlalchemy import inspect, select
from wtforms.fields.core import UnboundField

from civicforum.accounts.models import SYSTEM, ApiToken, User
from civicforum.agreement.models import ListedWord
from civicforum.db import db
from civicforum.discussions.models import Ballot, Tag
from civicforum.notifications.models import Attention, Notification
from civicforum.partnerships.models import Invitation, Membership, Project, Seat
from civicforum.partnerships.queries import get_project
from civicforum.townhalls.models import CheckIn, Need, Rsvp
from civicforum.web.forms import Form

# How a person stands in a row that is theirs.
PERSON = re.compile(r"(user|owner|author|actor|by|opened_by|invited_by|replied_by|replaced_by|decided_by)_id")
# Counters and plumbing that a neighbour's own words move.
MOVES = {
    "thread": {"last_seq", "last_post_at", "revision"},
    "town_hall": {"last_place", "revision", "updated_at", "needs_asked", "needs_met"},
    "notification": {"read_at"},
}
PLUMBING = {"channel", "live_change", "job", "idempotency_key", "stream", "ended_session", "reminder"} | {
    "search_entry"  # follows what it is about
}
# One's own account: the sweep would sign itself out.
OWN_ACCOUNT = re.compile(r"/(sign-|settings|language|set-up|confirm|reset|my/)")

VOICES = ["resident", "elsewhere", "suspended"]


def rows(stranger_id: int | None) -> dict[tuple[str, Any], dict[str, Any]]:
    """Every row that is not the stranger's, by table and key."""
    db.session.rollback()
    found = {}
    own_ballots = set(db.session.scalars(select(Ballot.id).where(Ballot.user_id == stranger_id)))
    for table in db.metadata.sorted_tables:
        if table.name in PLUMBING:
            continue
        keys = [column.name for column in inspect(table).primary_key]
        for row in db.session.execute(select(table)).mappings():
            owners = {row[name] for name in row if PERSON.fullmatch(name)}
            is_theirs = stranger_id in owners or (table.name == "person" and row["id"] == stranger_id)
            is_theirs = is_theirs or row.get("ballot_id") in own_ballots
            if not is_theirs:
                kept = {n: v for n, v in row.items() if n not in MOVES.get(table.name, ())}
                found[table.name, tuple(row[key] for key in keys)] = kept
    db.session.rollback()
    return found


def all_fields() -> dict[str, str]:
    """A plausible value for every field of every form of the house."""
    waiting, names = [Form], set()
    while waiting:
        form = waiting.pop()
        waiting += form.__subclasses__()
        names |= {name for name, value in vars(form).items() if isinstance(value, UnboundField)}
    assert len(names) > 40
    return dict.fromkeys(names, "1") | {
        "email": "stranger@example.org", "handle": "rita", "slug": "taken-over", "role": "organizer",
        "title": "Taken over", "name": "Taken Over", "body": "Taken over.", "reason": "Taken over.",
        "text": "Taken over.", "summary": "Taken over.", "vision": "Taken over.", "visibility": "public",
        "answer": "going", "mode": "in_person", "status": "closed", "state": "confirmed", "rule": "2",
        "revision": "1", "version": "1", "word": "taken", "action": "hold", "introduction": "Taken over.",
        "code": "6789BCDFGH", "kind": "nonprofit", "url": "https://example.org", "timezone": "UTC",
        "part": "name",
    }  # fmt: skip


JSON_BODIES = {
    "posts.Post": {"body": "Taken over.", "revision": 1},
    "cases.Flags": {"rule": 2, "note": "x"},
    "cases.PersonFlags": {"part": "name", "rule": 2, "note": "x"},
    "cases.Cases": {"target": {"type": "post", "id": 1}, "action": "hide", "rule": 2, "reason": "x"},
    "cases.Actions": {"action": "hide", "rule": 2, "reason": "x", "version": 1},
    "polls.Vote": {"choices": [{"option": 1}]},
    "polls.Outcome": {"words": "Taken over."},
    "threads.Threads": {"title": "Own", "body": "Own."},
    "threads.Posts": {"body": "Own."},
    "threads.Thread": {"kind": "question", "is_pinned": True},
    "ratings.ThreadRating": {"fair": 1, "heard": 1},
    "ratings.MeetingRating": {"fair": 1, "heard": 1},
    "moving.Move": {"project": "open-room", "reason": "x"},
    "moving.Split": {"posts": [1], "title": "Taken over", "reason": "x"},
    "moving.Merge": {"into": 1, "reason": "x"},
    "town-halls.Rsvp": {"answer": "going", "mode": "in_person", "party_size": 1, "needs": []},
    "town-halls.TownHall": {"title": "Taken over", "status": "cancelled", "cancel_reason": "x"},
    "town-halls.CheckIns": {"code": "6789BCDFGH", "nonce": "n", "force": True},
    "projects.OneProject": {"title": "Taken over", "visibility": "public"},
}


@pytest.fixture
def places(town) -> dict[str, list[Any]]:
    """Real ids for every place of an address, most of them somebody else's."""
    member = town.people["member"]
    save(ApiToken(user_id=member.id, name="theirs", token_hash="0" * 64, scopes="read"))
    save(Notification(user_id=member.id, reason="reply", kind="post", object_id=1))
    save(Attention(user_id=member.id, kind="thread", object_id=1, level="subscribed"))

    def ids(model: Any) -> list[int]:
        found = list(db.session.scalars(select(model.id)))
        assert found or model is CheckIn, model
        return found or [1]

    return {
        **town.fills,
        "words/word_id": ids(ListedWord),
        "seats/seat_id": ids(Seat),
        "members/membership_id": ids(Membership),
        "invitations/invitation_id": ids(Invitation),
        "door/check_in_id": ids(CheckIn),
        "people/rsvp_id": ids(Rsvp),
        "needs/need_id": ids(Need),
        "tokens/token_id": ids(ApiToken),
        "inbox/notification_id": ids(Notification),
        "followed/attention_id": ids(Attention),
        # Whoever holds a mail may stop its like: that is no stranger.
        "unsubscribe/token": ["nothing-here"],
        "reactions/kind": ["support"],
        "language/code": ["en"],
    }


def deeds(app, fills):
    """(method, address, endpoint) of everything that changes something."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        for method in sorted(rule.methods & {"POST", "PUT", "PATCH", "DELETE"}):
            if not OWN_ACCOUNT.match(rule.rule):
                for address in fill(rule.rule, fills):
                    yield method, address, rule.endpoint


def attempt(app, client, fills) -> int:
    """Everything once, as whoever the client is; how many were answered with a success."""
    csrf = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/").text)[1]
    fields, done = all_fields(), 0
    for method, address, endpoint in list(deeds(app, fills)):
        if address.startswith("/api/"):
            body = JSON_BODIES.get(endpoint, {})
            answer = client.open(address, method=method, json=body, headers={"X-CSRF-Token": csrf})
        else:
            answer = client.post(address, data={**fields, "csrf_token": csrf})
        assert answer.status_code < 500, f"{method} {address} answers {answer.status_code}"
        done += answer.status_code < 400
    return done


@pytest.mark.parametrize("voice", VOICES)
def test_nobody_changes_what_is_anothers(app, town, places, sign_in, voice):
    stranger = town.people[voice].id
    before, tags = rows(stranger), set(db.session.scalars(select(Tag.id)))
    attempt(app, sign_in(town.people[voice]), some(places))
    after = rows(stranger)
    changed = {key for key, row in before.items() if after.get(key) != row}
    # A flag of theirs may open a case, or be counted in one: moderators then see it.
    assert {key for key in changed if key[0] != "moderation_case"} == own_places(voice)
    assert {key[0] for key in set(after) - set(before)} <= {"moderation_case", "need", "seat", "tag"}
    theirs = {seat.project_id for seat in db.session.get_one(User, stranger).memberships}
    assert set(db.session.scalars(select(Tag.project_id).where(Tag.id.not_in(tags)))) <= theirs


def own_places(voice: str) -> set[tuple[str, Any]]:
    """What somebody runs, and so did change: the project elsewhere and the office."""
    if voice != "elsewhere":
        return set()
    project = db.session.scalars(select(Project).where(Project.title == "Taken over")).one()
    return {("project", (project.id,)), ("organization", (1,))}


def test_somebody_with_every_power_changes_much(app, town, places, sign_in):
    """The same deeds by somebody who may: the sweep knows how to do them."""
    power = make_user("administrator", "moderator")
    for project in town.fills["projects/slug"]:
        for role in ("organizer", "moderator"):
            save(Membership(project_id=get_project(SYSTEM, project).id, user_id=power.id, role=role))
    before = rows(power.id)
    done = attempt(app, sign_in(power), some(places))
    after = rows(power.id)
    tables = {key[0] for key, row in before.items() if after.get(key) != row}
    assert tables >= {"membership", "post", "town_hall", "partner", "listed_word", "invitation"}, tables
    assert done > 40
