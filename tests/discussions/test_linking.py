"""What comments link to: off by default, asked once, shown to all alike, and gone with the comment."""

from datetime import timedelta

import pytest
import time_machine
from factories import make_agreement, make_project, make_thread, make_user
from links.elsewhere import serving, this_machine

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Guest, User
from civicforum.agreement.actions import list_word
from civicforum.agreement.models import Rule
from civicforum.db import db, now
from civicforum.discussions import actions, queries, schemas
from civicforum.discussions.models import Post
from civicforum.discussions.tasks import forget_previews
from civicforum.errors import NotAllowed
from civicforum.links.actions import use_links
from civicforum.links.models import LinkPreview
from civicforum.links.queries import uses_of
from civicforum.links.reading import Said
from civicforum.pages.actions import change_site


@pytest.fixture(scope="module")
def server():
    with serving() as there:
        yield there


@pytest.fixture
def elsewhere(app, server, monkeypatch):
    """Pages elsewhere, which may be asked in this test alone."""
    server.asked.clear()
    monkeypatch.setitem(app.extensions, "reach", this_machine())
    server.page("/lamps", b"<title>Lamps</title><meta name=description content='All that are out.'>")
    return server


@pytest.fixture
def administrator(app):
    return make_user("administrator")


@pytest.fixture
def ben(app, administrator):
    change_site(administrator, shows_links=True)
    return make_user()


@pytest.fixture
def thread(app):
    return make_thread(make_project())


def links_of(post_id: int, viewer=None) -> list[str]:
    db.session.rollback()
    told = schemas.post_json(viewer or Guest(), queries.get_post(viewer or Guest(), post_id))
    return [link["title"] for link in told["links"]]


def test_nothing_is_asked_until_an_administrator_says_so(app, elsewhere, administrator, thread):
    ben = make_user()
    post = actions.post_reply(ben, thread.id, f"See {elsewhere.url('/lamps')}")
    jobs.run_due(app)
    assert (elsewhere.asked, links_of(post.id)) == ([], [])
    with pytest.raises(NotAllowed):
        change_site(make_user("organizer"), shows_links=True)


def test_a_published_comment_shows_what_its_link_is_about(app, client, elsewhere, ben, thread):
    url = elsewhere.url("/lamps")
    post = actions.post_reply(ben, thread.id, f"See {url}#here")
    assert links_of(post.id) == []
    jobs.run_due(app)
    (link,) = client.get(f"/api/v1/posts/{post.id}").json["links"]
    assert link == {
        "url": url,
        "host": "page.example",
        "title": "Lamps",
        "description": "All that are out.",
        "site_name": "",
    }
    page = client.get(f"/threads/{thread.id}/{thread.slug}").text
    assert f'<a class="linkcard" href="{url}" rel="nofollow ugc noopener noreferrer">' in page


def test_watchers_are_told_when_the_page_has_answered(app, elsewhere, ben, thread):
    actions.post_reply(ben, thread.id, f"See {elsewhere.url('/lamps')}")
    before = schemas.tell_threads([thread])[0].revision
    jobs.run_due(app)
    assert schemas.tell_threads([thread])[0].revision == before + 1


def test_the_other_site_is_not_told_who_or_where(app, elsewhere, ben, thread):
    actions.post_reply(ben, thread.id, f"See {elsewhere.url('/lamps')}")
    jobs.run_due(app)
    ((_path, headers),) = elsewhere.asked
    assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert headers["User-Agent"] == f"CivicForum link preview (+{app.config['BASE_URL']})"


def test_a_page_is_asked_once_a_week_whoever_links_to_it(app, elsewhere, ben, thread):
    words = f"See {elsewhere.url('/lamps')} and {elsewhere.url('/nowhere')}"
    elsewhere.page("/nowhere", b"", status=404)
    first = actions.post_reply(ben, thread.id, words).id
    jobs.run_due(app)
    second = actions.post_reply(ben, thread.id, words).id
    jobs.run_due(app)
    assert (len(elsewhere.asked), links_of(first), links_of(second)) == (2, ["Lamps"], ["Lamps"])
    elsewhere.page("/lamps", b"<title>More lamps</title>")
    with time_machine.travel(now() + timedelta(days=8)):
        actions.post_reply(ben, thread.id, words)
        jobs.run_due(app)
    assert (len(elsewhere.asked), links_of(first)) == (4, ["More lamps"])


