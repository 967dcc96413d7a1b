"""What is read before it is shown: by duty, by a gate; and newcomers' limits."""

from datetime import timedelta

import pytest
import time_machine
from factories import join, make_file, make_project, make_thread, make_user
from sqlalchemy import select

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.agreement import duty
from civicforum.agreement.actions import list_word, vouch
from civicforum.agreement.models import Hold
from civicforum.agreement.queries import find_hold
from civicforum.db import db, now, transaction
from civicforum.discussions import actions, queries
from civicforum.discussions.models import Post, PostVersion
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from civicforum.files.actions import Chosen
from civicforum.live.changes import changes_since
from civicforum.notifications.models import Notification


@pytest.fixture
def clock():
    with time_machine.travel(now(), tick=False) as machine:
        yield machine


@pytest.fixture
def project(app):
    return make_project()


@pytest.fixture
def thread(project):
    return make_thread(project, make_user())


@pytest.fixture
def moderator(project):
    user = make_user()
    join(project, user, "moderator")
    return user


@pytest.fixture
def nia(app):
    return make_user(newcomer=True)


def cause_of(post):
    hold = find_hold("post", post.id)
    return hold and hold.cause


def say(clock, who, thread, body="I saw it."):
    """Half a minute later, as newcomers must."""
    clock.shift(timedelta(seconds=30))
    return actions.post_reply(who, thread.id, body)


# --- duty ---


def test_a_newcomers_first_two_comments_wait_while_somebody_is_on_duty(clock, nia, thread, moderator):
    duty.begin_duty(moderator, 3)
    first, second, third = [say(clock, nia, thread) for _ in range(3)]
    assert [cause_of(post) for post in (first, second, third)] == ["newcomer"] * 3
    for post in (first, second):
        actions.approve_post(moderator, post.id)
    assert say(clock, nia, thread).state == "visible"
    assert cause_of(actions.edit_post(nia, first.id, "Other words.", first.revision)) == "newcomer"
    assert cause_of(say(clock, make_user(), thread)) is None


def test_a_newcomer_reads_beforehand_that_it_waits(clock, nia, thread, moderator, sign_in):
    address, words = (
        f"/threads/{thread.id}/own",
        "are read first, like everybody’s while a moderator is on duty:",
    )
    assert words not in sign_in(nia).get(address).text
    duty.begin_duty(moderator, 8)
    new_moderator = make_user("moderator", newcomer=True)
    readers = [nia, make_user(), new_moderator]
    assert [words in sign_in(who).get(address).text for who in readers] == [True, False, False]
    assert queries.is_read_first_until(Guest(), thread) is None
    for _ in range(2):
        actions.approve_post(moderator, say(clock, nia, thread).id)
    assert words not in sign_in(nia).get(address).text


def test_nobody_waits_where_nobody_is_on_duty(clock, nia, project, thread, moderator):
    elsewhere = make_user()
    join(make_project(), elsewhere, "moderator")
    duty.begin_duty(elsewhere, 3)
    assert say(clock, nia, thread).state == "visible"
    duty.begin_duty(moderator, 1)
    clock.shift(timedelta(hours=1))
    assert say(clock, nia, thread).state == "visible"
    duty.begin_duty(moderator, 1)
    duty.end_duty(moderator)
    duty.end_duty(moderator)
    assert say(clock, nia, make_thread(project)).state == "visible"


def test_nobody_on_duty_reads_their_own_words(clock, project, thread):
    newcomer = make_user("moderator", newcomer=True)
    duty.begin_duty(newcomer, 3)
    assert queries.on_duty_until(project, newcomer) is None
    assert queries.on_duty_until(project, make_user()) == now() + timedelta(hours=3)
    assert say(clock, newcomer, thread).state == "visible"


