"""Everything a resident needs works without JavaScript: sign up, speak, come, stay away."""

import email
import email.policy
import re
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import factories
from running import Server

from civicforum.db import now
from civicforum.partnerships.queries import get_project

MAIL_SECONDS = 15


def link_mailed_to(server: Server, address: str) -> str:
    """The first address in the latest mail to ``address``, once it has come."""
    deadline = time.monotonic() + MAIL_SECONDS
    while time.monotonic() < deadline:
        for path in sorted((server.folder / "mail").glob("*.eml"), key=lambda path: -path.stat().st_mtime):
            message = email.message_from_bytes(Path(path).read_bytes(), policy=email.policy.default)
            if address in str(message["To"]):
                body = message.get_body(("plain",))
                assert body is not None
                found = re.search(r"http://\S+", body.get_content())
                assert found is not None
                return found.group(0)
        time.sleep(0.1)
    raise AssertionError(f"No mail came to {address} within {MAIL_SECONDS} s")


def make_meeting(server: Server, slug: str) -> int:
    from civicforum.accounts.models import SYSTEM

    with server.database():
        project = get_project(SYSTEM, slug)
        return factories.make_town_hall(project, title="Coffee hour", starts_at=now() + timedelta(days=3)).id


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def main_of(page: Any) -> str:
    return page.locator("main").inner_text()


def test_a_resident_needs_no_script(server: Server, new_page: Callable[..., Any]) -> None:
    organizer = server.make_user()
    slug = server.make_project(organizer)
    thread = server.start_thread(slug, organizer)
    meeting = make_meeting(server, slug)
    page = new_page(java_script_enabled=False, viewport={"width": 390, "height": 844})

    page.goto(f"{server.base_url}/sign-up")
    page.get_by_role("textbox", name="Your name").fill("Rosa Diaz")
    page.get_by_role("textbox", name="E-mail address").fill("rosa@example.org")
    page.get_by_label("Password").fill("a few words in a row")
    page.get_by_role("checkbox").check()
    press(page, "Make my account")
    page.goto(link_mailed_to(server, "rosa@example.org"))
    press(page, "Yes, that is me")
    assert "Welcome, Rosa Diaz." in main_of(page)

    page.goto(server.thread_url(thread))
    page.locator("main textarea").first.fill("The benches are wet.")
    press(page, "Send")
    assert "The benches are wet." in main_of(page)
    assert page.locator("main textarea").first.input_value() == ""

    page.goto(f"{server.base_url}/town-halls/{meeting}")
    page.get_by_text("Do you need something to take part?").click()
    page.get_by_role("checkbox", name="Childcare").check()
    press(page, "Send my answer")
    assert "You are coming." in main_of(page)
    assert "Asked for. A person will answer you." in main_of(page)

    page.goto(f"{server.base_url}/projects/{slug}")
    assert "You are coming." in main_of(page)
    assert page.get_by_role("link", name="I’m coming").count() == 0

    page.goto(f"{server.base_url}/town-halls/{meeting}")
    page.get_by_text("Change your answer").click()
    press(page, "Cancel my answer")
    page.goto(f"{server.base_url}/projects/{slug}")
    assert page.get_by_role("link", name="I’m coming").count() == 1


def test_a_guest_comes_and_stays_away_by_mail_alone(server: Server, new_page: Callable[..., Any]) -> None:
    slug = server.make_project(server.make_user())
    meeting = make_meeting(server, slug)
    page = new_page(java_script_enabled=False)
    page.goto(f"{server.base_url}/town-halls/{meeting}")
    page.get_by_role("textbox", name="Your name").fill("Tom Old")
    page.get_by_role("textbox", name="Your e-mail address").fill("tom@example.org")
    press(page, "Send my answer")
    assert "only then is your seat kept" in main_of(page)

    page.goto(link_mailed_to(server, "tom@example.org"))
    press(page, "Yes, I’m coming")
    assert "You are coming." in main_of(page)
    press(page, "I can’t come")
    assert "You are coming." not in main_of(page)