def test_a_page_that_says_the_same_again_rings_nobody(app, ben, thread):
    actions.post_reply(ben, thread.id, "See https://lamps.example/")
    preview = db.session.query(LinkPreview).one().id
    actions.keep_answer(SYSTEM, preview, Said("Lamps"))
    before = schemas.tell_threads([thread])[0].revision
    actions.keep_answer(SYSTEM, preview, Said("Lamps"))
    assert schemas.tell_threads([thread])[0].revision == before


def test_links_go_with_the_words_and_come_back_with_them(app, elsewhere, ben, thread):
    make_agreement()
    moderator = make_user("moderator")
    rule = db.session.query(Rule).filter_by(number=2).one()
    post = actions.post_reply(ben, thread.id, f"See {elsewhere.url('/lamps')}").id
    jobs.run_due(app)
    actions.hide_post(moderator, post, rule)
    for viewer in (Guest(), ben, moderator):
        assert links_of(post, viewer) == []
    actions.restore_post(moderator, post)
    assert links_of(post) == ["Lamps"]
    actions.withdraw_post(ben, post)
    assert links_of(post, ben) == []


def test_an_edit_changes_what_is_linked_to(app, elsewhere, ben, thread):
    elsewhere.page("/benches", b"<title>Benches</title>")
    post = actions.post_reply(ben, thread.id, f"See {elsewhere.url('/lamps')}")
    jobs.run_due(app)
    actions.edit_post(ben, post.id, f"See {elsewhere.url('/benches')}", 1)
    assert links_of(post.id) == []
    jobs.run_due(app)
    assert links_of(post.id) == ["Benches"]


def test_what_was_hidden_meanwhile_asks_nobody(app, elsewhere, ben, thread):
    post = actions.post_reply(ben, thread.id, f"See {elsewhere.url('/lamps')}")
    actions.withdraw_post(ben, post.id)
    jobs.run_due(app)
    assert elsewhere.asked == []


def test_links_in_a_closed_project_ask_nobody(app, elsewhere, ben):
    closed = make_thread(make_project(ben, visibility="members"))
    actions.post_reply(ben, closed.id, f"See {elsewhere.url('/lamps')}")
    jobs.run_due(app)
    assert elsewhere.asked == []
    assert db.session.query(LinkPreview).count() == 0


def test_turned_off_again_nothing_is_shown_or_asked(app, elsewhere, administrator, ben, thread):
    post = actions.post_reply(ben, thread.id, f"See {elsewhere.url('/lamps')}")
    jobs.run_due(app)
    other = elsewhere.page("/other", b"<title>Other</title>")
    actions.post_reply(ben, thread.id, f"See {other}")
    change_site(administrator, shows_links=False)
    jobs.run_due(app)
    assert (links_of(post.id), len(elsewhere.asked)) == ([], 1)


def test_a_page_that_leads_inside_is_not_asked(app, elsewhere, ben, thread, monkeypatch):
    """With the reach that the program has when nobody says otherwise."""
    monkeypatch.delitem(app.extensions, "reach")
    post = actions.post_reply(ben, thread.id, f"http://localhost:{elsewhere.port}/lamps http://127.0.0.1/")
    jobs.run_due(app)
    assert (elsewhere.asked, links_of(post.id)) == ([], [])
    assert [row.state for row in db.session.query(LinkPreview)] == ["silent", "silent"]


def after(days: int) -> list[str]:
    """What is still known of pages when so many days have gone by, on each of which somebody looked."""
    for day in range(1, days + 1):
        with time_machine.travel(now() + timedelta(days=day)):
            forget_previews()
    db.session.rollback()
    return [row.url for row in db.session.query(LinkPreview)]


def said(ben, thread, *urls: str) -> Post:
    post = actions.post_reply(ben, thread.id, f"See {' and '.join(urls)}")
    for use in uses_of("post", post.id):
        actions.keep_answer(SYSTEM, use.preview_id, Said("Lamps"))
    return post


def test_a_page_that_nothing_links_to_is_forgotten_after_a_month(app, ben, thread):
    used, unused = "https://lamps.example/used", "https://lamps.example/unused"
    said(ben, thread, used)
    actions.withdraw_post(ben, said(ben, thread, used, unused).id)
    assert after(30) == [used, unused]
    assert after(32) == [used]


