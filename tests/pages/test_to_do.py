"""'To do today': what waits for those who set up, run meetings and moderate; nobody else reads of it."""

from datetime import timedelta

import pytest
from factories import (
    make_agreement,
    make_post,
    make_project,
    make_rsvp,
    make_thread,
    make_town_hall,
    make_user,
    save,
)

from civicforum.accounts.models import Guest
from civicforum.db import now
from civicforum.moderation.actions import flag_post
from civicforum.pages.queries import list_to_do
from civicforum.townhalls.models import Need, Summary


def kinds(viewer):
    return [(task.kind, task.count) for task in list_to_do(viewer)]


@pytest.fixture
def meeting(app):
    """A meeting to come, with an organizer, where one of two needs is settled."""
    organizer = make_user()
    town_hall = make_town_hall(make_project(organizer))
    rsvp = make_rsvp(town_hall, make_user())
    save(Need(rsvp_id=rsvp.id, kind="childcare"))
    save(Need(rsvp_id=rsvp.id, kind="captions", state="confirmed"))
    return town_hall, organizer, rsvp


def test_an_access_need_waits_for_whoever_runs_the_meeting(meeting):
    _town_hall, organizer, rsvp = meeting
    elsewhere = make_user()
    make_project(elsewhere)
    assert kinds(organizer) == [("needs", 1)]
    assert kinds(make_user("organizer")) == [("needs", 1)]
    assert kinds(elsewhere) == kinds(rsvp.user) == kinds(Guest()) == []


def test_a_meeting_that_is_over_waits_for_its_summary(app):
    organizer = make_user()
    day_ago = now() - timedelta(days=1)
    town_hall = make_town_hall(
        make_project(organizer), starts_at=day_ago, ends_at=day_ago + timedelta(hours=1)
    )
    assert kinds(organizer) == [("summary", 1)]
    save(Summary(town_hall_id=town_hall.id, version=1, body="Good.", html="", attendance=2))
    assert kinds(organizer) == []


def test_a_flag_waits_for_moderators(app):
    make_agreement()
    project = make_project(make_user())
    post = make_post(make_thread(project, make_user()), make_user())
    flag_post(make_user(), post.id, 2, "")
    assert kinds(make_user("moderator")) == [("moderation", 1)]
    assert kinds(make_user()) == []


def test_an_unfinished_set_up_waits_for_administrators(app):
    administrator = make_user("administrator")
    assert kinds(administrator) == [("set_up", 1)]
    make_town_hall(make_project(make_user()))
    assert kinds(administrator) == []


def test_the_front_page_leads_to_the_need(meeting, sign_in):
    town_hall, organizer, rsvp = meeting
    address = f"/town-halls/{town_hall.id}/needs"
    assert address in sign_in(organizer).get("/").text
    assert address not in sign_in(rsvp.user).get("/").text


@pytest.mark.parametrize("path", ["/", "/projects/here"])
def test_who_has_answered_is_not_asked_again(app, sign_in, path):
    town_hall = make_town_hall(make_project(make_user(), slug="here"))
    coming, cancelled = make_user(), make_user()
    make_rsvp(town_hall, coming)
    make_rsvp(town_hall, cancelled, "cancelled")
    page = sign_in(coming).get(path).text
    assert ("You are coming." in page, "I’m coming" in page) == (True, False)
    assert "I’m coming" in sign_in(cancelled).get(path).text
