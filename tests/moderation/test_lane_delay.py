"""Thirty seconds in a heated thread: everybody's words wait, and are shown once, in their order."""

from datetime import timedelta

import pytest
import time_machine
from browser import submit
from factories import join, make_post, make_thread, make_user
from sqlalchemy import select

from civicforum import jobs
from civicforum.accounts.models import SYSTEM
from civicforum.agreement.actions import list_word
from civicforum.agreement.limits.models import Limit
from civicforum.agreement.queries import find_hold
from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions import tasks
from civicforum.discussions.actions import edit_post, post_reply
from civicforum.discussions.asking import prepare_poll
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.queries.delays import list_delayed, overdue_threads
from civicforum.errors import Conflict, Invalid, NotAllowed, TooMany
from civicforum.live.models import LiveChange
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Case, LogEntry, Measure
from civicforum.notifications.models import Notification

LATER = timedelta(seconds=31)


@pytest.fixture
def clock(app):
    with time_machine.travel(now(), tick=False) as travels:
        yield travels


@pytest.fixture
def delayed(place, clock):
    """The place, with a delay that a moderator set for an hour."""
    until = now() + timedelta(hours=1)
    actions.moderate(place.moderator, "thread", place.thread.id, Deed("delay", 2, "It is hot.", until=until))
    return place


def shown(thread):
    wanted = select(Post.body).where(Post.thread_id == thread.id, Post.state == "visible")
    return db.session.scalars(wanted.order_by(Post.seq)).all()


def told(user):
    return list(db.session.scalars(select(Notification.reason).where(Notification.user_id == user.id)))


def test_everybody_waits_half_a_minute_and_is_shown_once_in_order(delayed, app, clock):
    thread, organizer = delayed.thread, make_user("organizer")
    said = [post_reply(who, thread.id, who.name) for who in (make_user(), organizer, delayed.moderator)]
    assert {post.state for post in said} == {"pending"}
    assert shown(thread) == ["These people are animals."]
    clock.shift(timedelta(seconds=29))
    jobs.run_due(app)
    assert len(shown(thread)) == 1
    clock.shift(LATER)
    jobs.run_due(app)
    tasks.show_delayed(said[0].id)
    assert shown(thread)[1:] == [post.writer.name for post in said]
    assert [post.seq for post in said] == [2, 3, 4]
    assert {find_hold("post", post.id) for post in said} == {None}
    assert "post_approved" not in told(organizer)


def test_nothing_is_told_before(delayed, app, clock):
    thread, called = delayed.thread, make_user()
    changes = select(LiveChange.object_id).where(
        LiveChange.channel == thread.channel, LiveChange.kind == "post"
    )
    before = db.session.scalars(changes).all()
    post = post_reply(make_user(), thread.id, f"@{called.handle}, zqlater.")
    assert told(called) == []
    assert db.session.scalars(changes).all() == before
    assert db.session.get_one(Thread, thread.id).last_seq == 1
    clock.shift(LATER)
    jobs.run_due(app)
    assert told(called) == ["mention"]
    assert post.id in db.session.scalars(changes).all()


def test_a_late_worker_loses_nothing(delayed, client, clock):
    post = post_reply(make_user(), delayed.thread.id, "Late.")
    clock.shift(LATER)
    assert "Late." in client.get(f"/threads/{delayed.thread.id}", follow_redirects=True).text
    # The job still waits, and finds nothing to do.
    tasks.show_delayed(post.id)
    tasks.show_overdue()
    tasks.show_delayed(10**6)
    assert (post.state, post.seq) == ("visible", 2)
    with pytest.raises(NotAllowed):
        discussions.show_due(make_user(), delayed.thread.id)
    discussions.show_due(SYSTEM, 10**6)


def test_the_round_finds_what_no_job_showed(delayed, clock):
    post_reply(make_user(), delayed.thread.id, "Late.")
    clock.shift(LATER)
    tasks.show_overdue()
    assert shown(delayed.thread)[1:] == ["Late."]


def test_its_author_knows_the_second(delayed, client, sign_in, token_for):
    author = make_user()
    url = f"/api/v1/threads/{delayed.thread.id}/posts"
    answer = client.post(url, json={"body": "Soon."}, headers=token_for(author))
    assert (answer.status_code, answer.json["state"]) == (202, "pending")
    assert answer.json["held_until"] == (now() + timedelta(seconds=30)).isoformat()
    page = sign_in(author).get(f"/threads/{delayed.thread.id}", follow_redirects=True).text
    assert "It is shown to all at " in page
    assert "Comments are shown 30 seconds later." in page
    assert "What you send is shown to others 30 seconds later." in page
    answer = submit(sign_in(author), f"/threads/{delayed.thread.id}/{delayed.thread.slug}", body="More.")
    assert "A moderator reads this first" not in answer.text
    for stranger in (client, sign_in(make_user()), sign_in(delayed.moderator)):
        page = stranger.get(f"/threads/{delayed.thread.id}", follow_redirects=True).text
        assert "It is shown to all at " not in page


