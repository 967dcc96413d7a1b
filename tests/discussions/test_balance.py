"""Who is heard in a thread: what is counted, the quiet word, and the room that is made for others."""

from datetime import timedelta

import pytest
import time_machine
from browser import press, submit
from factories import (
    join,
    make_agreement,
    make_organization,
    make_post,
    make_project,
    make_thread,
    make_user,
)
from sqlalchemy import select

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Guest
from civicforum.agreement.actions import list_word
from civicforum.agreement.queries import get_rule
from civicforum.db import db, now, transaction
from civicforum.discussions import actions, queries
from civicforum.discussions.models import MadeRoom, Post
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from civicforum.live.changes import changes_since
from civicforum.notifications.models import Notification
from civicforum.partnerships.queries import hat_holders, hats_of
from civicforum.voices.balance import Balance

EVERYBODY = Guest()


@pytest.fixture
def thread(project):
    return make_thread(project)


def talk(thread, *posts_of_each: int) -> list:
    """People who wrote so often each; the last post of each is theirs to be answered."""
    people = [make_user() for _posts in posts_of_each]
    for person, posts in zip(people, posts_of_each, strict=True):
        for _n in range(posts):
            make_post(thread, person)
    return people


def balance(thread) -> Balance:
    return queries.thread_balance(EVERYBODY, queries.get_thread(EVERYBODY, thread.id))


# --- what is counted ---


def test_a_thread_is_weighed_by_hand(thread):
    talk(thread, 6, 1, 1, 1, 1)
    assert balance(thread) == Balance(people=5, posts=10, squares=40, top_posts=8, first_time=5)
    assert balance(thread).effective == 2.5


def test_an_empty_thread_weighs_nothing(thread):
    assert balance(thread) == Balance()


def test_what_is_not_shown_does_not_count(thread):
    make_agreement()
    list_word(SYSTEM, "holdme", "hold")
    moderator, (ana, ben) = make_user("moderator"), talk(thread, 2, 1)
    assert (balance(thread).people, balance(thread).posts) == (2, 3)
    hidden = db.session.query(Post).filter_by(author_id=ben.id).one()
    actions.hide_post(moderator, hidden.id, get_rule(2))
    assert (balance(thread).people, balance(thread).posts) == (1, 2)
    actions.restore_post(moderator, hidden.id)
    assert (balance(thread).people, balance(thread).posts) == (2, 3)
    actions.withdraw_post(ben, hidden.id)
    held = actions.post_reply(ben, thread.id, "A holdme word.")
    assert (balance(thread).people, balance(thread).posts) == (1, 2)
    actions.approve_post(moderator, held.id)
    assert (balance(thread).people, balance(thread).posts) == (2, 3)
    actions.withdraw_post(ana, db.session.query(Post).filter_by(author_id=ana.id).first().id)
    assert (balance(thread).people, balance(thread).posts) == (2, 2)


def test_the_house_and_erased_people_are_no_voices(thread):
    actions.post_reply(SYSTEM, thread.id, "A word of the house.")
    (gone,) = talk(thread, 3)
    with transaction():
        db.session.merge(gone).erased_at = now()
    assert balance(thread) == Balance()


def test_who_spoke_earlier_in_public_is_not_there_for_the_first_time(project, thread):
    new, elsewhere, behind_doors = (make_user() for _ in range(3))
    make_post(make_thread(make_project()), elsewhere)
    make_post(make_thread(make_project(visibility="members")), behind_doors)
    for person in (new, elsewhere, behind_doors):
        make_post(thread, person)
    # What was said behind closed doors is not told by somebody's not being new.
    assert balance(thread).first_time == 2
    later = make_thread(project)
    make_post(later, new)
    assert (balance(thread).first_time, balance(later).first_time) == (2, 0)


def test_a_first_voice_is_welcomed_by_somebody_else_within_two_days(thread):
    (ana,) = talk(thread, 1)
    began = now()
    new = [make_user() for _ in range(4)]
    first = [make_post(thread, person, published_at=began) for person in new]
    make_post(thread, ana, reply_to_id=first[0].id, published_at=began + timedelta(hours=48))
    make_post(thread, ana, reply_to_id=first[1].id, published_at=began + timedelta(hours=48, seconds=1))
    make_post(thread, new[2], reply_to_id=first[2].id, published_at=began)
    make_post(thread, ana, reply_to_id=first[3].id, state="hidden")
    assert (balance(thread).first_time, balance(thread).welcomed) == (5, 1)


