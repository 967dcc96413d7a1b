"""Reading threads: in order, in pages, with everything in a fixed number of queries."""

from datetime import timedelta

import pytest
from factories import join, make_organization, make_post, make_project, make_thread, make_user, save

from civicforum.accounts.models import Guest
from civicforum.db import db, now
from civicforum.discussions import actions, queries, schemas
from civicforum.errors import Invalid, NotFound
from civicforum.partnerships.models import Partner
from civicforum.partnerships.queries import get_project
from civicforum.web.pagination import encode_cursor


@pytest.fixture
def project(app):
    return make_project()


def seqs(posts) -> list[int]:
    return [post.seq for post in posts]


def test_posts_are_read_forwards_and_backwards_from_a_place(project):
    thread = make_thread(project)
    for _n in range(7):
        make_post(thread)
    assert seqs(queries.list_posts(Guest(), thread)) == [1, 2, 3, 4, 5, 6, 7]
    assert seqs(queries.list_posts(Guest(), thread, after=3, limit=2)) == [4, 5]
    assert seqs(queries.list_posts(Guest(), thread, before=6, limit=3)) == [3, 4, 5]
    assert seqs(queries.list_posts(Guest(), thread, after=7)) == []


def test_threads_come_with_the_latest_comment_first_in_pages(project):
    made = [make_thread(project, last_post_at=now() - timedelta(minutes=n // 2)) for n in range(7)]
    expected = [t.id for t in sorted(made, key=lambda t: (t.last_post_at, t.id), reverse=True)]
    seen, cursor = [], None
    while True:
        page = queries.list_threads(Guest(), project, cursor, limit=3)
        seen += [thread.id for thread in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == expected
    with pytest.raises(Invalid):
        queries.list_threads(Guest(), project, "nonsense")


def test_a_thread_that_is_being_checked_is_listed_for_its_author_alone(project):
    ana = make_user()
    thread = make_thread(project, ana, status="pending")
    assert [t.id for t in queries.list_threads(ana, project).items] == [thread.id]
    assert [t.id for t in queries.list_threads(make_user("moderator"), project).items] == [thread.id]
    assert queries.list_threads(make_user(), project).items == []
    assert queries.list_threads(Guest(), project).items == []


def test_threads_of_a_closed_project_are_not_there(app):
    ana = make_user()
    project = make_project(visibility="members")
    join(project, ana)
    thread = make_thread(project)
    assert queries.get_thread(ana, thread.id) is thread
    for stranger in (Guest(), make_user(), make_user("moderator")):
        with pytest.raises(NotFound):
            queries.get_thread(stranger, thread.id)


def test_a_tombstone_has_no_words_for_anybody_but_its_author_and_moderators(project):
    ana = make_user(name="CANARY")
    thread = make_thread(project)
    post = make_post(thread, ana, "CANARY", state="hidden", rule_number=2, rule_title="Be kind")
    for stranger in (Guest(), make_user()):
        told = schemas.post_json(stranger, post)
        assert "CANARY" not in str(told)
        assert (told["id"], told["seq"], told["state"]) == (post.id, 1, "hidden")
        assert told["rule"] == {"number": 2, "title": "Be kind"}
        assert (told["body"], told["html"], told["author"]) == (None, None, None)
    for close in (ana, make_user("moderator")):
        told = schemas.post_json(close, post)
        assert (told["body"], told["author"]["name"]) == ("CANARY", "CANARY")
    everybody = schemas.public_posts_json(schemas.tell_posts_to_everybody([post]))
    assert "CANARY" not in str(everybody)


def test_a_reply_does_not_name_the_author_of_what_is_hidden(project):
    ana = make_user(name="CANARY")
    thread = make_thread(project)
    hidden = make_post(thread, ana, state="hidden")
    reply = make_post(thread, make_user(), reply_to_id=hidden.id)
    told = schemas.tell_posts(Guest(), [reply])[0]
    assert (told.reply_to, told.reply_to_seq, told.reply_to_name) == (hidden.id, 1, None)


def test_authors_wear_their_hats_and_former_participants_have_no_name(project):
    mayor = make_user(name="Mayor")
    city = make_organization(mayor, name="City of Roanoke")
    save(Partner(project_id=project.id, organization_id=city.id))
    gone = make_user(name="CANARY", erased_at=now())
    thread = make_thread(project)
    posts = [make_post(thread, mayor), make_post(thread, gone), make_post(thread, None)]
    db.session.expire_all()
    told = [post["author"] for post in schemas.posts_json(Guest(), posts)]
    assert told[0] == {
        "handle": mayor.handle,
        "name": "Mayor",
        "hats": ["City of Roanoke"],
    }
    nobody = {"handle": None, "name": "Former participant", "hats": []}
    assert told[1:] == [nobody, nobody]


@pytest.mark.parametrize("count", [1, 30])
def test_a_page_of_posts_takes_the_same_queries_whatever_its_length(project, count_queries, count):
    thread = make_thread(project)
    for _n in range(count):
        author = make_user()
        parent = make_post(thread, author)
        post = make_post(thread, make_user(), reply_to_id=parent.id)
        actions.react(author, post.id, "support")
    thread_id = thread.id
    db.session.remove()
    with count_queries() as n:
        thread = queries.get_thread(Guest(), thread_id)
        told = schemas.posts_json(Guest(), queries.list_posts(Guest(), thread, limit=100))
    assert len(told) == 2 * count
    assert n.total == 18


@pytest.mark.parametrize("count", [1, 30])
def test_a_list_of_threads_takes_the_same_queries_whatever_its_length(project, count_queries, count):
    for _n in range(count):
        make_post(make_thread(project, make_user()), make_user())
    slug = project.slug
    db.session.remove()
    with count_queries() as n:
        project = get_project(Guest(), slug)
        page = queries.list_threads(Guest(), project)
        told = schemas.threads_json(page.items)
    assert len(told) == count
    assert n.total == 15


def test_a_page_that_begins_at_another_projects_thread_is_not_there(project):
    elsewhere = make_thread(make_project())
    for thread_id in (elsewhere.id, 999):
        with pytest.raises(NotFound):
            queries.list_threads(Guest(), project, encode_cursor([thread_id]))


def test_the_posts_of_a_thread_one_may_not_see_are_not_there(app):
    closed = make_project(visibility="members")
    thread = make_thread(closed)
    make_post(thread, body="A secret.")
    member = make_user()
    join(closed, member)
    for viewer in (Guest(), make_user()):
        with pytest.raises(NotFound):
            queries.list_posts(viewer, thread)
    assert [post.body for post in queries.list_posts(member, thread)] == ["A secret."]