def test_a_list_and_a_gate_still_win(delayed, app, clock):
    list_word(delayed.moderator, "flagme", "flag")
    listed = post_reply(make_user(), delayed.thread.id, "holdme")
    marked = post_reply(make_user(), delayed.thread.id, "flagme")
    # Mended words go on waiting for whoever reads them, and do not show by themselves.
    edit_post(listed.writer, listed.id, "Better.", 1)
    actions.set_gate(delayed.moderator, delayed.thread.id, 1, "newcomers", "Read first.")
    gated = post_reply(make_user(newcomer=True), delayed.thread.id, "Gated.")
    assert [find_hold("post", post.id).cause for post in (listed, gated)] == ["list", "thread"]
    assert [item.post.id for item in queries.list_queue(delayed.moderator)] == [listed.id, gated.id]
    clock.shift(LATER)
    jobs.run_due(app)
    assert [post.state for post in (listed, marked, gated)] == ["pending", "visible", "pending"]
    assert queries.find_case_about("post", marked.id).source == "list"


@pytest.mark.parametrize("whom", ["newcomers", "everybody"])
def test_a_gate_catches_what_waits_its_seconds(delayed, app, clock, whom):
    people = [make_user(newcomer=True), make_user(), make_user("moderator")]
    posts = [post_reply(who, delayed.thread.id, "Words.") for who in people]
    gone = post_reply(make_user(), delayed.thread.id, "Nobody's.")
    with transaction():
        gone.writer = None
    actions.set_gate(delayed.moderator, delayed.thread.id, 1, whom, "Read first.")
    clock.shift(LATER)
    jobs.run_due(app)
    caught = ["pending", "pending" if whom == "everybody" else "visible", "visible", "visible"]
    assert [post.state for post in (*posts, gone)] == caught
    assert told(people[0]) == ["post_held"]


def test_an_edit_waits_its_own_seconds(delayed, app, clock):
    new, old = post_reply(make_user(), delayed.thread.id, "One."), delayed.post
    clock.shift(timedelta(seconds=20))
    edit_post(new.writer, new.id, "Two.", 1)
    edit_post(old.writer, old.id, "Three.", 1)
    clock.shift(timedelta(seconds=20))
    jobs.run_due(app)
    assert shown(delayed.thread) == []
    clock.shift(timedelta(seconds=20))
    jobs.run_due(app)
    assert shown(delayed.thread) == ["Three.", "Two."]
    # Words that were shown and then held by a list do not come back by themselves.
    edit_post(new.writer, new.id, "holdme", 2)
    clock.shift(LATER)
    jobs.run_due(app)
    assert new.state == "pending"


def test_a_poll_is_read_for_words_too(delayed, app, clock):
    list_word(delayed.moderator, "flagme", "flag")
    poll = prepare_poll("single", "Which?", ["flagme", "none"], now() + timedelta(days=1))
    post = post_reply(make_user(), delayed.thread.id, "Ask.", poll=poll)
    clock.shift(LATER)
    jobs.run_due(app)
    assert post.is_visible
    assert queries.find_case_about("post", post.id).source == "list"


def test_turning_it_off_shows_at_once_what_waits(delayed):
    measure = db.session.scalars(select(Measure).where(Measure.action == "delay")).one()
    for words in ("One.", "Two."):
        post_reply(make_user(), delayed.thread.id, words)
    actions.lift_measure(delayed.moderator, measure.id, "It is calm.")
    assert shown(delayed.thread)[1:] == ["One.", "Two."]
    assert post_reply(make_user(), delayed.thread.id, "At once.").seq == 4
    lines = db.session.execute(
        select(LogEntry.action, LogEntry.rule, LogEntry.until).order_by(LogEntry.number)
    )
    assert [(line.action, bool(line.rule), bool(line.until)) for line in lines] == [
        ("delay", True, True),
        ("lift", False, False),
    ]


def test_it_ends_by_itself(delayed, app, clock):
    clock.shift(timedelta(minutes=59, seconds=50))
    post_reply(make_user(), delayed.thread.id, "One.")
    clock.shift(timedelta(seconds=10))
    # Before any job has run: who waits longer keeps their turn.
    post_reply(make_user(), delayed.thread.id, "Two.")
    assert shown(delayed.thread)[1:] == ["One.", "Two."]
    jobs.run_due(app)
    assert shown(delayed.thread)[1:] == ["One.", "Two."]


