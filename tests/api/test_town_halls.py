"""Town halls over the API, as interface.md promises."""

from datetime import timedelta

import pytest
from factories import make_project, make_rsvp, make_town_hall, make_user

from civicforum.db import db, now
from civicforum.townhalls import actions
from civicforum.townhalls.models import CheckIn, Rsvp, TownHall

API = "/api/v1/town-halls"


@pytest.fixture
def organizer(app):
    return make_user()


@pytest.fixture
def project(organizer):
    return make_project(organizer)


@pytest.fixture
def resident(app):
    return make_user()


def body(project, **changes):
    return {
        "project": project.slug,
        "title": "Lantern Street",
        "starts_at": "2037-07-20T18:30:00-04:00",
        "ends_at": "2037-07-20T20:00:00-04:00",
        "timezone": "America/New_York",
        "mode": "hybrid",
        "location": "Library",
        "online_url": "https://meet.example/x",
        "capacity": 2,
        "online_capacity": 1,
        "status": "published",
        **changes,
    }


def going(**changes):
    return {"answer": "going", "mode": "in_person", "party_size": 1, "needs": [], **changes}


def test_a_meeting_is_called_and_read(client, token_for, organizer, project):
    made = client.post(API, json=body(project), headers=token_for(organizer))
    assert made.status_code == 201
    told = made.json
    assert {k: told[k] for k in ("starts_at", "timezone", "mode", "capacity", "status", "project")} == {
        "starts_at": "2037-07-20T18:30:00-04:00",
        "timezone": "America/New_York",
        "mode": "hybrid",
        "capacity": 2,
        "status": "published",
        "project": project.slug,
    }
    public = client.get(f"{API}/{told['id']}").json
    assert (public["online_url"], told["online_url"]) == (None, "https://meet.example/x")
    assert public["channel"] == f"townhall:{told['id']}"
    assert public["seats"]["in_person"] == {"taken": 0, "waiting": 0, "capacity": 2, "free": 2}
    listed = client.get(f"{API}?project={project.slug}&limit=1").json
    assert ([row["id"] for row in listed["items"]], listed["next"]) == ([told["id"]], None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_at": "2037-07-20T18:30:00"}, "starts_at"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "starts_at"),
        ({"ends_at": "9999-12-31T23:00:00-14:00"}, "ends_at"),
        ({"timezone": "Mars/Base"}, "timezone"),
        ({"capacity": "2"}, "capacity"),
        ({"capacity": 2.0}, "capacity"),
        ({"capacity": True}, "capacity"),
        ({"capacity": -1}, "capacity"),
        ({"mode": "boat"}, "mode"),
        ({"created_by_id": 1}, "created_by_id"),
        ({"sequence": 9}, "sequence"),
        ({"status": "cancelled"}, "status"),
        ({"ends_at": "2037-07-20T18:30:00-04:00"}, "ends_at"),
    ],
)
def test_a_body_that_makes_no_sense_is_refused_by_field(client, token_for, organizer, project, change, field):
    answer = client.post(API, json=body(project, **change), headers=token_for(organizer))
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert db.session.query(TownHall).count() == 0


def test_who_may_call_and_change(client, token_for, organizer, resident, project):
    assert client.post(API, json=body(project), headers=token_for(resident)).status_code == 403
    assert client.post(API, json=body(project)).status_code in (400, 401)
    hall = make_town_hall(project)
    answer = client.patch(f"{API}/{hall.id}", json={"title": "Mine"}, headers=token_for(resident))
    assert answer.status_code == 403
    draft = make_town_hall(project, status="draft")
    assert client.get(f"{API}/{draft.id}", headers=token_for(resident)).status_code == 404
    assert client.get(f"{API}/{draft.id}", headers=token_for(organizer)).status_code == 200