@pytest.mark.parametrize(("hours", "due"), [(None, 24), (1, 1), (8, 8)])
def test_what_waits_is_due_by_the_end_of_the_duty(clock, thread, moderator, hours, due):
    list_word(make_user("moderator"), "badger", "hold")
    if hours:
        duty.begin_duty(moderator, hours)
    hold = find_hold("post", actions.post_reply(make_user(), thread.id, "A badger.").id)
    assert (hold.due_at - hold.created_at, hold.is_on_duty) == (timedelta(hours=due), hours is not None)


def test_whoever_is_on_duty_has_an_hour_at_least(clock, thread, moderator, nia):
    duty.begin_duty(moderator, 1)
    clock.shift(timedelta(minutes=50))
    hold = find_hold("post", say(clock, nia, thread).id)
    assert hold.due_at - hold.created_at == timedelta(hours=1)


# --- gates ---


def test_a_gate_lets_newcomers_or_all_but_moderators_wait(clock, nia, thread, moderator):
    resident = make_user()
    actions.set_gate(moderator, thread.id, 1, "newcomers", "A bad hour.")
    causes = [cause_of(say(clock, who, thread)) for who in (nia, resident, moderator)]
    assert causes == ["thread", None, None]
    actions.set_gate(moderator, thread.id, 1, "everybody", "A bad hour.")
    causes = [cause_of(say(clock, who, thread)) for who in (nia, resident, moderator)]
    assert causes == ["thread", "thread", None]
    clock.shift(timedelta(hours=1))
    assert [cause_of(say(clock, who, thread)) for who in (nia, resident)] == [None, None]


def test_a_gate_is_told_and_ends(clock, thread, moderator):
    actions.set_gate(moderator, thread.id, 3, "everybody", "  A bad\n hour. ")
    gate = queries.find_gate(thread.id)
    assert (gate.reason, gate.ends_at - now(), gate.is_in_force()) == (
        "A bad hour.",
        timedelta(hours=3),
        True,
    )
    before = changes_since(thread.channel, 0).revision
    actions.end_gate(moderator, thread.id)
    assert ("thread", thread.id) in changes_since(thread.channel, before).objects
    assert (queries.find_gate(thread.id), gate.is_in_force()) == (None, False)
    with pytest.raises(Conflict):
        actions.end_gate(moderator, thread.id)


def test_watchers_are_told_of_the_end_by_the_clock_alone(clock, thread, moderator):
    actions.set_gate(moderator, thread.id, 1, "everybody", "A bad hour.")
    before = changes_since(thread.channel, 0).revision
    actions.tell_gate_ended(SYSTEM, thread.id)
    actions.tell_gate_ended(SYSTEM, 999)
    assert changes_since(thread.channel, before).objects == ()
    clock.shift(timedelta(hours=1))
    actions.tell_gate_ended(SYSTEM, thread.id)
    assert ("thread", thread.id) in changes_since(thread.channel, before).objects
    with pytest.raises(NotAllowed):
        actions.tell_gate_ended(moderator, thread.id)


def test_a_gate_takes_back_what_newcomers_said_within_the_hour(clock, nia, project, thread, moderator):
    early = say(clock, nia, thread, "Early.")
    clock.shift(timedelta(minutes=61))
    late = say(clock, nia, thread, "Late.")
    gone = say(clock, make_user(newcomer=True), thread, "Gone.")
    with transaction():
        gone.author_id = None
    others = [say(clock, who, thread) for who in (make_user(), make_user("moderator", newcomer=True))]
    actions.set_gate(moderator, thread.id, 1, "everybody", "A bad hour.", takes_back=True)
    assert [post.state for post in (early, late, gone, *others)] == [
        "visible",
        "pending",
        "visible",
        "visible",
        "visible",
    ]
    assert db.session.scalars(select(Hold.object_id)).all() == [late.id]
    assert db.session.scalars(select(Notification.reason)).all() == ["post_held"]
    actions.approve_post(moderator, late.id)
    assert (late.state, late.seq) == ("visible", 2)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"hours": 2}, "hours"),
        ({"whom": "critics"}, "whom"),
        ({"reason": " "}, "reason"),
        ({"reason": "x" * 301}, "reason"),
    ],
)
def test_a_gate_without_its_facts_is_refused(thread, moderator, facts, field):
    with pytest.raises(Invalid) as refused:
        actions.set_gate(moderator, thread.id, **{"hours": 1, "whom": "everybody", "reason": "Why.", **facts})
    assert list(refused.value.errors) == [field]


