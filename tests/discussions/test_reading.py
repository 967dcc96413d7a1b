"""What is new to somebody: by place, counted from what is shown, told to nobody else."""

import itertools

import pytest
from browser import press
from factories import make_agreement, make_post, make_project, make_thread, make_user
from hypothesis import given
from hypothesis import strategies as st

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.agreement.models import Rule
from civicforum.db import db, transaction
from civicforum.discussions import actions, policies, queries, schemas
from civicforum.discussions.models import Reading
from civicforum.discussions.ranges import (
    gaps,
    holds,
    joined,
    length,
    read_ranges,
    shortened,
    within,
    without,
    write_ranges,
)
from civicforum.errors import NotAllowed, NotFound
from civicforum.live import registry
from civicforum.live.changes import changes_since
from civicforum.voices.models import Voice

RANGES = st.lists(
    st.tuples(st.integers(1, 60), st.integers(0, 9)).map(lambda p: (p[0], p[0] + p[1])), max_size=20
)


def places(ranges) -> set[int]:
    return {seq for first, last in ranges for seq in range(first, last + 1)}


@given(RANGES, st.integers(0, 80))
def test_ranges_say_of_each_place_what_was_said_of_it(pairs, last):
    ranges = joined(pairs)
    assert places(ranges) == places(pairs)
    assert ranges == sorted(ranges)
    assert all(b[0] > a[1] + 1 for a, b in itertools.pairwise(ranges))
    assert read_ranges(write_ranges(ranges)) == ranges
    assert places(gaps(ranges, last)) == set(range(1, last + 1)) - places(pairs)
    assert places(within(pairs, last)) == {seq for seq in places(pairs) if seq <= last}
    assert places(without(ranges, last)) == {seq for seq in places(pairs) if seq < last}
    assert length(ranges) == len(places(pairs))
    assert holds(ranges, last) == (last in places(pairs))


@given(RANGES, st.integers(1, 5))
def test_a_row_stays_short_and_nothing_read_is_ever_new_again(pairs, most):
    ranges = joined(pairs)
    kept = shortened(ranges, most)
    assert len(kept) <= most
    assert places(kept) >= places(ranges)
    assert kept == ranges or len(ranges) > most


@pytest.fixture
def thread(app):
    thread = make_thread(make_project())
    for _n in range(7):
        make_post(thread, make_user())
    return thread


def new(viewer, thread) -> tuple[int, bool]:
    """(how much is new, whether they ever looked into it), read afresh."""
    found = queries.new_in(viewer, queries.get_thread(viewer, thread.id))
    return found.count, found.is_opened


def test_what_was_seen_is_not_new(ana, thread):
    assert new(ana, thread) == (7, False)
    actions.mark_seen(ana, thread.id, [(1, 2), (5, 5)])
    assert new(ana, thread) == (4, True)
    found = queries.new_in(ana, queries.get_thread(ana, thread.id))
    assert [seq for seq in range(9) if found.holds(seq)] == [3, 4, 6, 7]
    assert not found.holds(None)
    assert queries.first_new(thread, found) == 3
    actions.mark_seen(ana, thread.id, [(1, 2)])
    assert new(ana, thread) == (4, True)
    actions.mark_seen(ana, thread.id)
    assert new(ana, thread) == (0, True)
    assert queries.first_new(thread, queries.new_in(ana, thread)) is None


def test_a_place_beyond_the_end_is_not_seen_before_it_is_there(ana, thread):
    actions.mark_seen(ana, thread.id, [(6, 900), (0, 0), (9, 3)])
    make_post(thread)
    assert new(ana, thread) == (6, True)


def test_hiding_and_taking_back_make_nothing_new_and_leave_nothing_unread(ana, thread):
    ben = make_user()
    told = [make_post(thread, ben), make_post(thread, ben)]
    moderator = make_user("moderator")
    make_agreement()
    rule = db.session.query(Rule).first()
    actions.mark_seen(ana, thread.id, [(1, 7)])
    assert new(ana, thread) == (2, True)
    actions.hide_post(moderator, told[0].id, rule)
    actions.withdraw_post(ben, told[1].id)
    assert new(ana, thread) == (0, True)
    assert queries.first_new(thread, queries.new_in(ana, thread)) is None
    actions.restore_post(moderator, told[0].id)
    assert new(ana, thread) == (1, True)
    actions.mark_seen(ana, thread.id)
    actions.hide_post(moderator, told[0].id, rule)
    actions.restore_post(moderator, told[0].id)
    assert new(ana, thread) == (0, True)


def test_ones_own_words_are_never_new(ana, thread):
    actions.mark_seen(ana, thread.id)
    actions.post_reply(ana, thread.id, "I have seen it, too.")
    assert new(ana, thread) == (0, True)
    actions.post_reply(make_user(), thread.id, "So have I.")
    assert new(ana, thread) == (1, True)


def test_a_thread_can_be_new_again_from_a_place_on(ana, thread):
    actions.mark_seen(ana, thread.id)
    actions.mark_new_from(ana, thread.id, 5)
    assert new(ana, thread) == (3, True)
    assert queries.first_new(thread, queries.new_in(ana, thread)) == 5


def test_many_threads_are_counted_in_the_same_queries_as_one(ana, count_queries):
    project = make_project()
    threads = [make_thread(project) for _n in range(12)]
    for one in threads:
        make_post(one, make_user())
        make_post(one, ana)
    actions.mark_seen(ana, threads[0].id)
    some = queries.list_threads(ana, project, limit=30).items
    with count_queries() as few:
        queries.new_to(ana, some[:1])
    with count_queries() as many:
        found = queries.new_to(ana, some)
    assert few.total == many.total == 3
    assert {id_: (n.count, n.is_opened) for id_, n in found.items()} == {
        one.id: (0, True) if one.id == threads[0].id else (1, False) for one in threads
    }
    assert queries.new_to(ana, []) == {}


