"""The front page, what was heard, receipts, search, language, feeds and health."""

from datetime import timedelta

import pytest
from browser import submit
from factories import (
    join,
    make_organization,
    make_post,
    make_project,
    make_thread,
    make_town_hall,
    make_user,
    save,
)

from civicforum.accounts.queries import find_user
from civicforum.db import db, now, transaction
from civicforum.discussions.models import Post
from civicforum.partnerships import actions
from civicforum.partnerships.models import Phase
from civicforum.voices.queries import voices_of
from civicforum.web.models import Site

FOUND = ("project", "townhall", "thread", "post", "organization")


def number_of(post):
    return voices_of("post", [post.id])[post.id].number


def put(post, **facts):
    """Change a post as a moderator's action would."""
    with transaction():
        row = db.session.get_one(Post, post.id)
        for name, value in facts.items():
            setattr(row, name, value)


@pytest.fixture
def town(app):
    """A named town with a project, a thread and a comment in it."""
    save(Site(id=1, name="Tarrow Bend", set_up_at=now(), contact_phone="555-0142"))
    project = make_project(make_user(), make_organization(name="Rescue Mission"), title="Evenings")
    thread = make_thread(project, make_user(), title="Where to go at five")
    return project, thread, make_post(thread, make_user(), "The library closes at five.")


# --- the front page ---


def test_guests_see_what_the_town_works_out(client, town):
    page = client.get("/").text
    assert "<h1>What we are working out together</h1>" in page
    assert "Where to go at five" in page
    assert "Evenings" in page
    assert "Rescue Mission" in page


def test_a_new_site_offers_the_set_up(client):
    assert 'href="/set-up"' in client.get("/").text
    make_user("administrator")
    assert 'href="/set-up"' not in client.get("/").text


def test_the_next_meeting_and_what_happens_now_are_on_top(client, town):
    project = town[0]
    make_town_hall(project, title="Coffee hour", starts_at=now() + timedelta(days=2))
    make_town_hall(project, title="Later talk", starts_at=now() + timedelta(days=9))
    make_town_hall(project, title="Going on", starts_at=now() - timedelta(minutes=10))
    make_town_hall(project, title="Unpublished", status="draft")
    page = client.get("/").text
    assert "Happening now" in page
    places = [page.index(title) for title in ("Going on", "Coffee hour", "Later talk")]
    assert places == sorted(places)
    assert "Unpublished" not in page


def test_answers_to_me_are_mine(sign_in, town):
    project = town[0]
    member = make_user()
    join(project, member)
    organizer = find_user(next(m.user_id for m in project.memberships if m.role == "organizer"))
    actions.publish_update(organizer, project, "We start on Monday", "b")
    assert "We start on Monday" in sign_in(member).get("/").text
    assert "Answers to you" not in sign_in(make_user()).get("/").text


@pytest.mark.parametrize("path", ["/", "/heard", *(f"/search?q=words&kind={kind}" for kind in FOUND)])
def test_gathering_pages_cost_the_same_however_much_there_is(client, count_queries, path):
    def fill(number):
        for _ in range(number):
            project = make_project(None, make_organization(about="words"), vision="words")
            thread = make_thread(project, title="words")
            make_post(thread, make_user(), "words")
            make_town_hall(project, title="words")

    def cost():
        with count_queries() as n:
            assert client.get(path).status_code == 200
        return n.total

    fill(1)
    client.get(path)
    small = cost()
    fill(29)
    assert cost() == small
    assert small <= 16


# --- a project's front page ---


def test_a_project_tells_who_decides_where_it_stands_and_who_brings_what(client):
    today = now().date()
    project = make_project(
        None,
        make_organization(name="Rescue Mission"),
        slug="here",
        vision="Nobody **outside**.",
        level="consultation",
        decides="You advise; the City decides by May 1.",
    )
    with transaction():
        project.partners[0].brings = "Forty beds"
    save(
        Phase(
            project_id=project.id,
            title="Listen",
            starts_on=today - timedelta(days=40),
            ends_on=today - timedelta(days=10),
        ),
        Phase(
            project_id=project.id,
            title="Work it out",
            starts_on=today - timedelta(days=9),
            ends_on=today + timedelta(days=9),
        ),
        Phase(project_id=project.id, title="Decide", starts_on=today + timedelta(days=10), ends_on=None),
    )
    page = client.get("/projects/here").text
    for words in (
        "You advise; partners decide",
        "You advise; the City decides by May 1.",
        "Nobody <strong>outside</strong>.",
        "Rescue Mission",
        "Nobody has said anything yet",
    ):
        assert words in page
    assert page.count('aria-current="step"') == 1
    now_at = page.index('aria-current="step"')
    assert page.index("Listen") < now_at < page.index("Work it out") < page.index("Decide")


