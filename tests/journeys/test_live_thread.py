"""Two neighbours in one thread, in real browsers: what one writes, the other reads, without a reload."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def ana(server):
    return server.make_user(name="Ana Ruiz")


@pytest.fixture
def ben(server):
    return server.make_user(name="Ben Okafor")


@pytest.fixture
def thread(server, ana):
    return server.start_thread(server.make_project(), ana)


@pytest.fixture
def open_thread(server, new_page, thread):
    """``open_thread(person=None)``: a page of the thread, live, in a browser of its own."""

    def open_page(person=None, **options):
        page = new_page(**options)
        if person is not None:
            server.sign_in(page, person)
        page.goto(server.thread_url(thread))
        # The number of people here comes over the socket: the page is live once it is there.
        page.wait_for_selector("[data-viewers]:not([hidden])", state="attached")
        return page

    return open_page


def bodies(page) -> list[str]:
    """The words of the comments on the page, in order."""
    return page.locator("article.post .post-body").all_inner_texts()


def say(page, words: str) -> None:
    page.fill("#reply [name=body]", words)
    page.click("#reply button[data-kind=primary]")


def test_what_one_neighbour_writes_the_other_reads_without_a_reload(open_thread, ana, ben):
    first, second, guest = open_thread(ana), open_thread(ben), open_thread()
    say(second, "The bus comes *late*.")
    for page in (first, second, guest):
        expect(page.locator("article#post-2 .post-body em")).to_have_text("late")
        expect(page.locator("article.post")).to_have_count(2)
        expect(page.locator("[data-post-count]")).to_have_text("2 comments")
    expect(second.locator("#reply [name=body]")).to_have_value("")
    assert second.locator("article#post-2").get_attribute("data-mine") == ""
    assert first.locator("article#post-2").get_attribute("data-mine") is None


def test_one_sees_what_one_just_said_above_the_box(open_thread, server, ana, ben, thread):
    for number in range(8):
        server.post(thread, ana, f"Comment {number}.")
    writer = open_thread(ben)
    say(writer, "And mine, of\n\nthree\n\nparagraphs.")
    expect(writer.locator("article#post-10")).to_be_visible()
    said, box = (writer.locator(each).bounding_box() for each in ("article#post-10", "form#reply"))
    assert said["y"] + said["height"] <= box["y"]


def test_three_comments_written_offline_are_published_once_each_and_in_order(open_thread, ana, ben):
    writer, reader = open_thread(ana), open_thread(ben)
    writer.context.set_offline(True)
    expect(writer.locator("[data-offline]")).to_be_visible()
    for words in ("One.", "Two.", "Three."):
        say(writer, words)
    expect(writer.locator("[data-pending]")).to_have_count(3)
    assert bodies(reader) == ["The first words."]
    writer.context.set_offline(False)
    for page in (reader, writer):
        expect(page.locator("article#post-4")).to_be_visible(timeout=20_000)
        expect(page.locator("[data-pending]")).to_have_count(0)
        assert bodies(page) == ["The first words.", "One.", "Two.", "Three."]
    expect(writer.locator("[data-offline]")).to_be_hidden()
    writer.reload()
    assert bodies(writer) == ["The first words.", "One.", "Two.", "Three."]


def test_who_was_offline_catches_up(open_thread, server, ana, ben, thread):
    reader = open_thread(ben)
    reader.context.set_offline(True)
    missed = server.post(thread, ana, "You missed this.")
    server.post(thread, ana, "And this.")
    server.call("DELETE", f"/posts/{missed['id']}", ana)
    reader.context.set_offline(False)
    expect(reader.locator("article#post-3")).to_be_visible(timeout=20_000)
    expect(reader.locator("article#post-2")).to_have_attribute("data-state", "withdrawn")
    assert "You missed this." not in reader.content()


def test_a_comment_that_waits_survives_a_closed_tab(open_thread, ana, server, thread):
    writer = open_thread(ana)
    writer.context.set_offline(True)
    say(writer, "Sent from the bus.")
    expect(writer.locator("[data-pending]")).to_have_count(1)
    context = writer.context
    writer.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(server.thread_url(thread))
    expect(again.locator("article#post-2 .post-body")).to_have_text("Sent from the bus.")
    expect(again.locator("[data-pending]")).to_have_count(0)


def test_half_written_words_survive_a_closed_tab(open_thread, ana, server, thread):
    writer = open_thread(ana)
    writer.fill("#reply [name=body]", "Half a thou")
    context = writer.context
    writer.close()
    again = context.new_page()
    again.goto(server.thread_url(thread))
    expect(again.locator("#reply [name=body]")).to_have_value("Half a thou")


def test_an_edit_and_a_tombstone_replace_the_comment_in_place(open_thread, server, ana, ben, thread):
    post = server.post(thread, ana, "As it was.")
    reader = open_thread(ben)
    server.call("PATCH", f"/posts/{post['id']}", ana, {"body": "As it is.", "revision": 1})
    expect(reader.locator("article#post-2 .post-body")).to_have_text("As it is.")
    server.call("DELETE", f"/posts/{post['id']}", ana)
    expect(reader.locator("article#post-2")).to_have_attribute("data-state", "withdrawn")
    assert "As it is." not in reader.content()


def test_who_reads_above_is_not_moved_and_finds_what_is_new_behind_the_pill(
    open_thread, server, ana, ben, thread
):
    for n in range(2, 30):
        server.post(thread, ana, f"Comment {n}. " + "Words that fill some lines. " * 12)
    reader = open_thread(ben)
    reader.evaluate("scrollTo(0, 900)")
    top = reader.locator("article#post-6").bounding_box()["y"]
    server.post(thread, ana, "New and below.")
    server.call(
        "PATCH",
        f"/posts/{reader.locator('#post-2').get_attribute('data-post-id')}",
        ana,
        {"body": "Much longer now. " * 80, "revision": 1},
    )
    expect(reader.locator("[data-new-pill]")).to_have_text("1 new comment")
    expect(reader.locator("article#post-2")).to_contain_text("Much longer now.")
    assert abs(reader.locator("article#post-6").bounding_box()["y"] - top) <= 2
    reader.click("[data-new-pill]")
    expect(reader.locator("article#post-30")).to_be_in_viewport()
    expect(reader.locator("[data-new-pill]")).to_be_hidden()


def test_who_reads_at_the_end_sees_what_is_new_at_once(open_thread, server, ana, ben, thread):
    reader = open_thread(ben)
    server.post(thread, ana, "Right here.")
    expect(reader.locator("article#post-2")).to_be_in_viewport()
    expect(reader.locator("[data-new-pill]")).to_be_hidden()


def test_a_refused_comment_stays_with_its_reason(open_thread, server, ana, ben, thread):
    from civicforum.accounts.models import SYSTEM
    from civicforum.discussions import actions

    writer = open_thread(ben)
    writer.fill("#reply [name=body]", "Too late?")
    with server.database():
        actions.close_thread(SYSTEM, thread["id"], "It is settled.")
    expect(writer.locator("[data-announce]")).to_have_text("This thread was closed just now.")
    writer.click("#reply button[data-kind=primary]")
    expect(writer.locator("[data-pending-state]")).to_contain_text("This thread is closed.")
    writer.click("[data-pending-back]")
    expect(writer.locator("#reply [name=body]")).to_have_value("Too late?")
    expect(writer.locator("[data-pending]")).to_have_count(0)


def test_a_page_that_is_open_offers_no_reply_once_the_project_is_over(open_thread, server, ben, thread):
    from civicforum.accounts.models import SYSTEM
    from civicforum.db import db
    from civicforum.discussions.models import Thread
    from civicforum.partnerships import actions

    reader = open_thread(ben)
    expect(reader.locator("article#post-1 [data-reply-to]")).to_have_count(1)
    with server.database():
        actions.edit_project(SYSTEM, db.session.get_one(Thread, thread["id"]).project, status="completed")
    expect(reader.locator("article#post-1 [data-reply-to]")).to_have_count(0)
    expect(reader.locator("#reply")).to_have_count(0)


def test_support_is_given_and_counted_live(open_thread, server, ana, ben, thread):
    reader, author = open_thread(ben), open_thread(ana)
    support = "article#post-1 button[data-react=support]"
    reader.click(support)
    expect(reader.locator(support)).to_have_attribute("aria-pressed", "true")
    expect(reader.locator("article#post-1 [data-count]")).to_have_text("1")
    expect(author.locator("article#post-1 [data-react=support]")).to_have_text("1 supports this")
    reader.reload()
    expect(reader.locator(support)).to_have_attribute("aria-pressed", "true")


def test_words_that_try_to_be_a_program_stay_words(open_thread, server, ana, ben, thread):
    reader = open_thread(ben)
    evil = "<img src=x onerror='window.PWNED=1'><script>window.PWNED=1</script> [x](javascript:PWNED=1)"
    server.post(thread, ana, evil)
    expect(reader.locator("article#post-2")).to_contain_text("onerror")
    assert reader.evaluate("window.PWNED") is None


def test_the_number_of_people_here_is_shown(open_thread, ana):
    first = open_thread(ana)
    expect(first.locator("[data-viewers]")).to_have_text(re.compile("1 here"))
    open_thread()
    expect(first.locator("[data-viewers]")).to_have_text(re.compile("2 here"))


def test_without_scripts_a_comment_is_written_and_read(server, new_page, ana, thread):
    page = new_page(java_script_enabled=False)
    page.goto(f"{server.base_url}/sign-in")
    page.fill("#sign-in [name=email]", ana.email)
    page.fill("#sign-in [name=password]", ana.password)
    page.click("#sign-in button[data-kind=primary]")
    page.goto(server.thread_url(thread))
    say(page, "Written on an old phone.")
    expect(page.locator("article#post-2 .post-body")).to_have_text("Written on an old phone.")
