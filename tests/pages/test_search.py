"""Search: what is found, in which order, by whom, and at which cost."""

from datetime import date, timedelta

import pytest
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
from sqlalchemy import delete, update

from civicforum.accounts.models import Guest
from civicforum.db import db, now, transaction
from civicforum.discussions.models import Post, Thread
from civicforum.errors import Invalid
from civicforum.pages.queries import Filters, find
from civicforum.pages.queries import search as searching
from civicforum.partnerships.models import Project, Update
from civicforum.townhalls.models import TownHall
from civicforum.web.pagination import encode_cursor

GUEST = Guest()


def titles(results):
    return [(hit.kind, hit.title) for hit in results.hits]


def bodies(results):
    return [hit.text for hit in results.hits]


@pytest.fixture
def town(app):
    """Something of each kind that has the word lantern, a newer one behind an older one."""
    office = make_organization(name="Lantern makers")
    project = make_project(make_user(), office, title="Lantern street", slug="lanterns")
    thread = make_thread(project, make_user(), title="Which lantern?")
    make_post(thread, make_user(handle="ana"), "A lantern in the open.")
    make_town_hall(project, title="Lantern walk", starts_at=now() + timedelta(days=1))
    save(Update(project_id=project.id, title="Lantern news", body="x", html="<p>x</p>", published_at=now()))
    return project


# --- what is found ---


def test_every_kind_is_found_by_the_beginning_of_a_word(town):
    assert sorted(titles(find(GUEST, "LANTE"))) == [
        ("organization", "Lantern makers"),
        ("post", "Which lantern?"),
        ("project", "Lantern street"),
        ("thread", "Which lantern?"),
        ("townhall", "Lantern walk"),
        ("update", "Lantern news"),
    ]


def test_all_words_must_be_there_in_any_order(town):
    assert titles(find(GUEST, "street lantern")) == [("project", "Lantern street")]
    assert titles(find(GUEST, "street lamp")) == []


def test_accents_and_case_do_not_matter(app):
    make_post(make_thread(make_project()), make_user(), "La niñez y el CAFÉ")
    for words in ("ninez", "niñez", "NIÑEZ café", "cafe"):
        assert bodies(find(GUEST, words)) == ["La niñez y el CAFÉ"]


def test_nothing_to_look_for_is_no_search(town):
    for query in ("", " ", "a", '"', "*", "%", "\x00", "--", "'", "\ud800"):
        assert find(GUEST, query) == searching.Results()


HOSTILE = (
    '"', '""', "*",
    "lantern*", "NEAR(lantern, 2)", "lantern AND NOT", "title:lantern", "-lantern", "^lantern",
    "lantern'; DROP TABLE post; --", "\x00lantern", "lantern:*", "lantern & | !", "(((", "§p1", "{body} : x",
    "x" * 10_000, "lantern " * 2_000, "\u202elantern", "lan\u0301tern", "🏮", "% _", "\\", "<script>", "½",
)  # fmt: skip


@pytest.mark.parametrize("path", ["/search", "/search/suggestions", "/api/v1/search"])
def test_operators_and_odd_signs_break_nothing(client, town, path):
    for query in HOSTILE:
        answer = client.get(path, query_string={"q": query})
        assert answer.status_code in (200, 422), query
        assert "<script>" not in answer.text.partition("<body")[2]


# --- in which order ---


def test_titles_come_before_texts_and_whole_words_before_beginnings(app):
    project = make_project()
    thread = make_thread(project, title="About buses")
    best = make_thread(project, title="The bus stop")
    for words in ("A bus that does not stop", "The bus stop is dark", "busy people stopped"):
        make_post(thread, make_user(), words)
    found = find(GUEST, "bus stop").hits
    assert [hit.text or hit.title for hit in found] == [
        best.title,
        "The bus stop is dark",
        "A bus that does not stop",
        "busy people stopped",
    ]


def test_of_equals_the_newest_comes_first(app):
    thread = make_thread(make_project())
    for days in (3, 1, 2):
        make_post(thread, make_user(), f"lantern {days}", published_at=now() - timedelta(days=days))
    assert bodies(find(GUEST, "lantern")) == ["lantern 1", "lantern 2", "lantern 3"]


def test_a_project_is_not_buried_by_newer_comments(app, monkeypatch):
    monkeypatch.setattr(searching, "WINDOW", 5)
    project = make_project(title="The lantern")
    thread = make_thread(project)
    for _ in range(12):
        make_post(thread, make_user(), "lantern")
    results = find(GUEST, "lantern", limit=3)
    assert titles(results)[0] == ("project", "The lantern")
    assert results.is_cut


# --- page by page ---


def pages(query, filters=Filters(), limit=4):  # noqa: B008
    found, cursor = [], None
    while True:
        results = find(GUEST, query, filters, cursor, limit)
        found.append([(hit.kind, hit.row.id) for hit in results.hits])
        cursor = results.next
        if cursor is None:
            return found


