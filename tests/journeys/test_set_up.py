"""A town is set up by what stands on the screen: from the front page to the poster, in one sitting."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from running import Server, free_port

CHICAGO = "America/Chicago"


@pytest.fixture
def empty_server(tmp_path: Path) -> Iterator[Server]:
    """A server with nothing in it, not even an administrator."""
    running = Server(tmp_path, free_port()).start()
    yield running
    running.stop()


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def follow(page: Any, name: str) -> None:
    page.get_by_role("link", name=name).first.click()
    page.wait_for_load_state()


def writer(page: Any) -> Callable[[str, str], None]:
    """``write(label, words)`` on this page."""
    return lambda label, words: page.get_by_role("textbox", name=label).fill(words)


def heading(page: Any) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def test_a_town_is_set_up_in_one_sitting(empty_server: Server, new_page: Callable[..., Any]) -> None:
    page = new_page(viewport={"width": 390, "height": 844}, timezone_id=CHICAGO)
    write = writer(page)
    page.goto(empty_server.base_url)

    follow(page, "Set it up: it takes ten minutes")
    expect(page.get_by_label("Time zone of the town")).to_have_value(CHICAGO)
    write("Name of this forum", "Millbrook Listens")
    write("A phone number that somebody answers", "+1 555 0100")
    write("Your name", "Ada Keller")
    write("Your e-mail address", "ada@example.org")
    page.get_by_label("Your password").fill("correct horse battery staple")
    press(page, "Set it up")

    assert heading(page) == "One partner"
    write("Name of the organization", "Millbrook Mediation Centre")
    press(page, "Next: the project")

    assert heading(page) == "One project"
    write("Name of the project", "The station square")
    write("What should be different afterwards?", "Everybody feels safe there.")
    press(page, "Next: a meeting")

    assert heading(page) == "One meeting"
    follow(page, "Call a meeting of The station square")
    write("Name of the meeting", "Coffee on the square")
    page.get_by_role("textbox", name="Place", exact=True).fill("Station hall, door B")
    press(page, "Publish the meeting")

    assert heading(page) == "The poster"
    follow(page, "The poster for Coffee on the square")
    poster = page.locator("main").inner_text()
    for words in ("Coffee on the square", "Station hall, door B", "+1 555 0100"):
        assert words in poster
    code = page.request.get(f"{empty_server.base_url}{page.locator('.poster-code img').get_attribute('src')}")
    assert code.headers["content-type"].startswith("image/")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_interrupted_set_up_goes_on_from_the_front_page(
    empty_server: Server, new_page: Callable[..., Any]
) -> None:
    ada = empty_server.make_user("administrator")
    page = new_page()
    empty_server.sign_in(page, ada)
    page.goto(empty_server.base_url)
    follow(page, "Go on setting up your town")
    assert heading(page) == "One partner"


def test_the_first_administrator_receives_the_first_flag(
    empty_server: Server, new_page: Callable[..., Any]
) -> None:
    page = new_page(timezone_id=CHICAGO)
    write = writer(page)
    page.goto(f"{empty_server.base_url}/set-up")
    write("Name of this forum", "Millbrook Listens")
    write("Your name", "Ada Keller")
    write("Your e-mail address", "ada@example.org")
    page.get_by_label("Your password").fill("correct horse battery staple")
    press(page, "Set it up")

    organizer, rude, neighbor = (empty_server.make_user() for _ in range(3))
    slug = empty_server.make_project(organizer)
    post = empty_server.post(empty_server.start_thread(slug, organizer), rude, "They are all thieves.")
    answer = empty_server.call("POST", f"/posts/{post['id']}/flags", neighbor, {"rule": 2})
    assert answer.status_code == 201, answer.text

    page.goto(empty_server.base_url)
    follow(page, "1 comment waits for a moderator")
    assert "They are all thieves." in page.locator("main").inner_text()