def test_nothing_is_new_to_a_guest_and_a_guest_keeps_no_place(thread):
    assert queries.new_to(Guest(), [thread]) == {}
    assert new(Guest(), thread) == (0, False)
    assert schemas.watch_readings(Guest()) is None
    with pytest.raises(NotAllowed):
        actions.mark_seen(Guest(), thread.id)
    assert not policies.can_keep_reading(SYSTEM, thread)


def test_who_does_not_see_a_thread_has_no_place_in_it(ana):
    hidden = make_thread(make_project(visibility="members"))
    with pytest.raises(NotFound):
        actions.mark_seen(ana, hidden.id)
    assert db.session.query(Reading).count() == 0


def test_a_persons_own_pages_are_told_and_nobody_elses(ana, thread):
    actions.mark_seen(ana, thread.id, [(1, 3)])
    watching = schemas.watch_readings(ana)
    actions.mark_seen(ana, thread.id, [(4, 4)])
    changes = changes_since(watching.channel, watching.revision, watching.stream)
    assert registry.render_items(watching.channel, changes.objects) == [
        {
            "type": "reading",
            "id": db.session.query(Reading).one().id,
            "thread_id": thread.id,
            "seen": [[1, 4]],
        }
    ]
    actions.mark_seen(ana, thread.id, [(2, 4)])
    assert changes_since(watching.channel, changes.revision).objects == ()
    registry.check_watch(ana, watching.channel)
    for other in (Guest(), make_user("administrator")):
        with pytest.raises(NotFound):
            registry.check_watch(other, watching.channel)


# --- pages, without scripts ---


def long_thread(pages: int):
    thread = make_thread(make_project())
    for _n in range(pages * 50):
        make_post(thread)
    return thread


def test_a_thread_opens_at_what_is_new(sign_in, ana):
    thread = long_thread(2)
    browser = sign_in(ana)
    url = f"/threads/{thread.id}/{thread.slug}"
    assert browser.get(url).status_code == 200  # the first time, from the start
    actions.mark_seen(ana, thread.id, [(1, 60)])
    assert browser.get(url).location == f"{url}?from=51#new"
    page = browser.get(f"{url}?from=51").text
    assert page.index('id="post-60"') < page.index('id="new"') < page.index('id="post-61"')
    assert page.count(" data-new>") == 40
    assert "40 new to you" in page
    assert f'href="{url}?from=1#post-1"' in page
    actions.mark_seen(ana, thread.id)
    assert browser.get(url).location == f"{url}?from=51"
    page = browser.get(f"{url}?from=1").text
    assert 'id="new"' not in page
    assert "new to you" not in page


def test_the_page_says_that_it_was_shown_where_no_script_does(sign_in, ana, thread, client):
    browser = sign_in(ana)
    url = f"/threads/{thread.id}/{thread.slug}"
    address = f"/threads/{thread.id}/seen.svg?first=1&amp;last=7"
    assert f'<noscript><img src="{address}"' in browser.get(url).text
    answer = browser.get(address.replace("&amp;", "&"))
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (
        200,
        "image/svg+xml",
        "no-store",
    )
    assert new(ana, thread) == (0, True)
    assert "seen.svg" not in client.get(url).text
    assert client.get(f"/threads/{thread.id}/seen.svg?first=1&last=7").status_code == 200
    assert browser.get(f"/threads/{thread.id}/seen.svg?first=x").status_code == 200
    assert browser.get("/threads/987654/seen.svg?first=1&last=2").status_code == 404


def test_everything_is_marked_read_by_a_button_and_new_again_by_another(sign_in, ana, thread):
    browser = sign_in(ana)
    actions.mark_seen(ana, thread.id, [(1, 1)])
    url = f"/threads/{thread.id}/{thread.slug}"
    page = press(browser, url, f"/threads/{thread.id}/read")
    assert "Nothing in this thread is new to you now." in page.text
    assert new(ana, thread) == (0, True)
    fifth = queries.list_posts(ana, thread)[4]
    page = press(browser, url, f"/posts/{fifth.id}/new-from-here")
    assert "the thread is new to you again" in page.text
    assert new(ana, thread) == (3, True)


def test_lists_say_how_much_is_new(sign_in, client, ana, thread):
    browser = sign_in(ana)
    actions.mark_seen(ana, thread.id, [(1, 4)])
    slug = thread.project.slug
    for path in (f"/projects/{slug}/threads", f"/projects/{slug}", "/"):
        page = browser.get(path).text
        assert f'data-new-to-you="{thread.id}"' in page
        assert ">3 new to you</span>" in page
        assert "new to you" not in client.get(path).text


def test_the_way_leads_to_what_was_answered(client, thread):
    answered, other = queries.list_posts(Guest(), thread)[1:3]
    with transaction():
        for post in (answered, other):
            db.session.query(Voice).filter_by(kind="post", object_id=post.id).one().state = "answered"
    actions.withdraw_post(other.author, other.id)
    url = f"/threads/{thread.id}/{thread.slug}"
    page = client.get(url).text
    assert page.count('data-kind="heard"><svg') == 1
    assert f'<a href="{url}#post-2" data-kind="heard">' in page
    assert f'<a href="{url}#post-7">' in page
