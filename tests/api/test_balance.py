"""Who is heard over the API, and making room, which stands in the public log."""

import pytest
from browser import press, submit
from factories import make_post, make_project, make_thread, make_user

from civicforum.moderation.queries import list_log, verify_log


@pytest.fixture
def organizer(app):
    return make_user("organizer")


@pytest.fixture
def thread(app):
    return make_thread(make_project())


ROOM = {"hours": 3, "minutes": 15, "reason": "Others wait."}


def test_a_few_people_are_counted_and_nothing_more_is_told(client, thread):
    make_post(thread, make_user())
    told = client.get(f"/api/v1/threads/{thread.id}/balance").json
    assert (told.pop("people"), told.pop("posts")) == (1, 1)
    assert set(told.values()) == {None}


def test_room_is_made_and_ended_on_the_record(client, token_for, organizer, thread):
    path, headers = f"/api/v1/threads/{thread.id}/make-room", token_for(organizer)
    made = client.put(path, json=ROOM, headers=headers)
    assert made.status_code == 200
    told = made.json["make_room"]
    assert (told["minutes"], told["reason"], told["role"]) == (15, "Others wait.", "organizer")
    ended = client.delete(path, headers=headers)
    assert (ended.status_code, ended.json["make_room"]) == (200, None)
    lines = [(line.action, line.target, line.actor_role, line.case_id) for line in list_log(None, 10).items]
    place = f"thread:{thread.id}"
    assert lines == [("end_room", place, "organizer", None), ("make_room", place, "organizer", None)]
    assert verify_log() == (2, None)
    page = client.get("/moderation/log").text
    assert "Room made for others" in page
    assert "by: an organizer" in page


def test_the_log_does_not_tell_of_a_closed_projects_thread(client, token_for, organizer):
    closed = make_thread(make_project(visibility="members"))
    client.put(f"/api/v1/threads/{closed.id}/make-room", json=ROOM, headers=token_for(organizer))
    (line,) = list_log(None, 10).items
    assert (line.target, line.place) == ("thread", "members-only project")


def test_room_is_made_on_the_page(sign_in, organizer, thread):

    browser = sign_in(organizer)
    assert submit(browser, f"/threads/{thread.id}/room", reason="").status_code == 422
    submit(browser, f"/threads/{thread.id}/room", reason="Others wait.")
    page = press(browser, f"/threads/{thread.id}", f"/threads/{thread.id}/room/end")
    assert "Everybody writes as always again." in page.text


def test_who_does_not_run_the_talk_is_refused(client, token_for, thread):
    headers = token_for(make_user())
    path = f"/api/v1/threads/{thread.id}/make-room"
    assert client.put(path, json=ROOM, headers=headers).status_code == 403
    assert client.delete(path, headers=headers).status_code == 403


def test_a_project_tells_each_thread(client, thread):
    slug = thread.project.slug
    told = client.get(f"/api/v1/projects/{slug}/balance").json
    assert [row["thread_id"] for row in told["threads"]] == [thread.id]
    assert client.get(f"/projects/{slug}/balance").status_code == 200
