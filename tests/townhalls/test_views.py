"""The pages, as people without JavaScript use them."""

import re
from datetime import timedelta

import pytest
from browser import press, submit
from factories import join, make_project, make_rsvp, make_town_hall, make_user, save
from icalendar import Calendar

from civicforum.db import db, now
from civicforum.townhalls import actions, queries
from civicforum.townhalls.models import CheckIn, Need, Rsvp, Summary, TownHall
from civicforum.townhalls.wishes import NeedWish


@pytest.fixture
def organizer(app):
    return make_user()


@pytest.fixture
def project(organizer):
    return make_project(organizer)


@pytest.fixture
def resident(app):
    return make_user()


# --- calling a meeting ---


def test_an_organizer_calls_a_meeting_in_its_own_clock(sign_in, organizer, project):
    page = submit(
        sign_in(organizer),
        f"/projects/{project.slug}/town-halls/new",
        form_id="town-hall",
        title="Lantern Street",
        starts_at="2037-07-20T18:30",
        ends_at="2037-07-20T20:00",
        timezone="America/Detroit",
        location="Library",
        needs_until="2037-07-17T18:30",
        agenda="10 Welcome\n80 What would you try first?",
        status="published",
    )
    hall = db.session.query(TownHall).one()
    assert (hall.status, hall.starts_at.isoformat()) == ("published", "2037-07-20T22:30:00+00:00")
    assert [(item.minutes, item.title) for item in queries.get_town_hall(organizer, hall.id).agenda] == [
        (10, "Welcome"),
        (80, "What would you try first?"),
    ]
    assert re.search(r"July 20, 2037, 6:30\sPM", page.text)
    assert "Eastern Daylight Time" in page.text


def test_a_form_with_a_mistake_keeps_what_was_typed(sign_in, organizer, project):
    page = submit(
        sign_in(organizer),
        f"/projects/{project.slug}/town-halls/new",
        form_id="town-hall",
        title="Lantern Street",
        starts_at="2037-03-08T02:30",
        timezone="America/Detroit",
        location="Library",
    )
    assert "Lantern Street" in page.text
    assert "there is no 02:30 that day" in page.text
    assert db.session.query(TownHall).count() == 0


def test_a_draft_is_published_by_its_button(sign_in, organizer, project):
    hall = make_town_hall(project, status="draft")
    press(sign_in(organizer), f"/town-halls/{hall.id}", f"/town-halls/{hall.id}/publish")
    assert queries.get_town_hall(organizer, hall.id).thread is not None


def test_a_meeting_is_changed_and_cancelled(sign_in, organizer, project, client):
    hall = make_town_hall(project)
    submit(sign_in(organizer), f"/town-halls/{hall.id}/edit", form_id="town-hall", location="Church")
    submit(sign_in(organizer), f"/town-halls/{hall.id}/cancel", form_id="cancel", reason="Rain.")
    page = client.get(f"/town-halls/{hall.id}").text
    assert "Church" in page
    assert "Rain." in page
    assert 'id="rsvp"' not in page


def test_a_calendar_is_brought_in_by_upload(sign_in, organizer, project, shared):
    browser, url = sign_in(organizer), f"/projects/{project.slug}/town-halls/import"
    path = shared / "data/calendars/great-lakes-water-authority.ics"
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.get(url).text)[1]
    with path.open("rb") as file:
        page = browser.post(url, data={"file": (file, "a.ics"), "csrf_token": token}, follow_redirects=True)
    assert "7 meetings are new; 0 have changed; 0 are as they were." in page.text


# --- answering ---


def test_a_resident_answers_and_sees_where_they_stand(sign_in, resident, project):
    hall = make_town_hall(project, capacity=3)
    page = submit(sign_in(resident), f"/town-halls/{hall.id}", answer="going", party_size="2")
    assert "You are coming, 2 people." in page.text
    assert "2 of 3 seats taken" in page.text


def test_a_place_on_the_waiting_list_is_told(sign_in, resident, project):
    hall = make_town_hall(project, capacity=1)
    make_rsvp(hall, make_user())
    make_rsvp(hall, make_user(), "waitlisted")
    page = submit(sign_in(resident), f"/town-halls/{hall.id}", answer="going")
    assert "You are number 2 on the waiting list." in page.text
    page = press(sign_in(resident), f"/town-halls/{hall.id}", f"/town-halls/{hall.id}/rsvp/cancel")
    assert "You are number 2" not in page.text


def test_too_many_for_the_room_is_said_beside_the_field(sign_in, resident, project):
    hall = make_town_hall(project, capacity=3)
    page = submit(sign_in(resident), f"/town-halls/{hall.id}", answer="going", party_size="4")
    assert page.status_code == 422
    assert "From 1 to 3 people." in page.text


