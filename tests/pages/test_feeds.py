"""Feeds: what guests may see, under names that last, and nothing that was taken down."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
from factories import join, make_agreement, make_post, make_project, make_thread, make_user

from civicforum.agreement.models import Rule
from civicforum.db import db, now
from civicforum.discussions import actions
from civicforum.partnerships.actions import publish_update

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def ana(app):
    return make_user(name="Ana")


@pytest.fixture
def thread(app, ana):
    return make_thread(make_project(make_user(), title="The square"), ana, title="Benches")


def address_of(thread) -> str:
    return f"/feeds/threads/{thread.id}.atom"


def read(client, address: str) -> ElementTree.Element:
    return ElementTree.fromstring(client.get(address).data)  # noqa: S314 - it is our own


def entries(client, address: str, what: str = "summary") -> list[str]:
    return [entry.findtext(ATOM + what) for entry in read(client, address).iter(ATOM + "entry")]


def test_a_threads_feed_has_its_comments_the_newest_first(client, thread, ana):
    make_post(thread, ana, "One.", published_at=now() - timedelta(hours=1))
    make_post(thread, ana, "Two.")
    feed = read(client, address_of(thread))
    assert feed.findtext(ATOM + "title") == "Benches"
    assert [entry.findtext(ATOM + "summary") for entry in feed.iter(ATOM + "entry")] == [
        "<p>Two.</p>",
        "<p>One.</p>",
    ]
    assert {name.text for name in feed.iter(ATOM + "name")} == {"Ana"}


def test_names_of_entries_stay_when_words_and_titles_change(client, thread, ana):
    post = make_post(thread, ana)
    before = entries(client, address_of(thread), "id")
    actions.edit_post(ana, post.id, "Other words.", 1)
    assert entries(client, address_of(thread), "id") == before
    assert before == [f"tag:localhost,{post.created_at:%Y-%m-%d}:posts/{post.id}"]
    assert entries(client, f"/feeds/projects/{thread.project.slug}.atom", "id") == before


def test_an_edit_is_told_with_its_time(client, thread, ana):
    post = make_post(thread, ana, published_at=now() - timedelta(hours=1))
    actions.edit_post(ana, post.id, "Other words.", 1)
    entry = next(read(client, address_of(thread)).iter(ATOM + "entry"))
    assert entry.findtext(ATOM + "summary") == "<p>Other words.</p>\n"
    assert entry.findtext(ATOM + "updated") > entry.findtext(ATOM + "published")


def test_what_is_hidden_or_taken_back_leaves_no_trace(client, thread, ana):
    make_agreement()
    rule = db.session.query(Rule).filter_by(number=2).one()
    hidden, withdrawn = make_post(thread, ana, "zqhidden"), make_post(thread, ana, "zqwithdrawn")
    make_post(thread, None, "zqpending", state="pending", seq=None)
    make_post(thread, None, "Stays.")
    actions.hide_post(make_user("moderator"), hidden.id, rule)
    actions.withdraw_post(ana, withdrawn.id)
    for address in (address_of(thread), f"/feeds/projects/{thread.project.slug}.atom"):
        assert entries(client, address) == ["<p>Stays.</p>"]
        assert "zq" not in client.get(address).text


@pytest.mark.parametrize("facts", [{"visibility": "members"}, {"status": "draft"}])
def test_a_feed_is_of_what_guests_may_see_whoever_asks(client, sign_in, facts):
    project = make_project(make_user(), **facts)
    thread = make_thread(project)
    member = make_user()
    join(project, member)
    for browser in (client, sign_in(member)):
        for address in (address_of(thread), f"/feeds/projects/{project.slug}.atom"):
            assert browser.get(address).status_code == 404
    assert "application/atom+xml" not in sign_in(member).get(f"/projects/{project.slug}").text
    page = sign_in(member).get(f"/threads/{thread.id}/{thread.slug}").text
    assert "Follow by feed" not in page
    assert "og:title" not in page


def test_a_thread_that_is_being_checked_has_no_feed(client, thread):
    held = make_thread(thread.project, status="pending")
    assert client.get(address_of(held)).status_code == 404


def test_who_has_it_already_is_told_so(client, thread, ana):
    post = make_post(thread, ana)
    first = client.get(address_of(thread))
    known = {"If-None-Match": first.headers["ETag"]}
    assert client.get(address_of(thread), headers=known).status_code == 304
    assert first.last_modified == post.published_at.replace(microsecond=0)
    actions.withdraw_post(ana, post.id)
    again = client.get(address_of(thread), headers=known)
    assert (again.status_code, "<entry>" in again.text) == (200, False)


def test_the_time_alone_does_not_keep_what_was_taken_down(client, thread, ana):
    post = make_post(thread, ana)
    known = {"If-Modified-Since": client.get(address_of(thread)).headers["Last-Modified"]}
    actions.withdraw_post(ana, post.id)
    assert client.get(address_of(thread), headers=known).status_code == 200


def test_an_empty_feed_stays_the_same(client, thread):
    first, second = (client.get(address_of(thread)).data for _time in range(2))
    assert first == second


def test_a_feed_costs_the_same_however_long_it_is(client, thread, ana, count_queries):
    make_post(thread, ana)
    totals = []
    for _round in range(2):
        with count_queries() as count:
            client.get(address_of(thread))
        totals.append(count.total)
        for _post in range(30):
            make_post(thread, make_user())
    assert totals[0] == totals[1]


def test_links_to_places_here_say_where_that_is(client, thread, ana):
    actions.post_reply(ana, thread.id, "Ask @rosa-of-here, and <script>alert(1)</script>.")
    (words,) = entries(client, address_of(thread))
    assert 'href="http://localhost/people/rosa-of-here"' in words
    assert "<script" not in words


def test_news_are_in_the_projects_feed_under_names_of_their_own(client, thread):
    organizer = make_user()
    join(thread.project, organizer, "organizer")
    update = publish_update(organizer, thread.project, "We start", "On Monday.")
    (name,) = entries(client, f"/feeds/projects/{thread.project.slug}.atom", "id")
    assert name.endswith(f":updates/{update.id}")


def test_pages_lead_to_their_feeds(client, thread):
    for page, feed in (
        (f"/threads/{thread.id}/{thread.slug}", address_of(thread)),
        (f"/projects/{thread.project.slug}", f"/feeds/projects/{thread.project.slug}.atom"),
    ):
        html = client.get(page).text
        assert f'href="{feed}">Follow by feed (Atom)</a>' in html
        assert f'type="application/atom+xml" title="{thread.title}" href="{feed}"' in html.replace(
            "The square", "Benches"
        )


def test_a_tag_has_a_feed_of_its_threads_alone(client, sign_in, thread, ana):
    organizer = make_user()
    join(thread.project, organizer, "organizer")
    actions.set_tags(organizer, thread.project_id, ["Parks"])
    actions.shape_thread(organizer, thread.id, actions.Shape(tags=["parks"]))
    make_post(thread, ana, "In the park.")
    make_post(make_thread(thread.project), ana, "Elsewhere.")
    address = f"/feeds/projects/{thread.project.slug}/tags/parks.atom"
    assert entries(client, address) == ["<p>In the park.</p>"]
    assert (
        f'href="{address}">Follow these by feed'
        in client.get(f"/projects/{thread.project.slug}/threads?tag=parks").text
    )
    assert client.get(address.replace("parks", "lamps")).status_code == 404


def test_a_tag_of_a_closed_project_has_no_feed(sign_in):
    member = make_user()
    project = make_project(member, visibility="members")
    actions.set_tags(member, project.id, ["Parks"])
    assert sign_in(member).get(f"/feeds/projects/{project.slug}/tags/parks.atom").status_code == 404
    assert "feeds" not in sign_in(member).get(f"/projects/{project.slug}/threads?tag=parks").text