def test_only_moderators_set_and_end_gates(project, thread, moderator):
    organizer = make_user()
    join(project, organizer, "organizer")
    for who in (Guest(), make_user(), organizer):
        with pytest.raises(NotAllowed):
            actions.set_gate(who, thread.id, 1, "everybody", "Why.")
        with pytest.raises(NotAllowed):
            actions.end_gate(who, thread.id)
    with transaction():
        thread.status = "closed"
    with pytest.raises(Conflict):
        actions.set_gate(moderator, thread.id, 1, "everybody", "Why.")
    hidden_away = make_thread(make_project(visibility="members"))
    with pytest.raises(NotFound):
        actions.set_gate(moderator, hidden_away.id, 1, "everybody", "Why.")


# --- newcomers' limits ---


@pytest.mark.usefixtures("with_limits")
def test_a_newcomer_waits_half_a_minute_and_writes_ten_comments_a_day(clock, nia, project, thread):
    for _ in range(10):
        say(clock, nia, thread)
    clock.shift(timedelta(seconds=29))
    with pytest.raises(TooMany) as refused:
        actions.start_thread(nia, project.id, "Another", "Words.")
    assert (refused.value.retry_after, "in 1 second:" in str(refused.value)) == (1, True)
    with pytest.raises(TooMany) as refused:
        say(clock, nia, thread)
    assert "10 comments a day" in str(refused.value)
    clock.shift(timedelta(seconds=refused.value.retry_after))
    assert say(clock, nia, thread).state == "visible"


def test_a_load_test_is_nobodys_newcomer(clock, nia, thread):
    assert [actions.post_reply(nia, thread.id, "Fast.").state for _ in range(2)] == ["visible"] * 2


@pytest.mark.usefixtures("with_limits")
def test_the_limits_end_with_the_first_civic_deed(clock, nia, thread):
    actions.post_reply(nia, thread.id, "One.")
    vouch(make_user("organizer"), nia)
    words = "Two, @person-a, @person-b and @person-c."
    assert actions.post_reply(nia, thread.id, words).state == "visible"


def test_a_newcomer_calls_two_people_at_once_and_sends_one_picture(clock, nia, thread):
    post = actions.post_reply(nia, thread.id, "See @person-a, @person-b.", files=[Chosen(make_file(nia).key)])
    three = "See @person-a, @person-b, @person-c."
    with pytest.raises(Invalid) as refused:
        say(clock, nia, thread, three)
    assert list(refused.value.errors) == ["body"]
    with pytest.raises(Invalid):
        actions.edit_post(nia, post.id, three, post.revision)
    files = [Chosen(make_file(nia).key) for _ in range(2)]
    with pytest.raises(Invalid) as refused:
        actions.post_reply(nia, thread.id, "Two.", files=files)
    assert list(refused.value.errors) == ["files"]
    assert db.session.scalars(select(Post.body)).all() == ["See @person-a, @person-b."]
    assert db.session.scalars(select(PostVersion)).all() == []


# --- a change that is asked for ---


def test_what_was_asked_is_asked_until_it_is_changed(clock, thread, moderator):
    ben = make_user()
    list_word(make_user("moderator"), "badger", "hold")
    post = actions.post_reply(ben, thread.id, "A badger.")
    assert queries.asked_edits([post]) == {}
    actions.approve_post(moderator, post.id)
    with transaction():
        hold = find_hold("post", post.id)
        hold.decided_at, hold.decision, hold.reason = now(), "approved", "Which one?"
    assert queries.asked_edits([post]) == {post.id: "Which one?"}
    clock.shift(timedelta(minutes=1))
    actions.edit_post(ben, post.id, "The one by the lamp.", post.revision)
    assert queries.asked_edits([post]) == {}
