"""What is said in a closed project is on no page, in no list, feed or answer of anybody outside it."""

import pytest
from factories import (
    join,
    make_organization,
    make_post,
    make_project,
    make_thread,
    make_town_hall,
    make_user,
)

from civicforum.partnerships import actions
from civicforum.voices.queries import voices_of

CANARY = "quetzalcoatl"
GATHERING = (
    "/",
    "/projects",
    "/organizations/mission",
    "/heard",
    "/search?q=quetzal",
    "/town-halls",
    "/calendar.ics",
    "/api/v1/projects",
    "/api/v1/heard",
)


@pytest.fixture
def closed(app):
    """A closed project with the canary in everything that is said of it and in it."""
    organizer = make_user(name="Olga")
    project = make_project(
        organizer,
        make_organization(slug="mission"),
        slug="closed",
        visibility="members",
        title=f"T {CANARY}",
        summary=f"S {CANARY}",
        vision=f"V {CANARY}",
    )
    thread = make_thread(project, organizer, title=f"Thread {CANARY}")
    post = make_post(thread, organizer, f"Words {CANARY}")
    make_town_hall(project, title=f"Meeting {CANARY}", summary=CANARY)
    actions.publish_update(organizer, project, f"News {CANARY}", CANARY)
    return project, voices_of("post", [post.id])[post.id].number


@pytest.mark.parametrize("path", GATHERING)
def test_nobody_outside_reads_of_it(client, sign_in, closed, path):
    assert client.get(path).status_code == 200
    for browser in (client, sign_in(make_user()), sign_in(make_user("moderator"))):
        assert CANARY not in browser.get(path).text


@pytest.mark.parametrize("path", GATHERING[:-3])
def test_its_members_do(sign_in, closed, path):
    member = make_user()
    join(closed[0], member)
    assert CANARY in sign_in(member).get(path).text


@pytest.mark.parametrize(
    "path",
    [
        "/projects/closed",
        "/heard?project=closed",
        "/receipts/{number}",
        "/api/v1/projects/closed",
        "/api/v1/heard?project=closed",
        "/api/v1/receipts/{number}",
    ],
)
def test_its_own_addresses_are_not_found(client, sign_in, closed, path):
    address = path.format(number=closed[1])
    member = make_user()
    join(closed[0], member)
    assert sign_in(member).get(address).status_code == 200
    for browser in (client, sign_in(make_user()), sign_in(make_user("moderator"))):
        page = browser.get(address)
        assert (page.status_code, CANARY in page.text) == (404, False)


def test_a_member_who_left_reads_no_more(sign_in, closed):
    member = make_user()
    membership = join(closed[0], member)
    browser = sign_in(member)
    assert CANARY in browser.get("/heard").text
    actions.remove_member(member, membership)
    assert CANARY not in browser.get("/heard").text
    assert browser.get("/feeds/projects/closed.atom").status_code == 404