def test_the_way_in_online_is_shown_to_those_who_come_when_it_opens(sign_in, client, resident, project):
    soon = now() + timedelta(minutes=8)
    open_, later = (
        make_town_hall(project, mode="online", online_url="https://meet.example/secret", starts_at=at)
        for at in (soon, now() + timedelta(hours=1))
    )
    for hall in (open_, later):
        make_rsvp(hall, resident, mode="online")
    stranger = make_user()
    who = {"resident": sign_in(resident), "stranger": sign_in(stranger), "guest": client}
    shown = {
        (name, hall is open_)
        for name, browser in who.items()
        for hall in (open_, later)
        for page in ("", "/room", "/minutes", ".ics")
        if "meet.example" in browser.get(f"/town-halls/{hall.id}{page}").text
    }
    assert shown == {("resident", True)}


# --- needs ---


def test_a_need_is_settled_and_its_person_sees_the_answer(sign_in, organizer, resident, project):
    hall = make_town_hall(project)
    actions.rsvp(resident, hall.id, "going", needs=[NeedWish("childcare", "two girls")])
    need = db.session.query(Need).one()
    submit(
        sign_in(organizer),
        f"/town-halls/{hall.id}/needs",
        **{f"need{need.id}-state": "confirmed", f"need{need.id}-reply": "Ms. Ortiz, room 3"},
    )
    assert "Ms. Ortiz, room 3" in sign_in(resident).get(f"/town-halls/{hall.id}").text
    assert "two girls" not in sign_in(make_user()).get(f"/town-halls/{hall.id}").text


def test_small_numbers_of_needs_are_not_public(client, project):
    hall = make_town_hall(project)
    for count in range(1, 7):
        person = make_user()
        actions.rsvp(person, hall.id, "going", needs=[NeedWish("food")])
        asked = f"{count} things were asked for"
        assert (asked in client.get(f"/town-halls/{hall.id}").text) == (count >= 5)


@pytest.mark.parametrize("path", ["door", "needs", "people", "people.csv", "edit", "cancel", "minutes/edit"])
def test_the_back_rooms_are_for_those_who_run_the_meeting(sign_in, client, resident, project, path):
    hall = make_town_hall(project, starts_at=now() - timedelta(minutes=5))
    row = make_rsvp(hall, make_user(name="Zebedee Quill"))
    assert row.name == "Zebedee Quill"
    assert client.get(f"/town-halls/{hall.id}/{path}").status_code in (302, 401)
    page = sign_in(resident).get(f"/town-halls/{hall.id}/{path}")
    assert page.status_code == 403
    assert "Zebedee" not in page.text


# --- the door ---


@pytest.fixture
def tonight(project):
    return make_town_hall(project, starts_at=now() + timedelta(minutes=30))


def test_a_helper_finds_a_name_and_lets_them_in(sign_in, tonight, project):
    helper = make_user()
    join(project, helper, "steward")
    row, _other = make_rsvp(tonight, make_user(name="Tomás Rivera")), make_rsvp(tonight, make_user(name="Bo"))
    found = sign_in(helper).get(f"/town-halls/{tonight.id}/door?q=tomas").text
    assert "Tomás Rivera" in found
    assert ">Bo<" not in found
    page = press(
        sign_in(helper), f"/town-halls/{tonight.id}/door", f"/town-halls/{tonight.id}/door/people/{row.id}"
    )
    assert "1 here; 2 said they come." in page.text
    check_in = db.session.query(CheckIn).one()
    page = press(
        sign_in(helper),
        f"/town-halls/{tonight.id}/door",
        f"/town-halls/{tonight.id}/door/{check_in.id}/undo",
    )
    assert "0 here; 2 said they come." in page.text


def test_a_walk_in_and_a_code(sign_in, organizer, tonight):
    row = make_rsvp(tonight, make_user(name="Ana"))
    url = f"/town-halls/{tonight.id}/door"
    submit(sign_in(organizer), url, form_id="walk-in", name="Bernice", party_size="2")
    page = submit(sign_in(organizer), url, form_id="by-code", code=row.code.lower())
    assert "Ana is here." in page.text
    assert "3 here; 1 said they come. 2 came without saying so before." in page.text


def test_the_list_is_exported_without_needs_and_without_formulas(sign_in, organizer, project):
    hall = make_town_hall(project)
    person = make_user(name="=HYPERLINK(1)")
    actions.rsvp(person, hall.id, "going", needs=[NeedWish("food")])
    url = f"/town-halls/{hall.id}/people.csv"
    plain, full = sign_in(organizer).get(url), sign_in(organizer).get(f"{url}?needs=1")
    code = db.session.query(Rsvp).one().code
    assert plain.get_data(as_text=True).splitlines() == [
        "\ufeffname,people,answer,way,code,here",
        f"'=HYPERLINK(1),1,going,in_person,{code},",
    ]
    assert "food (requested)" in full.text
    helper = make_user()
    join(project, helper, "steward")
    assert sign_in(helper).get(url).status_code == 403


