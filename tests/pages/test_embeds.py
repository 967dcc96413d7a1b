"""Cards in other pages: what guests may see, in a frame that needs no script and sets no cookie."""

import re
from datetime import timedelta

import pytest
from factories import join, make_post, make_project, make_thread, make_town_hall, make_user

from civicforum.db import now

HERE = "http://localhost"


@pytest.fixture
def thread(app):
    thread = make_thread(make_project(make_user(), title="The square"), title="Benches <b>")
    make_post(thread, make_user(name="Ana"), "More of them.", published_at=now() - timedelta(hours=2))
    return thread


def told(client, path: str, **more):
    return client.get("/oembed", query_string={"url": HERE + path, **more})


def test_a_threads_card_says_who_began_how_many_spoke_and_who_was_last(client, thread):
    make_post(thread, make_user(name="Ben"), "And a lamp.")
    page = client.get(f"/embed/threads/{thread.id}").text
    words = " ".join(re.sub(r"<[^>]+>", " ", page.partition("<body>")[2]).split())
    for told_here in ("The square", "Benches &lt;b&gt;", "Ana", "More of them.", "2 comments"):
        assert told_here in words
    assert words.index("Ben said last") < words.index("And a lamp.")
    assert f"{HERE}/threads/{thread.id}/{thread.slug}" in page
    assert "<script" not in page


def test_a_thread_of_one_comment_says_it_once(client, thread):
    page = client.get(f"/embed/threads/{thread.id}").text
    assert page.count("More of them.") == 1
    assert "said last" not in page


def test_a_card_may_stand_in_a_frame_and_nothing_else_may(client, thread):
    for path, ancestors in (
        (f"/embed/threads/{thread.id}", "*"),
        (f"/embed/projects/{thread.project.slug}", "*"),
        ("/embed/threads/987654", "'none'"),
        (f"/threads/{thread.id}/{thread.slug}", "'none'"),
        (f"/oembed?url={HERE}/threads/{thread.id}", "'none'"),
        (f"/feeds/threads/{thread.id}.atom", "'none'"),
        ("/", "'none'"),
        ("/sign-in", "'none'"),
    ):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert f"frame-ancestors {ancestors}" in policy, path
    assert "script-src" not in client.get(f"/embed/threads/{thread.id}").headers["Content-Security-Policy"]


def test_only_the_doors_of_cards_let_themselves_be_framed(app, client, thread):
    framed = set()
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "static":
            address = re.sub(r"<[^>]*>", str(thread.id), rule.rule)
            if "frame-ancestors *" in client.get(address).headers["Content-Security-Policy"]:
                framed.add(rule.endpoint)
    assert framed == {"pages.embed_thread", "pages.embed_post"}


def test_a_card_is_the_same_for_everybody_and_sets_no_cookie(client, sign_in, thread):
    member = make_user(name="Zq Member", locale="es")
    join(thread.project, member)
    guest, signed_in = (browser.get(f"/embed/threads/{thread.id}") for browser in (client, sign_in(member)))
    assert guest.data == signed_in.data
    assert "Set-Cookie" not in guest.headers
    assert guest.headers["Cache-Control"] == "public, max-age=60"
    assert signed_in.headers["Cache-Control"] == "private, max-age=60"


def test_a_comment_has_a_card_until_it_is_taken_down(client, thread):
    post = make_post(thread, make_user(name="Ben"), "And a lamp.")
    gone = make_post(thread, make_user(), "zqgone", state="hidden")
    assert "And a lamp." in client.get(f"/embed/posts/{post.id}").text
    assert client.get(f"/embed/posts/{gone.id}").status_code == 404
    assert told(client, f"/posts/{gone.id}").status_code == 404
    assert told(client, f"/posts/{post.id}").json["author_name"] == "Ben"


def test_hidden_words_are_not_on_their_threads_card(client, thread):
    other = make_thread(thread.project)
    make_post(other, make_user(), "zqfirst", state="hidden")
    make_post(other, make_user(name="Ben"), "Stays.")
    make_post(other, make_user(), "zqlast", state="withdrawn")
    page = client.get(f"/embed/threads/{other.id}").text
    assert "zq" not in page
    assert "Stays." in page
    assert "author_name" not in told(client, f"/threads/{other.id}").json


def test_a_meetings_card_says_when_and_where(client, thread):
    meeting = make_town_hall(thread.project, title="Open hall")
    page = client.get(f"/embed/town-halls/{meeting.id}").text
    assert "Open hall" in page
    assert "Main Library" in page
    assert "Cancelled" not in page
    cancelled = make_town_hall(thread.project, status="cancelled")
    assert "Cancelled" in client.get(f"/embed/town-halls/{cancelled.id}").text


def test_oembed_tells_of_a_frame_that_fits(client, thread):
    answer = told(client, f"/threads/{thread.id}/{thread.slug}", maxwidth=400).json
    assert (answer["version"], answer["type"], answer["width"], answer["height"]) == ("1.0", "rich", 400, 340)
    assert answer["title"] == "Benches <b>"
    assert f'src="{HERE}/embed/threads/{thread.id}"' in answer["html"]
    assert "<b>" not in answer["html"]


def test_where_a_card_does_not_fit_oembed_tells_of_a_link(client, thread):
    for narrow in ({"maxwidth": 200}, {"maxheight": 0}):
        answer = told(client, f"/threads/{thread.id}", **narrow).json
        assert (answer["type"], "html" in answer) == ("link", False)


def test_every_public_kind_of_page_is_known_to_oembed(client, thread):
    meeting = make_town_hall(thread.project)
    for path in (f"/projects/{thread.project.slug}", f"/town-halls/{meeting.id}"):
        frame = re.search(r'src="http://localhost([^"]+)"', told(client, path).json["html"])[1]
        assert client.get(frame).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/threads/1",
        "http://elsewhere.example/threads/1",
        "ftp://localhost/threads/1",
        f"{HERE}/sign-in",
        f"{HERE}/threads/987654",
        f"{HERE}/nowhere",
        "http://[",
    ],
)
def test_oembed_knows_nothing_of_other_addresses(client, thread, address):
    assert client.get("/oembed", query_string={"url": address}).status_code == 404


def test_oembed_speaks_json_alone(client, thread):
    assert told(client, f"/threads/{thread.id}", format="xml").status_code == 501


def test_what_is_not_public_has_no_card_for_anybody(client, sign_in):
    member = make_user()
    project = make_project(visibility="members", title="zqclosed")
    join(project, member)
    thread, meeting = make_thread(project), make_town_hall(project)
    post = make_post(thread, member, "zqwords")
    drafted = make_town_hall(make_project(), status="draft")
    paths = [
        f"/threads/{thread.id}",
        f"/posts/{post.id}",
        f"/projects/{project.slug}",
        f"/town-halls/{meeting.id}",
        f"/town-halls/{drafted.id}",
    ]
    for browser in (client, sign_in(member)):
        for path in paths:
            for answer in (browser.get(f"/embed{path}"), told(browser, path)):
                assert (answer.status_code, "zq" in answer.text.replace(path, "")) == (404, False)


def test_public_pages_tell_their_title_and_words_to_whoever_links_them(client, thread):
    page = client.get(f"/threads/{thread.id}/{thread.slug}").text
    assert '<meta property="og:title" content="Benches &lt;b&gt;">' in page
    assert '<meta property="og:description" content="More of them.">' in page
    assert f'type="application/json+oembed" title="Benches &lt;b&gt;" href="{HERE}/oembed?url=' in page
    assert "og:image" not in page
