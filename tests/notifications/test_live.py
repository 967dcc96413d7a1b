"""The number beside "Inbox", live: with the real client and a real browser, against the real server."""

import re

import pytest
import requests
from playwright.sync_api import expect
from running import Listener


@pytest.fixture
def ana(server):
    return server.make_user()


def reply_to(server, ana):
    """Somebody answers Ana in a thread of hers."""
    thread = server.start_thread(server.make_project(), ana)
    first = server.call("GET", f"/threads/{thread['id']}/posts").json()["items"][0]
    answer = server.call(
        "POST",
        f"/threads/{thread['id']}/posts",
        server.make_user(),
        {"body": "I saw it, too.", "reply_to": first["id"]},
    )
    assert answer.status_code == 201


def unread(told) -> list[int]:
    return [payload["unread"] for payload in told.told["inbox"]]


def test_an_answer_rings_at_the_persons_own_sockets_alone(server, listener, ana):
    phone, laptop, other = listener(ana), listener(ana), listener(server.make_user())
    guest = listener()
    reply_to(server, ana)
    for device in (phone, laptop):
        device.wait_for(lambda device=device: unread(device)[-1:] == [1])
    assert [count for count in unread(other) if count] == []
    assert unread(guest) == []


def test_what_another_process_wrote_is_told_by_the_pulse(server, listener, ana):
    from factories import save

    from civicforum.notifications.models import Notification

    phone = listener(ana)
    with server.database():
        save(Notification(user_id=ana.id, reason="reply", kind="post", object_id=1))
    phone.wait_for(lambda: unread(phone)[-1:] == [1])


def test_a_socket_ends_with_the_session_it_came_from(server, ana):
    session = requests.Session()
    page = session.get(f"{server.base_url}/sign-in").text
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1]
    fields = {"email": ana.email, "password": ana.password, "csrf_token": token}
    session.post(f"{server.base_url}/sign-in", data=fields)
    cookie = "; ".join(f"{name}={value}" for name, value in session.cookies.items())
    device = Listener()
    device.client.connect(server.base_url, headers={"Cookie": cookie}, transports=["websocket"])
    device.wait_for(lambda: device.told["inbox"])
    page = session.get(f"{server.base_url}/settings").text
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)[1]
    session.post(f"{server.base_url}/sign-out", data={"csrf_token": token})
    device.wait_for(lambda: device.is_cut, seconds=4)


def test_the_number_on_an_open_page_follows_without_a_reload(server, new_page, ana):
    page = new_page()
    server.sign_in(page, ana)
    badge = page.locator(".masthead [data-unread] [aria-hidden]").first
    expect(badge).to_have_count(0)
    reply_to(server, ana)
    expect(badge).to_have_text("1")
    page.goto(f"{server.base_url}/inbox")
    page.get_by_role("button", name="Mark all as read").click()
    expect(badge).to_have_count(0)


def test_following_a_message_marks_it_read(server, new_page, ana):
    page = new_page()
    server.sign_in(page, ana)
    reply_to(server, ana)
    page.goto(f"{server.base_url}/inbox")
    page.locator("[data-module=inbox] a").first.click()
    page.wait_for_url("**/threads/**")
    expect(page.locator(".masthead [data-unread] [aria-hidden]").first).to_have_count(0)