@pytest.mark.parametrize("window", [5, 7, 100])
def test_every_match_is_on_one_page_and_once(app, monkeypatch, window):
    monkeypatch.setattr(searching, "WINDOW", window)
    project = make_project(title="The lantern")
    threads = [make_thread(project, title=f"lantern {n}") for n in range(3)]
    posts = [make_post(threads[n % 3], make_user(), f"lantern {'lantern ' * (n % 4)}") for n in range(20)]
    found = [pair for page in pages("lantern") for pair in page]
    wanted = [("project", project.id)]
    wanted += [("thread", row.id) for row in threads] + [("post", row.id) for row in posts]
    assert sorted(found) == sorted(wanted)


def test_what_is_said_meanwhile_moves_no_page(app):
    thread = make_thread(make_project())
    for number in range(6):
        make_post(thread, make_user(), f"lantern {number}")
    first = find(GUEST, "lantern", limit=3)
    make_post(thread, make_user(), "lantern lantern lantern")
    second = find(GUEST, "lantern", cursor=first.next, limit=3)
    assert sorted(bodies(first) + bodies(second)) == [f"lantern {number}" for number in range(6)]


@pytest.mark.parametrize("cursor", ["x", "W10", encode_cursor([1, 2]), encode_cursor([1, 2**40, 1, 1, 1])])
def test_a_damaged_cursor_is_told(client, town, cursor):
    with pytest.raises(Invalid):
        find(GUEST, "lantern", cursor=cursor)
    assert client.get(f"/search?q=lantern&cursor={cursor}").status_code == 422


def test_a_cursor_beyond_everything_finds_nothing(town):
    for values in ([0, -1, 0, 0, 0], [1, 2**31 - 1, 0, 0, 0], [5, 0, -9, -9, -9]):
        assert find(GUEST, "lantern", cursor=encode_cursor(values)).hits == []


# --- filters ---


def test_filters_narrow(town):
    other = make_project(title="Elsewhere", slug="elsewhere")
    thread = make_thread(other, title="Another")
    post = make_post(thread, make_user(handle="ben"), "lantern", published_at=now() - timedelta(days=9))
    theirs = [("post", "Another")]
    day = post.published_at.date()
    assert titles(find(GUEST, "lantern", Filters(project="elsewhere"))) == theirs
    assert titles(find(GUEST, "lantern", Filters(thread_id=thread.id))) == theirs
    assert titles(find(GUEST, "lantern", Filters(person="Ben"))) == theirs
    assert titles(find(GUEST, "lantern", Filters(until=day + timedelta(days=1)))) == theirs
    assert titles(find(GUEST, "lantern", Filters(since=day, until=day, kind="post"))) == theirs
    assert titles(find(GUEST, "lantern", Filters(kind="townhall"))) == [("townhall", "Lantern walk")]
    assert theirs[0] not in titles(find(GUEST, "lantern", Filters(since=day + timedelta(days=2))))
    assert titles(find(GUEST, "lantern", Filters(kind="post", project="lanterns", person="ben"))) == []


@pytest.mark.parametrize(
    "filters", [Filters(person="nobody"), Filters(project="nothing"), Filters(thread_id=9)]
)
def test_what_is_not_there_has_nothing_in_it(town, filters):
    assert find(GUEST, "lantern", filters).hits == []


def test_days_are_whole_and_the_earliest_one_is_no_error(town):
    assert find(GUEST, "lantern", Filters(since=date(1, 1, 1), until=date(9998, 12, 31))).hits


# --- who ---


def test_a_members_project_is_found_by_its_members_alone(app):
    member, stranger = make_user(), make_user()
    project = make_project(visibility="members", title="Secret lantern")
    join(project, member)
    make_post(make_thread(project), member, "lantern")
    for viewer in (GUEST, stranger, make_user("moderator")):
        assert find(viewer, "lantern").hits == []
        assert find(viewer, "lantern", Filters(project=project.slug)).hits == []
    for viewer in (member, make_user("organizer")):
        assert len(find(viewer, "lantern").hits) == 2


def test_where_there_are_very_many_projects_each_match_is_asked(app, monkeypatch):
    monkeypatch.setattr(searching, "MOST_PROJECTS", 1)
    for _ in range(3):
        make_project(title="lantern")
    make_project(title="lantern", visibility="members")
    assert len(find(GUEST, "lantern").hits) == 3


@pytest.mark.parametrize(
    ("model", "facts", "kind"),
    [
        (Post, {"state": "hidden"}, "post"),
        (Post, {"seq": None}, "post"),
        (Thread, {"status": "pending"}, "thread"),
        (TownHall, {"status": "draft"}, "townhall"),
        (Update, {"withdrawn_at": now()}, "update"),
        (Project, {"visibility": "members"}, "project"),
    ],
)
@pytest.mark.parametrize("who", ["guest", "site"])
def test_each_object_is_asked_for_again_should_the_index_lag_behind(town, model, facts, kind, who):
    viewer = GUEST if who == "guest" else make_user("moderator")
    with transaction():
        db.session.execute(update(model).values(**facts))
    assert kind not in [hit.kind for hit in find(viewer, "lantern").hits]


def test_what_is_gone_is_not_found(town):
    with transaction():
        db.session.execute(delete(TownHall))
    assert "townhall" not in [hit.kind for hit in find(GUEST, "lantern").hits]