def test_a_page_that_is_linked_to_again_is_kept(app, ben, thread):
    url = "https://lamps.example/"
    actions.withdraw_post(ben, said(ben, thread, url).id)
    assert after(20) == [url]
    post = said(ben, thread, url)
    with time_machine.travel(now() + timedelta(days=60)):
        forget_previews()
    assert links_of(post.id) == ["Lamps"]


def test_what_was_said_a_year_ago_is_forgotten_and_watchers_are_told(app, ben, thread):
    post = said(ben, thread, "https://lamps.example/")
    before = schemas.tell_threads([thread])[0].revision
    with time_machine.travel(now() + timedelta(days=364)):
        forget_previews()
    assert links_of(post.id) == ["Lamps"]
    with time_machine.travel(now() + timedelta(days=366)):
        forget_previews()
    assert links_of(post.id) == []
    assert schemas.tell_threads([thread])[0].revision == before + 1


def test_many_are_forgotten_a_few_at_a_time(app, ben, thread, monkeypatch):
    monkeypatch.setattr("civicforum.discussions.actions.linking.FORGOTTEN_AT_ONCE", 2)
    monkeypatch.setattr("civicforum.discussions.actions.FORGOTTEN_AT_ONCE", 2)
    for number in range(3):
        actions.post_reply(ben, thread.id, f"See https://lamps.example/{number}")
    with time_machine.travel(now() + timedelta(days=366)):
        forget_previews()
    assert db.session.query(LinkPreview).count() == 0


def test_listed_words_do_not_come_in_by_a_title(app, elsewhere, ben, thread):
    list_word(make_user("moderator"), "torches", "hold")
    post = actions.post_reply(ben, thread.id, f"See {elsewhere.url('/lamps')}")
    preview = db.session.query(LinkPreview).one()
    actions.keep_answer(SYSTEM, preview.id, Said("A page", "of torches"))
    db.session.refresh(preview)
    assert (preview.state, preview.title, post.id and links_of(post.id)) == ("silent", "", [])


def test_when_many_pages_are_asked_the_rest_wait_a_minute(app, elsewhere, ben, thread, monkeypatch):
    monkeypatch.setattr(app.extensions["limiter"], "is_off", False)
    for number in range(6):
        url = elsewhere.page(f"/{number}", b"<title>Page</title>")
        actions.post_reply(ben, thread.id, f"See {url}")
    jobs.run_due(app)
    assert len(elsewhere.asked) == 4
    assert jobs.count_waiting() == 0
    waiting = [row for row in db.session.query(jobs.Job) if row.task == "discussions.ask_page"]
    assert len(waiting) == 2
    assert all(row.run_at > now() + timedelta(seconds=50) for row in waiting)


def test_only_the_house_keeps_what_pages_say(app, administrator):
    forget = lambda who, _n: actions.forget_previews(who)  # noqa: E731
    for act in (actions.ask_later, lambda who, n: actions.keep_answer(who, n, None), forget):
        with pytest.raises(NotAllowed):
            act(administrator, 1)
    actions.keep_answer(SYSTEM, 987654, None)


def test_links_are_noted_in_an_action_alone(app):
    with pytest.raises(RuntimeError):
        use_links("post", 1, [])


def test_a_page_of_links_takes_the_same_queries(app, ben, thread, count_queries):
    totals, thread_id, ben_id = [], thread.id, ben.id
    _link_to_pages(thread_id, ben_id, 1)
    for _round in range(2):
        db.session.remove()
        with count_queries() as count:
            found = queries.get_thread(Guest(), thread_id)
            told = schemas.posts_json(Guest(), queries.list_posts(Guest(), found))
        totals.append((count.total, {len(post["links"]) for post in told}))
        _link_to_pages(thread_id, ben_id, 15)
    assert totals[0] == totals[1]


def _link_to_pages(thread_id: int, user_id: int, count: int) -> None:
    for number in range(count):
        ben = db.session.get_one(User, user_id)
        post = actions.post_reply(ben, thread_id, f"See https://lamps.example/{count}/{number}")
        (use,) = uses_of("post", post.id)
        actions.keep_answer(SYSTEM, use.preview_id, Said("Lamps"))