def test_a_meeting_is_changed_published_and_cancelled(client, token_for, organizer, project):
    hall = make_town_hall(project, status="draft")
    headers = token_for(organizer)
    changed = client.patch(f"{API}/{hall.id}", json={"capacity": 5, "status": "published"}, headers=headers)
    assert (changed.json["capacity"], changed.json["status"]) == (5, "published")
    gone = client.patch(
        f"{API}/{hall.id}", json={"status": "cancelled", "cancel_reason": "Rain."}, headers=headers
    )
    assert (gone.json["status"], gone.json["cancel_reason"]) == ("cancelled", "Rain.")
    late = client.put(f"{API}/{hall.id}/rsvp", json=going(), headers=headers)
    assert late.status_code == 409


def test_answers_first_come_with_places_from_one(client, token_for, project):
    hall = make_town_hall(project, capacity=2)
    people = [token_for(make_user()) for _person in range(4)]
    told = [
        client.put(f"{API}/{hall.id}/rsvp", json=going(party_size=size), headers=headers).json
        for headers, size in zip(people, (1, 2, 1, 1), strict=True)
    ]
    assert [(row["state"], row["place"], row["party_size"]) for row in told] == [
        ("going", None, 1),
        ("waitlisted", 1, 2),
        ("waitlisted", 2, 1),
        ("waitlisted", 3, 1),
    ]
    assert client.delete(f"{API}/{hall.id}/rsvp", headers=people[0]).json["state"] == "cancelled"
    own = [client.get(f"{API}/{hall.id}/rsvp", headers=headers).json for headers in people]
    assert [(row["state"], row["place"]) for row in own] == [
        ("cancelled", None),
        ("going", None),
        ("waitlisted", 1),
        ("waitlisted", 2),
    ]


@pytest.mark.parametrize("size", ["1e3", 0.5, 1.0, -5, 0, 10**9, True, None, "2"])
def test_a_party_is_a_whole_number_that_makes_sense(client, token_for, resident, project, size):
    hall = make_town_hall(project)
    answer = client.put(f"{API}/{hall.id}/rsvp", json=going(party_size=size), headers=token_for(resident))
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["party_size"])
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("needs", [["boat"], [{"kind": "food", "state": "provided"}], "food", [1]])
def test_a_need_is_one_of_the_list(client, token_for, resident, project, needs):
    hall = make_town_hall(project)
    answer = client.put(f"{API}/{hall.id}/rsvp", json=going(needs=needs), headers=token_for(resident))
    assert answer.status_code == 422


def test_needs_come_back_to_their_person(client, token_for, resident, project):
    hall = make_town_hall(project)
    needs = ["captions", {"kind": "childcare", "note": "two"}]
    told = client.put(f"{API}/{hall.id}/rsvp", json=going(needs=needs), headers=token_for(resident)).json
    assert [(n["kind"], n["note"], n["state"]) for n in told["needs"]] == [
        ("captions", "", "requested"),
        ("childcare", "two", "requested"),
    ]
    assert "childcare" not in client.get(f"{API}/{hall.id}").text


def test_a_late_double_after_the_cancel_stays_cancelled(client, token_for, resident, project):
    hall, headers = make_town_hall(project), token_for(resident)
    once = {**headers, "Idempotency-Key": "k1"}
    url = f"{API}/{hall.id}/rsvp"
    assert client.put(url, json=going(), headers=once).json["state"] == "going"
    client.delete(url, headers=headers)
    again = client.put(url, json=going(), headers=once)
    assert (again.status_code, again.json["state"]) == (200, "cancelled")
    assert client.put(url, json=going(party_size=2), headers=once).status_code == 422


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"status": "draft"}, 404),
        ({"status": "cancelled"}, 409),
        ({"starts_at": now() - timedelta(minutes=5)}, 409),
        ({"starts_at": now() - timedelta(days=5)}, 409),
    ],
    ids=["draft", "cancelled", "begun", "over"],
)
def test_what_is_not_open_takes_no_answer(client, token_for, resident, project, facts, status):
    hall = make_town_hall(project, **facts)
    answer = client.put(f"{API}/{hall.id}/rsvp", json=going(), headers=token_for(resident))
    assert answer.status_code == status
    assert db.session.query(Rsvp).count() == 0