def test_hats_have_a_bar_of_their_own(app):
    partner, other = make_user(), make_user()
    project = make_project(make_user(), make_organization(partner))
    make_organization(other)
    thread = make_thread(project)
    wearing = {
        "organizer": make_user(),
        "moderator": make_user(),
        "site organizer": make_user("organizer"),
        "partner": partner,
    }
    join(project, wearing["organizer"], "organizer")
    join(project, wearing["moderator"], "moderator")
    plain = [make_user(), other, make_user("administrator"), make_user("steward")]
    join(project, plain[0], "member")
    for person in [*wearing.values(), *plain]:
        make_post(thread, person)
    make_post(thread, partner)
    told = balance(thread)
    assert (told.hats, told.hat_posts, told.resident_posts) == (4, 5, 4)
    holders = set(db.session.scalars(hat_holders(project.id)))
    assert {p.id for p in [*wearing.values(), *plain] if hats_of(p, thread.project)} == holders & {
        p.id for p in [*wearing.values(), *plain]
    }


def test_who_speaks_in_two_threads_of_a_project_is_one_person(project, thread):
    ana, ben = talk(thread, 3, 1)
    other = make_thread(project)
    make_post(other, ben)
    told = queries.project_balance(EVERYBODY, project)
    assert told == Balance(people=2, posts=5, squares=13, top_posts=5, first_time=2)
    assert ana.id != ben.id


def test_nothing_is_told_of_what_one_may_not_see(app):
    closed = make_project(visibility="members")
    thread = make_thread(closed)
    for read in (
        lambda: queries.thread_balance(EVERYBODY, thread),
        lambda: queries.project_balance(EVERYBODY, closed),
        lambda: queries.list_spoken(EVERYBODY, closed),
    ):
        with pytest.raises(NotFound):
            read()


@pytest.mark.parametrize("people", [2, 30])
def test_balance_takes_one_query_however_many_speak(thread, count_queries, people):
    talk(thread, *[1] * people)
    found = queries.get_thread(EVERYBODY, thread.id)
    with count_queries() as n:
        queries.thread_balance(EVERYBODY, found)
    assert n.total == 1


# --- the quiet word ---


def told_in_private(person) -> list[str]:
    rows = select(Notification.reason).where(Notification.user_id == person.id)
    return list(db.session.scalars(rows.order_by(Notification.id)))


def speak(person, thread, times: int) -> None:
    for _n in range(times):
        actions.post_reply(person, thread.id, "And another thing.")


def test_who_writes_much_of_a_thread_is_told_once_and_in_private(thread):
    talk(thread, 2, 2, 1)
    ana = make_user()
    speak(ana, thread, 2)
    assert queries.find_nudge(ana, thread.id) is None
    speak(ana, thread, 1)
    nudge = queries.find_nudge(ana, thread.id)
    assert (nudge.own_posts, nudge.posts, nudge.people) == (3, 8, 4)
    assert told_in_private(ana) == ["nudge"]
    speak(ana, thread, 3)
    actions.dismiss_nudge(ana, thread.id)
    actions.dismiss_nudge(ana, thread.id)
    speak(ana, thread, 1)
    assert queries.find_nudge(ana, thread.id) is None
    assert told_in_private(ana) == ["nudge"]


def test_a_quiet_word_binds_organizers_alike_and_is_nobody_elses(project, thread):
    talk(thread, 2, 2, 1)
    runs_it = make_user("organizer")
    speak(runs_it, thread, 3)
    assert queries.find_nudge(runs_it, thread.id) is not None
    assert queries.find_nudge(make_user("administrator"), thread.id) is None
    assert queries.list_nudged(EVERYBODY, [thread.id]) == []
    assert [found.id for found in queries.list_nudged(runs_it, [thread.id])] == [thread.id]
    with pytest.raises(NotFound):
        actions.dismiss_nudge(make_user(), thread.id)
    with pytest.raises(NotFound):
        actions.dismiss_nudge(Guest(), thread.id)