# --- the page ---


def test_the_page_marks_what_was_asked_for_and_escapes_all_else(client, app):
    thread = make_thread(make_project(), title="<i>lantern</i>")
    make_post(thread, make_user(), "x", html="<p>&lt;script&gt; lantern &amp; more</p>")
    page = client.get("/search?q=lantern").text
    assert "&lt;i&gt;<mark>lantern</mark>&lt;/i&gt;" in page
    assert "&lt;script&gt; <mark>lantern</mark> &amp; more" in page


def test_filters_stay_in_the_address(client, app):
    project = make_project(slug="lanterns")
    thread = make_thread(project)
    for _ in range(25):
        make_post(thread, make_user(), "lantern")
    page = client.get("/search?q=lantern&project=lanterns&kind=post&person=&since=2000-01-01").text
    assert "20+" in page
    link = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    for piece in ("q=lantern", "project=lanterns", "kind=post", "since=2000-01-01", "cursor="):
        assert piece in link
    following = client.get(link).text
    assert following.count('class="item"') == 5
    assert 'rel="next"' not in following


def test_a_thread_and_a_project_have_a_box_of_their_own(client, town):
    thread = make_thread(town)
    assert f'name="thread" value="{thread.id}"' in client.get(f"/threads/{thread.id}/{thread.slug}").text
    assert 'name="project" value="lanterns"' in client.get("/projects/lanterns").text
    page = client.get(f"/search?q=lantern&thread={thread.id}").text
    assert "Only in the discussion" in page
    assert "Look everywhere" in page


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("", "all that you may read is looked through"),
        ("?q=a", "too short"),
        ("?q=unheard", "Try fewer"),
        ("?q=unheard&kind=post", "Look everywhere"),
        ("?q=lantern&since=yesterday", "Not a valid date"),
        ("?q=lantern&kind=dragon", "Not a valid choice"),
        (f"?q=lantern&cursor={encode_cursor([0, -1, 0, 0, 0])}", "Back to the first results"),
    ],
)
def test_every_state_says_what_to_do_next(client, town, asked, told):
    assert told in client.get(f"/search{asked}").text


def test_a_project_or_thread_that_one_may_not_know_of_is_not_there(client, town):
    closed = make_project(visibility="members", slug="closed")
    thread = make_thread(closed)
    for asked in ("project=closed", "project=nothing", f"thread={thread.id}", "thread=999"):
        assert client.get(f"/search?q=lantern&{asked}").status_code == 404
        assert client.get(f"/api/v1/search?q=lantern&{asked}").status_code == 404
        assert "data-url" not in client.get(f"/search/suggestions?q=lantern&{asked}").text


# --- while somebody types ---


def test_suggestions_are_a_part_of_a_page(client, town):
    part = client.get("/search/suggestions?q=la").text
    assert part.count('role="option"') == 7
    assert "<mark>Lantern</mark> street" in part
    assert "<html" not in part


def test_no_suggestions_for_nothing(client, town):
    assert 'role="option"' not in client.get("/search/suggestions").text
    assert client.get("/search/suggestions?q=zzz").text.count('role="option"') == 1


# --- the API ---


def test_the_api_tells_the_same(client, town):
    told = client.get("/api/v1/search?q=lantern&kind=post").json
    (item,) = told["items"]
    assert {name: item[name] for name in ("kind", "title", "excerpt", "author", "project")} == {
        "kind": "post",
        "title": "Which lantern?",
        "excerpt": "A lantern in the open.",
        "author": {"handle": "ana", "name": item["author"]["name"]},
        "project": {"slug": "lanterns", "title": "Lantern street"},
    }
    assert item["excerpt_pieces"][1] == {"text": "lantern", "is_hit": True}
    assert item["url"].startswith("/threads/")
    assert (told["next"], told["is_cut"]) == (None, False)


def test_the_api_goes_page_by_page(client, town):
    first = client.get("/api/v1/search?q=lantern&limit=4").json
    second = client.get(f"/api/v1/search?q=lantern&limit=4&cursor={first['next']}").json
    assert (len(first["items"]), len(second["items"]), second["next"]) == (4, 2, None)


@pytest.mark.parametrize(
    "asked", ["", "?q=", f"?q={'x' * 101}", "?q=x&kind=dragon", "?q=x&limit=0", "?q=x&thread=0"]
)
def test_the_api_refuses_what_is_no_search(client, asked):
    assert client.get(f"/api/v1/search{asked}").status_code == 422


# --- what it costs ---


def test_a_long_thread_costs_as_many_queries_as_a_short_one(client, count_queries):
    project = make_project()
    threads = [make_thread(project), make_thread(project)]
    for thread, number in zip(threads, (1, 130), strict=True):
        for _ in range(number):
            make_post(thread, None, "lantern")
    costs = []
    for thread in threads:
        for path in ("/search", "/api/v1/search", "/search/suggestions"):
            with count_queries() as n:
                assert client.get(f"{path}?q=lantern&thread={thread.id}").status_code == 200
            costs.append(n.total)
    assert costs[:3] == costs[3:]
    assert max(costs) <= 16
