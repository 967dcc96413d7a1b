"""Every door there is stands in ``doors.txt``; a new one is written there on purpose, with who may use it."""

import re
from pathlib import Path

import pytest

LIST = Path(__file__).with_name("doors.txt")
SAFE = {"GET", "HEAD", "OPTIONS"}


def registered(app) -> set[str]:
    """``METHOD /rule endpoint`` of every route."""
    return {
        f"{method} {rule.rule} {rule.endpoint}"
        for rule in app.url_map.iter_rules()
        if rule.endpoint != "static"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def listed() -> dict[str, str]:
    """The doors of the list, with the word for who may use each: everyone, person, staff or token."""
    found = {}
    for line in LIST.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            who, door = line.split(maxsplit=1)
            found[door] = who
    return found


def test_every_door_is_listed(session_app):
    assert registered(session_app) - set(listed()) == set(), "write the new doors into tests/house/doors.txt"
    assert set(listed()) - registered(session_app) == set(), "these doors are gone: take them off the list"


def test_every_listed_door_says_for_whom():
    assert set(listed().values()) <= {"everyone", "person", "staff", "link"}


def concrete(rule: str) -> str:
    """The rule with something in each place that names nothing here."""
    return re.sub(
        r"<(?:(\w+)(?:\([^)]*\))?:)?\w+>", lambda m: "987654" if m[1] == "int" else "nothing-here", rule
    )


def doors_of(app, *, safe: bool):
    for door in sorted(registered(app)):
        method, rule, _endpoint = door.split()
        if (method in SAFE) == safe:
            yield door, method, concrete(rule)


def test_no_unsafe_door_opens_without_a_csrf_token(app, client):
    answers = {
        door: client.open(path, method=method).status_code for door, method, path in doors_of(app, safe=False)
    }
    assert {door: code for door, code in answers.items() if code not in (400, 401, 404, 405)} == {}
    assert sum(code in (400, 401) for code in answers.values()) > len(answers) / 2


def test_no_door_for_what_is_not_there_breaks(app, client):
    answers = {door: client.get(path).status_code for door, _method, path in doors_of(app, safe=True)}
    assert {door: code for door, code in answers.items() if code >= 500} == {}


def test_no_door_for_people_opens_to_a_guest(app, client):
    closed = {"person", "staff"}
    open_doors = {}
    for door, who in listed().items():
        method, rule, _endpoint = door.split()
        if who in closed and method == "GET":
            answer = client.get(concrete(rule))
            if answer.status_code not in (302, 401, 403, 404) or (
                answer.status_code == 302 and "/sign-in" not in answer.location
            ):
                open_doors[door] = answer.status_code
    assert open_doors == {}


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example"])
def test_a_foreign_host_is_refused(client, host):
    assert client.get("/", headers={"Host": host}).status_code == 400


def test_every_answer_carries_the_headers(app, client):
    for path in ("/", "/nope", "/api/v1/openapi.json"):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