def test_a_nudge_in_a_project_that_closed_is_not_told(project, thread):
    talk(thread, 2, 2, 1)
    ana = make_user()
    speak(ana, thread, 3)
    with transaction():
        db.session.merge(project).visibility = "members"
    assert queries.list_nudged(ana, [thread.id]) == []


# --- room for others ---


@pytest.fixture
def loud(thread):
    """Somebody who wrote most of a thread of four."""
    people = talk(thread, 1, 1, 1, 5)
    return people[-1]


@pytest.fixture
def runs_it(thread):
    return make_user("organizer")


def make(runs_it, thread, hours=1, minutes=15, reason="Others  wait."):
    return actions.make_room(runs_it, thread.id, hours, minutes, reason)


def test_who_wrote_most_waits_and_everybody_else_writes_as_always(runs_it, thread, loud):
    make(runs_it, thread)
    with pytest.raises(TooMany) as refused:
        actions.post_reply(loud, thread.id, "Once more.")
    assert "You can write again in 15 minutes" in str(refused.value)
    assert 880 < refused.value.retry_after <= 901
    quiet = make_user()
    speak(quiet, thread, 2)
    assert queries.speaks_again_at(quiet, thread.id) is None
    assert queries.speaks_again_at(Guest(), thread.id) is None


def test_the_minutes_count_from_what_one_sent_last_whatever_became_of_it(runs_it, thread, loud):
    make(runs_it, thread)
    later = now() + timedelta(minutes=16)
    with time_machine.travel(later):
        post = actions.post_reply(loud, thread.id, "After a while.")
        actions.withdraw_post(loud, post.id)
        with pytest.raises(TooMany):
            actions.post_reply(loud, thread.id, "At once again.")


def test_room_ends_by_itself(app, runs_it, thread, loud):
    room = make(runs_it, thread, minutes=60)
    before = changes_since(thread.channel).revision
    with time_machine.travel(room.ends_at + timedelta(seconds=1)):
        assert queries.find_room(thread.id) is None
        actions.post_reply(loud, thread.id, "As always.")
        jobs.run_due(app)
    assert ("thread", thread.id) in changes_since(thread.channel, before).objects


def test_nobody_waits_longer_than_the_room_lasts(runs_it, thread, loud):
    room = make(runs_it, thread, minutes=60)
    with time_machine.travel(room.ends_at - timedelta(minutes=59)):
        assert queries.speaks_again_at(loud, thread.id) <= room.ends_at


def test_who_was_overtaken_is_free_again(runs_it, thread, loud):
    make(runs_it, thread)
    talk(thread, 6, 6)
    actions.post_reply(loud, thread.id, "One among others.")


def test_room_binds_whoever_made_it(thread, runs_it):
    talk(thread, 1, 1, 1)
    speak(runs_it, thread, 5)
    make(runs_it, thread)
    with pytest.raises(TooMany):
        actions.post_reply(runs_it, thread.id, "I may, surely?")


def test_room_says_who_why_and_until_when(runs_it, thread):
    room = make(runs_it, thread, hours=3)
    assert (room.role, room.reason, room.minutes) == ("organizer", "Others wait.", 15)
    assert room.ends_at - room.created_at <= timedelta(hours=3)
    assert make(make_user("moderator"), thread).role == "moderator"


def test_another_room_ends_the_first(runs_it, thread):
    first = make(runs_it, thread)
    second = make(runs_it, thread, minutes=5)
    assert queries.find_room(thread.id).id == second.id
    first = db.session.get_one(MadeRoom, first.id)
    assert (first.is_in_force(), second.is_in_force()) == (False, True)


def test_room_is_ended_early_once(runs_it, thread, loud):
    make(runs_it, thread)
    actions.end_room(runs_it, thread.id)
    actions.post_reply(loud, thread.id, "As always.")
    with pytest.raises(Conflict):
        actions.end_room(runs_it, thread.id)