def test_no_answer_yet_is_404(client, token_for, resident, project):
    hall = make_town_hall(project)
    assert client.get(f"{API}/{hall.id}/rsvp", headers=token_for(resident)).status_code == 404
    assert client.delete(f"{API}/{hall.id}/rsvp", headers=token_for(resident)).status_code == 404


def test_the_door_over_the_api(client, token_for, organizer, project):
    hall = make_town_hall(project, starts_at=now() + timedelta(minutes=30))
    row = make_rsvp(hall, make_user())
    url, headers = f"{API}/{hall.id}/check-ins", token_for(organizer)
    sent = [{"code": row.code, "nonce": "a"}] * 10 + [{"code": row.code, "nonce": "b"}]
    said = [client.post(url, json=scan, headers=headers).json["status"] for scan in sent]
    assert said == ["ok"] * 10 + ["already"]
    assert db.session.query(CheckIn).count() == 1
    early = make_town_hall(project)
    code = make_rsvp(early, make_user()).code
    url = f"{API}/{early.id}/check-ins"
    said = [
        client.post(url, json={"nonce": str(n), **scan}, headers=headers).json["status"]
        for n, scan in enumerate(
            [{"code": code}, {"code": row.code}, {"code": "nothing"}, {"code": code, "force": True}]
        )
    ]
    assert said == ["not_open", "wrong_town_hall", "not_found", "ok"]


@pytest.mark.parametrize(
    "scan",
    [{"at": "0001-01-01T00:00:00+14:00"}, {"at": "2300-01-01T00:00:00Z"}, {"force": "yes"}, {"nonce": ""}],
)
def test_a_scan_that_makes_no_sense_is_refused(client, token_for, organizer, project, scan):
    hall = make_town_hall(project, starts_at=now() + timedelta(minutes=30))
    body = {"code": make_rsvp(hall, make_user()).code, "nonce": "a", **scan}
    answer = client.post(f"{API}/{hall.id}/check-ins", json=body, headers=token_for(organizer))
    assert (answer.status_code, list(answer.json["errors"])) == (422, list(scan))


def test_residents_keep_no_door(client, token_for, resident, project):
    hall = make_town_hall(project, starts_at=now() + timedelta(minutes=30))
    row = make_rsvp(hall, resident)
    answer = client.post(
        f"{API}/{hall.id}/check-ins", json={"code": row.code, "nonce": "a"}, headers=token_for(resident)
    )
    assert answer.status_code == 403


def test_a_token_that_only_reads_changes_nothing(client, project, resident):
    from factories import make_token

    hall = make_town_hall(project)
    headers = {"Authorization": f"Bearer {make_token(resident, 'read')}"}
    assert client.put(f"{API}/{hall.id}/rsvp", json=going(), headers=headers).status_code == 403


def test_watchers_are_told_how_seats_stand(client, project, resident):
    hall = make_town_hall(project, mode="hybrid", capacity=3, online_url="https://meet.example/x")
    before = client.get(f"{API}/{hall.id}").json["revision"]
    actions.rsvp(resident, hall.id, "going")
    changes = client.get(f"/api/v1/channels/townhall:{hall.id}/changes?after={before}").json
    (item,) = changes["items"]
    assert (item["type"], item["id"], item["seats"]["in_person"]["taken"]) == ("townhall", hall.id, 1)
    assert item["online_url"] is None
    assert "1 of 3 seats taken" in item["fragment"]


@pytest.mark.parametrize("number", ["99999999999999999999", "2147483648", "-1", "1.0"])
def test_a_number_that_no_meeting_has_is_not_there(client, number):
    assert client.get(f"{API}/{number}").status_code == 404
