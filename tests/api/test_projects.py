"""/api/v1/projects, to the letter of the interface."""

import pytest
from factories import make_organization, make_project, make_token, make_user

from civicforum.accounts.models import SYSTEM
from civicforum.partnerships.queries import list_projects

NEW = {"title": "Warm evenings", "vision": "Nobody outside."}


def test_a_project_is_founded_and_read(client, token_for):
    founder = token_for(make_user("organizer"))
    answer = client.post("/api/v1/projects", json=NEW, headers=founder)
    assert answer.status_code == 201
    assert answer.json["slug"] == "warm-evenings"
    read = client.get("/api/v1/projects/warm-evenings")
    assert read.json == answer.json
    assert {name: read.json[name] for name in ("title", "vision", "visibility")} == {
        **NEW,
        "visibility": "public",
    }


def test_a_project_tells_its_partners_and_nobodys_address(client):
    person = make_user()
    make_project(person, make_organization(person, slug="mission", name="Mission"), slug="here")
    answer = client.get("/api/v1/projects/here")
    assert answer.json["partners"] == [
        {
            "organization": {"slug": "mission", "name": "Mission", "kind": "nonprofit"},
            "role": "member",
            "brings": "",
        }
    ]
    assert person.email not in answer.text


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"vision": "v"}, "title"),
        ({**NEW, "title": "  "}, "title"),
        ({**NEW, "title": "x" * 121}, "title"),
        ({**NEW, "title": 7}, "title"),
        ({**NEW, "visibility": "hidden"}, "visibility"),
        ({**NEW, "slug": "new"}, "slug"),
        ({**NEW, "slug": "A B"}, "slug"),
        ({**NEW, "id": 7}, "id"),
        ({**NEW, "created_at": "2026-01-01T00:00:00Z"}, "created_at"),
    ],
)
def test_a_wrong_body_is_422_with_the_field(client, token_for, body, field):
    answer = client.post("/api/v1/projects", json=body, headers=token_for(make_user("organizer")))
    assert answer.status_code == 422
    assert answer.mimetype == "application/problem+json"
    assert list(answer.json["errors"]) == [field]
    assert list_projects(SYSTEM).items == []


def test_residents_and_guests_found_nothing(client, token_for):
    assert client.post("/api/v1/projects", json=NEW).status_code in (400, 401)
    answer = client.post("/api/v1/projects", json=NEW, headers=token_for(make_user()))
    assert answer.status_code == 403


def test_a_token_to_read_does_not_write(client):
    token = make_token(make_user("organizer"), "read")
    headers = {"Authorization": f"Bearer {token}"}
    assert client.post("/api/v1/projects", json=NEW, headers=headers).status_code == 403
    assert client.get("/api/v1/projects", headers=headers).status_code == 200


def test_the_same_key_founds_one_project(client, token_for):
    headers = {**token_for(make_user("organizer")), "Idempotency-Key": "once"}
    answers = [client.post("/api/v1/projects", json=NEW, headers=headers) for _ in range(2)]
    assert [a.status_code for a in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    other = client.post("/api/v1/projects", json={**NEW, "title": "Other"}, headers=headers)
    assert other.status_code == 422
    assert len(list_projects(SYSTEM).items) == 1


def test_a_change_leaves_the_rest(client, token_for):
    organizer = make_user()
    make_project(organizer, slug="here", title="Before", vision="v")
    headers = token_for(organizer)
    answer = client.patch("/api/v1/projects/here", json={"title": "After"}, headers=headers)
    assert (answer.status_code, answer.json["title"], answer.json["vision"]) == (200, "After", "v")
    again = client.patch("/api/v1/projects/here", json={"title": "Late", "revision": 1}, headers=headers)
    assert (again.status_code, again.json["revision"]) == (409, 2)


def test_only_organizers_change_a_project(client, token_for):
    make_project(slug="here")
    make_project(slug="closed", visibility="members")
    headers = token_for(make_user())
    assert client.patch("/api/v1/projects/here", json={}, headers=headers).status_code == 403
    assert client.patch("/api/v1/projects/closed", json={}, headers=headers).status_code == 404


def test_the_list_goes_on_by_cursor(client):
    slugs = [make_project().slug for _ in range(3)]
    first = client.get("/api/v1/projects?limit=2").json
    second = client.get(f"/api/v1/projects?limit=2&cursor={first['next']}").json
    assert [p["slug"] for p in first["items"] + second["items"]] == slugs[::-1]
    assert second["next"] is None


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=bad"])
def test_a_wrong_page_is_422(client, query):
    assert client.get(f"/api/v1/projects?{query}").status_code == 422


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_costs_the_same_however_long(client, count_queries, number):
    for _ in range(number):
        make_project(None, make_organization(), make_organization())
    client.get("/api/v1/projects")
    with count_queries() as n:
        assert len(client.get("/api/v1/projects").json["items"]) == number
    assert n.total <= 4
