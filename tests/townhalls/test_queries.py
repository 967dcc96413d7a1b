"""Meetings in pages, and whose they are."""

from datetime import timedelta

import pytest
from factories import join, make_post, make_project, make_rsvp, make_thread, make_town_hall, make_user

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.db import now
from civicforum.errors import Invalid, NotFound
from civicforum.townhalls import policies, queries
from civicforum.web.pagination import encode_cursor


@pytest.mark.parametrize(("when", "days"), [("past", -9), ("coming", 9), (None, 9)])
def test_meetings_are_read_page_by_page_also_where_two_begin_together(app, when, days):
    project = make_project()
    step = timedelta(days=1 if days > 0 else -1)
    begin = now() + timedelta(days=days)
    halls = [make_town_hall(project, starts_at=begin + step * (n // 2)) for n in range(5)]
    order = (1, 0, 3, 2, 4) if when == "past" else range(5)
    seen, cursor = [], None
    for _page in range(5):
        page = queries.list_town_halls(Guest(), project, when, limit=1, cursor=cursor)
        seen += [hall.id for hall in page.items]
        cursor = page.next
    assert (seen, cursor) == ([halls[n].id for n in order], None)


@pytest.mark.parametrize("instant", ["", "yesterday", "2026-10-20T18:00:00", "9999-12-31T23:59:59+00:00"])
def test_a_page_that_begins_at_no_moment_is_refused(app, instant):
    with pytest.raises(Invalid):
        queries.list_town_halls(Guest(), cursor=encode_cursor([instant, 1]))


def test_an_answer_is_there_while_its_meeting_is_published(app):
    row = make_rsvp(make_town_hall(make_project()), make_user())
    draft = make_rsvp(make_town_hall(make_project(), status="draft"), make_user())
    closed = make_rsvp(make_town_hall(make_project(visibility="members")), make_user())
    assert queries.get_answer(row.id) == row
    for rsvp_id in (draft.id, closed.id, 999):
        with pytest.raises(NotFound):
            queries.get_answer(rsvp_id)


def test_a_meeting_is_watched_by_whoever_may_see_it(app):
    project = make_project()
    called, draft = make_town_hall(project), make_town_hall(project, status="draft")
    closed = make_town_hall(make_project(visibility="members"))
    queries.check_town_hall(Guest(), called.id)
    queries.check_town_hall(member_of(project, "organizer"), draft.id)
    for town_hall_id in (draft.id, closed.id, 999):
        with pytest.raises(NotFound):
            queries.check_town_hall(Guest(), town_hall_id)


VIEWERS = {
    "guest": lambda project: Guest(),
    "house": lambda project: SYSTEM,
    "resident": lambda project: make_user(),
    "site organizer": lambda project: make_user("organizer"),
    "site steward": lambda project: make_user("steward"),
    "suspended site steward": lambda project: make_user("steward", suspended_until=now() + timedelta(days=1)),
    "member": lambda project: member_of(project, "member"),
    "organizer": lambda project: member_of(project, "organizer"),
    "steward": lambda project: member_of(project, "steward"),
    "suspended steward": lambda project: member_of(
        project, "steward", suspended_until=now() + timedelta(days=1)
    ),
}


def member_of(project, role, **facts):
    user = make_user(**facts)
    join(project, user, role)
    return user


@pytest.mark.parametrize("who", VIEWERS)
def test_the_clause_and_the_policy_say_the_same(app, who):
    projects = [
        make_project(visibility=visibility, status=status)
        for visibility in ("public", "members")
        for status in ("draft", "active", "archived")
    ]
    for project in projects:
        halls = [make_town_hall(project, status=status) for status in ("draft", "published", "cancelled")]
        viewer = VIEWERS[who](project)
        listed = {hall.id for hall in queries.list_town_halls(viewer, project).items}
        assert listed == {hall.id for hall in halls if policies.can_see(viewer, hall)}


def test_the_latest_visible_comments_of_a_meetings_discussion_come_in_their_order(app):
    thread = make_thread(make_project())
    posts = [make_post(thread, make_user(), f"Words {n}.") for n in range(7)]
    make_post(thread, make_user(), "Hidden.", state="hidden")
    assert queries.recent_posts(thread.id) == posts[2:]
    assert queries.recent_posts(thread.id, limit=2) == posts[5:]
    assert queries.recent_posts(None) == []
