"""Nobody sets what no form offers: every form and every API door, with every column there is besides."""

import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from browser import forms_of
from factories import make_user, save
from hidden_town import (
    addresses,
    fills_for,
    planted_town,  # noqa: F401 - a fixture
)
from sqlalchemy import Boolean, DateTime, Integer, select
from werkzeug.exceptions import MethodNotAllowed

from civicforum.accounts.models import SYSTEM
from civicforum.db import db
from civicforum.partnerships.models import Membership
from civicforum.partnerships.queries import get_project

# By these the database is searched afterwards.
TEXT, NUMBER, MOMENT = "zqmassassigned", 777_777, datetime(2001, 2, 3, 4, 5, 6, tzinfo=UTC)
BESIDES = {
    "role": TEXT,
    "is_admin": "1",
    "is_administrator": "1",
    "verified": "1",
    "hidden": "1",
    "grants": TEXT,
}


def every_column() -> dict[str, Any]:
    """A value that can be found again for the name of every column; true where it is yes or no."""
    found: dict[str, Any] = dict(BESIDES)
    for table in db.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Boolean):
                found[column.name] = True
            elif isinstance(column.type, Integer):
                found[column.name] = NUMBER
            elif isinstance(column.type, DateTime):
                found[column.name] = MOMENT.isoformat()
            else:
                found[column.name] = TEXT
    assert len(found) > 100
    return found


def found_again() -> set[tuple[str, str]]:
    """(table, column) of everything that holds one of the values."""
    db.session.rollback()
    found = set()
    for table in db.metadata.sorted_tables:
        if table.name not in ("idempotency_key", "job"):
            for row in db.session.execute(select(table)).mappings():
                found |= {(table.name, name) for name, value in row.items() if is_ours(value)}
    db.session.rollback()
    return found


def is_ours(value: Any) -> bool:
    return TEXT in str(value) or value in (NUMBER, MOMENT)


@pytest.fixture
def power(town):
    """Somebody who may use every form of the town."""
    power = make_user("administrator", "moderator", handle="power")
    for slug in town.fills["projects/slug"]:
        project = get_project(SYSTEM, slug)
        for role in ("organizer", "moderator"):
            save(Membership(project_id=project.id, user_id=power.id, role=role))
    return power


def all_forms(app, town, client) -> list[dict[str, Any]]:
    """One of each form that somebody finds; its names are all that its door is asked with anywhere."""
    found: dict[str, dict[str, Any]] = {}
    for address in addresses(app, fills_for(app, town, "organizer_here")):
        page = client.get(address, follow_redirects=True)
        if page.status_code == 200 and page.mimetype == "text/html":
            for form in forms_of(page):
                own = form["action"] or page.request.path
                for target in {own, *(b["formaction"] for b in form["buttons"] if "formaction" in b)}:
                    _note_form(app, found, form, target)
    return list(found.values())


def _note_form(app, found: dict[str, dict[str, Any]], form: dict[str, Any], target: str) -> None:
    try:
        door = str(app.url_map.bind("").match(urlsplit(target).path, method="POST")[0])
    except MethodNotAllowed:
        return  # a form of buttons that lead elsewhere
    if form["method"] == "post" and not door.startswith("accounts.sign_out"):
        known = found.setdefault(door, {**form, "action": target, "names": set()})
        known["names"] |= form["names"]
        if len(form["fields"]) > len(known["fields"]):
            known.update(fields=form["fields"], action=target)


def test_no_form_sets_what_it_does_not_offer(app, town, power, sign_in):
    client, columns = sign_in(power), every_column()
    forms = all_forms(app, town, client)
    assert len(forms) > 25
    answered = 0
    for form in forms:
        more = {name: value for name, value in columns.items() if name not in form["names"]}
        answer = client.post(form["action"], data={**more, **form["fields"].to_dict(flat=False)})
        assert answer.status_code < 500, form["action"]
        answered += answer.status_code < 400
    assert answered > 20, "hardly any form was taken: the sweep fills them in wrongly"
    assert found_again() == set()
    assert power.session_version == 1


def test_no_door_of_the_api_sets_what_it_does_not_take(app, town, power, token_for, client):
    """Not even when everything that it takes is right."""
    described = app.test_client().get("/api/v1/openapi.json").json
    headers, columns = token_for(power), every_column()
    asked, taken = 0, 0
    for path, method, names, body in described_bodies(described):
        more = {name: value for name, value in columns.items() if name not in names}
        for address in concrete(path, town):
            answer = client.open(address, method=method, json={**more, **body}, headers=headers)
            assert answer.status_code < 500, (method, address)
            asked += 1
            taken += client.open(address, method=method, json=body, headers=headers).status_code < 400
    assert asked > 20
    assert taken > 5, "hardly any body was taken even without more: the sweep fills them in wrongly"
    assert found_again() == set()


SOUND = {
    "title": "Sound", "body": "Sound.", "vision": "Sound.", "visibility": "public", "rule": 2,
    "part": "name", "note": "x", "reason": "x", "action": "leave", "version": 1, "revision": 1,
    "answer": "going", "code": "6789BCDFGH", "nonce": "n",
    "mode": "in_person", "party_size": 1, "needs": [],
    "target": {"type": "post", "id": 1}, "project": "open-room", "starts_at": "2030-01-01T18:00:00Z",
    "words": "Sound.", "choices": [{"option": 1, "value": 1}],
    "ends_at": "2030-01-01T20:00:00Z", "timezone": "UTC", "location": "Library",
}  # fmt: skip


def described_bodies(described: dict[str, Any]):
    """(path, method, the names it takes, a sound body) of every operation that takes one."""
    schemas = described["components"]["schemas"]
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            content = told.get("requestBody", {}).get("content", {}) if method != "parameters" else {}
            if "application/json" in content:
                schema = schemas[content["application/json"]["schema"]["$ref"].rpartition("/")[2]]
                names = set(schema["properties"])
                yield (
                    path,
                    method.upper(),
                    names,
                    {n: v for n, v in SOUND.items() if n in names and v is not None},
                )


def concrete(path: str, town) -> list[str]:
    places = {
        "post_id": town.fills["posts/post_id"],
        "thread_id": town.fills["threads/thread_id"],
        "town_hall_id": town.fills["town-halls/town_hall_id"],
        "case_id": town.fills["cases/case_id"],
        "hold_id": town.fills["holds/hold_id"],
        "poll_id": town.fills["polls/poll_id"],
        "place": town.fills["drafts/place"],
        "slug": ["open-room"],
        "handle": [town.people["author"].handle],
    }
    name = re.search(r"{(\w+)}", path)
    return [path.replace(name[0], str(value)) for value in places[name[1]]] if name else [path]