def test_who_does_not_run_the_talk_makes_no_room(thread, runs_it):
    make(runs_it, thread)
    for person in (make_user(), make_user("administrator"), make_user("steward"), Guest()):
        for deed in (lambda p=person: make(p, thread), lambda p=person: actions.end_room(p, thread.id)):
            if not person.is_authenticated or not person.has_role("administrator"):
                with pytest.raises(NotAllowed):
                    deed()
    with pytest.raises(NotAllowed):
        actions.tell_room_ended(runs_it, thread.id)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"hours": 2}, "hours"),
        ({"minutes": 1}, "minutes"),
        ({"reason": " \n"}, "reason"),
        ({"reason": "x" * 301}, "reason"),
    ],
)
def test_only_what_is_offered_and_with_a_reason(runs_it, thread, facts, field):
    with pytest.raises(Invalid) as refused:
        make(runs_it, thread, **facts)
    assert list(refused.value.errors) == [field]


def test_where_nothing_is_added_no_room_is_made(runs_it, thread, project):
    actions.close_thread(runs_it, thread.id, "Settled.")
    with pytest.raises(Conflict):
        make(runs_it, thread)
    other = make_thread(make_project(status="completed"))
    with pytest.raises(Conflict):
        make(runs_it, other)


def test_telling_the_end_of_what_is_not_there_does_nothing(thread, runs_it):
    make(runs_it, thread)
    before = changes_since(thread.channel).revision
    actions.tell_room_ended(SYSTEM, thread.id)
    actions.tell_room_ended(SYSTEM, 9999)
    assert changes_since(thread.channel).revision == before


# --- pages ---


def url(thread) -> str:
    return f"/threads/{thread.id}/{thread.slug}"


def test_the_page_says_who_is_heard_in_a_sentence_and_names_nobody(client, thread):
    people = talk(thread, 6, 1, 1, 1, 1)
    part = client.get(f"/threads/{thread.id}/balance").text
    assert "10 comments by 5 people. It is as if 2 people spoke equally often." in part
    assert "The three people who wrote most: 8 of 10 comments." in part
    assert "5 of 5 people wrote in this town for the first time." in part
    assert not [person.name for person in people if person.name in part]
    assert part.strip() in client.get(url(thread)).text


def test_a_few_people_are_too_few_to_tell(client, thread):
    talk(thread, 6, 1)
    part = client.get(f"/threads/{thread.id}/balance").text
    assert "7 comments by 2 people." in part
    assert "too few to tell" in part
    assert "three people who wrote most" not in part


def test_the_quiet_word_stands_above_the_composer_until_it_is_put_away(sign_in, thread):
    talk(thread, 2, 2, 1)
    ana = make_user()
    speak(ana, thread, 3)
    browser = sign_in(ana)
    page = browser.get(url(thread)).text
    assert "You wrote 3 of the 8 comments here; 4 people took part." in page
    assert "You wrote 3 of the 8" not in sign_in(make_user()).get(url(thread)).text
    press(browser, url(thread), f"/threads/{thread.id}/nudge/dismiss")
    assert "You wrote 3 of the 8" not in browser.get(url(thread)).text
    assert "Others may have more to say" in sign_in(ana).get("/inbox").text


def test_the_banner_says_the_rule_and_its_end_and_the_composer_says_it_before(sign_in, thread, loud, runs_it):
    make(runs_it, thread)
    page = sign_in(loud).get(url(thread)).text
    assert "Room is being made for others." in page
    assert "Set by an organizer: “Others wait.”" in page
    assert "You can write again in 15 minutes" in page
    other = sign_in(make_user()).get(url(thread)).text
    assert "Set by an organizer: “Others wait.”" in other
    assert "You can write again in" not in other


def test_words_that_come_too_early_stay_in_the_box(sign_in, thread, loud, runs_it):
    make(runs_it, thread)
    answer = submit(sign_in(loud), url(thread), body="Kept words of mine.")
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 800
    assert "Kept words of mine." in answer.text
    assert "You can write again in 15 minutes" in answer.text


def test_a_watcher_is_told_of_the_room(thread, runs_it, client):
    make(runs_it, thread)
    told = client.get(f"/api/v1/channels/{thread.channel}/changes?after=0").json["items"]
    (item,) = [item for item in told if item["type"] == "thread"]
    assert item["make_room"]["reason"] == "Others wait."
    assert "Room is being made for others." in item["fragment"]