# --- the summary ---


def test_a_summary_is_written_and_read_and_keeps_its_versions(sign_in, client, organizer, project):
    hall = make_town_hall(project, starts_at=now() - timedelta(days=1))
    url = f"/town-halls/{hall.id}/minutes"
    refused = submit(
        sign_in(organizer),
        f"{url}/edit",
        form_id="summary",
        body="We met.",
        **{"decisions-0-text": "A bench"},
    )
    assert "Each decision needs somebody who does it" in refused.text
    made = {"decisions-0-text": "A bench", "decisions-0-owner": "City", "decisions-0-due_on": "2037-01-15"}
    submit(sign_in(organizer), f"{url}/edit", form_id="summary", body="We **met**.", **made)
    submit(sign_in(organizer), f"{url}/edit", form_id="summary", body="We met again.")
    assert [row.version for row in db.session.query(Summary)] == [1, 2]
    page = client.get(url).text
    assert "We met again." in page
    assert "A bench" in page
    assert "due January 15, 2037" in page
    assert "<strong>met</strong>" in client.get(f"{url}?version=1").text


# --- calendars ---


def events(response):
    return Calendar.from_ical(response.data).events


def test_calendars_hold_what_is_public_and_keep_what_was_cancelled(client, organizer, project, sign_in):
    open_ = make_town_hall(project, title="Open; with, marks\\")
    gone = make_town_hall(project, title="Gone", status="cancelled", cancel_reason="Rain.")
    make_town_hall(project, status="draft", title="Draft")
    closed = make_project(organizer, visibility="members")
    make_town_hall(closed, title="Closed")
    for url in ("/calendar.ics", f"/projects/{project.slug}/calendar.ics"):
        found = {(str(e["summary"]), str(e["status"]), str(e["uid"])) for e in events(client.get(url))}
        assert found == {
            ("Open; with, marks\\", "CONFIRMED", open_.uid),
            ("Gone", "CANCELLED", gone.uid),
        }
    assert client.get(f"/projects/{closed.slug}/calendar.ics").status_code == 404
    mine = sign_in(organizer).get(f"/projects/{closed.slug}/calendar.ics")
    assert [str(e["summary"]) for e in events(mine)] == ["Closed"]


def test_a_personal_calendar_needs_its_address_which_can_be_renewed(sign_in, client, resident, project):
    hall, _other = make_town_hall(project), make_town_hall(project)
    make_rsvp(hall, resident)
    page = sign_in(resident).get("/town-halls").text
    address = re.search(r"/my/[^\"]+\.ics", page)[0]
    assert [str(e["uid"]) for e in events(client.get(address))] == [hall.uid]
    press(sign_in(resident), "/town-halls", "/my/calendar/renew")
    assert client.get(address).status_code == 404
    assert client.get("/my/WzEsMV0.forged.ics").status_code == 404


def test_the_poster_leads_to_the_page(client, project):
    hall = make_town_hall(project)
    assert "Main Library" in client.get(f"/town-halls/{hall.id}/poster").text
    code = client.get(f"/town-halls/{hall.id}/code.svg")
    assert (code.mimetype, code.data[:5]) == ("image/svg+xml", b"<?xml")


# --- cost ---


def filled(project, people):
    hall = make_town_hall(project, starts_at=now() + timedelta(minutes=30))
    for _person in range(people):
        row = make_rsvp(hall, make_user())
        with_need = Need(rsvp_id=row.id, kind="food")
        save(with_need, CheckIn(town_hall_id=hall.id, rsvp_id=row.id, nonce=f"n{row.id}"))
    return hall


@pytest.mark.parametrize(("path", "most"), [("door", 20), ("people", 20), ("needs", 20), ("people.csv", 20)])
def test_thirty_people_cost_as_many_questions_as_one(sign_in, organizer, project, count_queries, path, most):
    totals = []
    browser = sign_in(organizer)
    for people in (1, 30):
        hall = filled(project, people)
        with count_queries() as count:
            assert browser.get(f"/town-halls/{hall.id}/{path}").status_code == 200
        totals.append(count.total)
    assert totals[0] == totals[1] <= most


@pytest.mark.parametrize("url", ["/town-halls", "/calendar.ics", "/api/v1/town-halls"])
def test_thirty_meetings_cost_as_many_questions_as_one(client, project, count_queries, url):
    totals = []
    for more in (1, 14):
        for _meeting in range(more):
            make_town_hall(project)
        with count_queries() as count:
            assert client.get(url).status_code == 200
        totals.append(count.total)
    assert totals[0] == totals[1] <= 14