@pytest.mark.parametrize("number", [1, 15])
def test_a_projects_page_costs_the_same_however_much_there_is(client, count_queries, number):
    organizer = make_user()
    project = make_project(organizer, *[make_organization() for _ in range(number)], slug="here")
    for _ in range(number):
        make_post(make_thread(project, make_user()), make_user())
        make_town_hall(project)
        actions.publish_update(organizer, project, "News", "b")
    client.get("/projects/here")
    with count_queries() as n:
        assert client.get("/projects/here").status_code == 200
    assert n.total == 9


def test_organizers_find_their_tools_and_others_do_not(client, sign_in):
    organizer = make_user()
    make_project(organizer, slug="here")
    assert "/projects/here/edit" in sign_in(organizer).get("/projects/here").text
    assert "/projects/here/edit" not in client.get("/projects/here").text


# --- what was heard ---


def test_heard_counts_every_comment_once_where_it_stands(client, town):
    page = client.get("/heard").text
    assert "1 comment was received." in page
    assert "The library closes at five." in page
    assert f"/receipts/{number_of(town[2])}" in page


def test_heard_can_be_asked_of_one_project(client, town):
    other = make_project(slug="other")
    make_post(make_thread(other), make_user(), "Benches, please.")
    page = client.get("/heard?project=other").text
    assert "Benches, please." in page
    assert "The library closes at five." not in page
    assert client.get("/heard?project=nowhere").status_code == 404


@pytest.mark.parametrize("state", ["hidden", "removed", "withdrawn", "erased", "pending"])
def test_what_is_not_public_is_not_heard_found_or_fed(client, town, state):
    project, _thread, post = town
    number = number_of(post)
    put(post, state=state, rule_number=2, rule_title="Speak about what people do")
    for path in (
        "/heard",
        "/search?q=library",
        f"/feeds/projects/{project.slug}.atom",
        f"/receipts/{number}",
        f"/api/v1/receipts/{number}",
        "/api/v1/heard",
    ):
        assert "closes at five" not in client.get(path).text, path


# --- receipts ---


def test_a_receipt_shows_the_words_the_place_and_the_state(client, town):
    _project, thread, post = town
    page = client.get(f"/receipts/{number_of(post)}").text
    assert "The library closes at five." in page
    assert thread.title in page
    assert "Received" in page


def test_a_receipt_of_hidden_words_names_the_rule(client, town):
    post = town[2]
    number = number_of(post)
    put(post, state="hidden", rule_number=2, rule_title="Speak about what people do")
    page = client.get(f"/receipts/{number}").text
    assert "Rule 2: Speak about what people do" in page


def test_a_held_comments_receipt_is_its_authors(client, sign_in, town):
    author = make_user()
    post = make_post(town[1], author, "Held words.")
    number = number_of(post)
    put(post, state="pending", seq=None)
    assert client.get(f"/receipts/{number}").status_code == 404
    assert "being checked" in sign_in(author).get(f"/receipts/{number}").text


@pytest.mark.parametrize("number", ["nothing", "2222-2222", "%00", "9" * 300])
def test_an_unknown_number_is_not_found(client, town, number):
    assert client.get(f"/receipts/{number}").status_code == 404


# --- language ---


def test_a_guest_chooses_a_language_and_returns(client):
    assert 'lang="en"' in client.get("/", headers={"Accept-Language": "en"}).text
    page = submit(client, "/language/es?next=/projects", form_id="language")
    assert page.request.path == "/projects"
    assert '<html lang="es"' in page.text


def test_looking_at_the_language_page_changes_nothing(client):
    client.get("/language/es")
    assert '<html lang="en"' in client.get("/", headers={"Accept-Language": "en"}).text


def test_the_account_remembers_the_language(sign_in):
    person = make_user()
    submit(sign_in(person), "/language/es", form_id="language")
    assert find_user(person.id).locale == "es"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\evil.example"])
def test_choosing_a_language_leads_nowhere_else(client, target):
    page = submit(client, "/language/es", form_id="language", follow=False, next=target)
    assert page.location == "/"


def test_a_language_that_is_not_spoken_is_not_found(client):
    assert client.get("/language/tlh").status_code == 404


# --- feeds and machines ---


def test_a_feed_has_the_latest_comments_and_news(client, town):
    project, thread, post = town
    organizer = find_user(project.memberships[0].user_id)
    actions.publish_update(organizer, project, "We start", "On Monday.")
    feed = client.get(f"/feeds/projects/{project.slug}.atom")
    assert feed.mimetype == "application/atom+xml"
    assert feed.text.index("We start") < feed.text.index("closes at five")
    assert feed.text.count("<entry>") == 2
    assert f"/threads/{thread.id}/" in feed.text
    assert post.author.email not in feed.text


def test_crawlers_are_told_what_not_to_read(client):
    lines = client.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    assert "Disallow: /search" in lines