def test_the_end_of_an_earlier_one_ends_no_later_one(delayed, app, clock):
    until = now() + timedelta(hours=3)
    actions.moderate(
        delayed.moderator, "thread", delayed.thread.id, Deed("delay", 2, "Still hot.", until=until)
    )
    clock.shift(timedelta(minutes=59, seconds=50))
    post = post_reply(make_user(), delayed.thread.id, "One.")
    clock.shift(timedelta(seconds=12))
    jobs.run_due(app)
    assert post.state == "pending"


def test_the_end_shows_what_waits_without_anybody_speaking(delayed, app, clock):
    clock.shift(timedelta(minutes=59, seconds=50))
    post_reply(make_user(), delayed.thread.id, "One.")
    clock.shift(timedelta(seconds=12))
    jobs.run_due(app)
    assert shown(delayed.thread)[1:] == ["One."]


def test_it_lasts_a_day_at_most(place):
    until = now() + timedelta(hours=30)
    with pytest.raises(Invalid) as refused:
        actions.moderate(place.moderator, "thread", place.thread.id, Deed("delay", 2, "Hot.", until=until))
    assert refused.value.errors == {"until": ["Choose an end that is to come, within 1 day."]}


@pytest.mark.parametrize("what", ["lock", "slow", "close", "merge", "withdraw", "hide"])
def test_whatever_happens_meanwhile(delayed, app, clock, what):
    thread, other = delayed.thread, make_thread(delayed.project, title="Other")
    author = make_user()
    post = post_reply(author, thread.id, "Mine.")
    if what in ("lock", "slow"):
        actions.moderate(delayed.moderator, "thread", thread.id, Deed(what, 2, "Hot."))
    elif what == "close":
        discussions.close_thread(make_user("organizer"), thread.id, "Done.")
    elif what == "merge":
        actions.merge_threads(delayed.moderator, thread.id, other.id, "The same.")
    elif what == "withdraw":
        discussions.withdraw_post(author, post.id)
    else:
        actions.hide_now(delayed.moderator, post.id, Deed("hide", 2, "Because."))
    clock.shift(LATER)
    jobs.run_due(app)
    expected = {"withdraw": "withdrawn", "hide": "declined"}.get(what, "visible")
    assert post.state == expected
    assert (post.thread_id == other.id) is (what == "merge")
    if what == "slow":
        with pytest.raises(TooMany):
            post_reply(author, thread.id, "Again.")


def test_the_queue_and_the_report_are_not_flooded(delayed, sign_in):
    for _ in range(3):
        post_reply(make_user(), delayed.thread.id, "Words.")
    assert (queries.count_queue(delayed.moderator), queries.list_held(delayed.moderator, delayed.thread)) == (
        0,
        [],
    )
    page = sign_in(delayed.moderator).get(f"/moderation/threads/{delayed.thread.id}/held").text
    assert "Nothing waits here" in page


def test_a_thread_is_calmed_in_three_taps(place, sign_in):
    browser = sign_in(place.moderator)
    page = browser.get(f"/threads/{place.thread.id}", follow_redirects=True).text
    assert f'href="/threads/{place.thread.id}/calm/delay"' in page
    answer = submit(browser, f"/threads/{place.thread.id}/calm/delay", rule="2", reason="Hot.", hours="3")
    assert "Comments are shown 30 seconds later." in answer.text
    assert "Nothing waits just now." in answer.text
    limit = db.session.scalars(select(Limit)).one()
    assert (limit.kind, limit.until > now() + timedelta(hours=2)) == ("delay", True)
    form = browser.get(f"/threads/{place.thread.id}/calm/delay").text
    assert ("24 hours" in form, "3 days" in form, "End it early" in form) == (True, False, True)


def test_who_has_a_part_sets_none(place):
    tied = make_user("moderator")
    make_post(place.thread, tied)
    with pytest.raises(NotAllowed):
        actions.moderate(tied, "thread", place.thread.id, Deed("delay", 2, "Hot."))
    assert db.session.scalars(select(Case.id)).all() == []
    stranger = make_user()
    join(place.project, stranger)
    with pytest.raises(NotAllowed):
        actions.moderate(stranger, "thread", place.thread.id, Deed("delay", 2, "Hot."))
    discussions.close_thread(make_user("organizer"), place.thread.id, "Done.")
    with pytest.raises(Conflict):
        actions.moderate(place.moderator, "thread", place.thread.id, Deed("delay", 2, "Hot."))


def test_a_long_thread_is_not_read_through_for_what_waits(place, count_queries):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("how a question is answered is asked of SQLite")
    thread_id = place.thread.id
    with count_queries() as asked:
        overdue_threads(thread_id)
        list_delayed(thread_id)
    assert asked.total == 2
    for statement in asked.statements:
        values = (None,) * statement.count("?")
        plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        [way] = [row.detail for row in plan if " post " in row.detail]
        assert "ix_post_not_shown" in way or "PRIMARY KEY" in way, way
