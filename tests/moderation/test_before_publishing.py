"""What waits is decided alone or together, flags of the list, and the pages of all that."""

from datetime import timedelta

import pytest
import time_machine
from browser import press, submit
from factories import join, make_file, make_post, make_project, make_thread, make_user, save
from sqlalchemy import select

from civicforum.agreement import duty
from civicforum.agreement.actions import list_word
from civicforum.agreement.models import Duty, Hold
from civicforum.agreement.queries import find_hold
from civicforum.db import db, now, transaction
from civicforum.discussions.actions import edit_post, post_reply, set_poll, shape_thread, start_thread
from civicforum.discussions.actions.shaping import Shape
from civicforum.discussions.asking import prepare_poll
from civicforum.discussions.models import Post
from civicforum.discussions.queries import files_of, find_gate, find_room, first_post_id
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.files.actions import Chosen, FileChanges
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Case, Flag, LogEntry
from civicforum.notifications.models import Notification

APPROVE, DECLINE = Deed("approve", None, ""), Deed("decline", 2, "It is about people.")


def told(user):
    return list(db.session.scalars(select(Notification.reason).where(Notification.user_id == user.id)))


def lines():
    return list(db.session.scalars(select(LogEntry.action).order_by(LogEntry.number)))


def read(client, thread):
    return client.get(f"/threads/{thread.id}", follow_redirects=True).text


# --- deciding ---


def test_a_comment_is_published_and_its_author_asked_for_a_change(place, sign_in):
    post, hold = place.hold()
    actions.decide_hold(place.moderator, hold.id, Deed("approve", None, " Name the street. "))
    assert (post.state, hold.decision, hold.reason) == ("visible", "approved", "Name the street.")
    assert told(place.author) == ["post_edit_asked"]
    seen = {
        who: "Name the street." in read(sign_in(user), place.thread)
        for who, user in {"author": place.author, "other": make_user(), "moderator": place.moderator}.items()
    }
    assert seen == {"author": True, "other": False, "moderator": False}
    assert "asks you to change something" in sign_in(place.author).get("/inbox").text


def test_a_wish_has_its_length(place):
    _post, hold = place.hold()
    with pytest.raises(Invalid):
        actions.decide_hold(place.moderator, hold.id, Deed("approve", None, "x" * 2001))


def test_what_waits_in_a_thread_is_decided_together(place):
    posts, holds = zip(*[place.hold(f"holdme {n}") for n in range(4)], strict=True)
    elsewhere = post_reply(make_user(), make_thread(place.project).id, "holdme")
    ids = [hold.id for hold in (*holds[:3], find_hold("post", elsewhere.id))]
    actions.decide_hold(place.moderator, ids[0], APPROVE)
    assert actions.decide_holds(place.moderator, place.thread.id, ids, DECLINE) == 2
    states = [post.state for post in (*posts, elsewhere)]
    assert states == ["visible", "declined", "declined", "pending", "pending"]
    assert lines() == ["decline", "decline"]
    with pytest.raises(Conflict):
        actions.decide_hold(place.moderator, ids[1], APPROVE)


def test_who_wrote_in_the_thread_publishes_the_words_of_others_and_declines_none(place):
    (first, one), (second, _other) = place.hold(), place.hold()
    own = find_hold("post", post_reply(place.moderator, place.thread.id, "holdme").id)
    with pytest.raises(NotAllowed):
        actions.decide_holds(place.moderator, place.thread.id, [one.id], DECLINE)
    assert actions.decide_holds(place.moderator, place.thread.id, [one.id, own.id], APPROVE) == 1
    assert [post.state for post in (first, second)] == ["visible", "pending"]


def test_only_moderators_of_the_place_decide(place):
    _post, hold = place.hold()
    hidden = make_thread(make_project(visibility="members"))
    save(Hold(kind="post", object_id=999, cause="list", due_at=now()))
    for who in (make_user(), place.author):
        with pytest.raises(NotFound):
            actions.decide_holds(who, place.thread.id, [hold.id], APPROVE)
    with pytest.raises(NotFound):
        actions.decide_holds(place.moderator, hidden.id, [], APPROVE)
    away = post_reply(make_user("organizer"), hidden.id, "holdme")
    for hold_id in (find_hold("post", away.id).id, find_hold("post", 999).id):
        with pytest.raises(NotFound):
            actions.decide_hold(place.moderator, hold_id, APPROVE)


def test_gates_stand_in_the_log(place):
    actions.set_gate(place.moderator, place.thread.id, 1, "newcomers", "A bad hour.")
    actions.end_gate(place.moderator, place.thread.id)
    closed, own = make_project(visibility="members"), make_user()
    join(closed, own, "moderator")
    actions.set_gate(own, make_thread(closed).id, 1, "everybody", "A bad hour.")
    assert lines() == ["gate_newcomers", "end_gate", "gate_everybody"]
    rows = db.session.execute(select(LogEntry.place, LogEntry.actor_role).order_by(LogEntry.number)).all()
    assert rows[1:] == [
        (f"thread:{place.thread.id}", "moderator"),
        ("members-only project", "project moderator"),
    ]


# --- listed words that are worth a look ---


@pytest.fixture
def listed(place):
    list_word(place.moderator, "badger", "flag")
    return place


def waiting(place):
    return [(item.post.id, item.why, item.post.state) for item in queries.list_queue(place.moderator)]


def test_a_listed_word_is_shown_and_comes_before_the_moderators(listed):
    post = post_reply(listed.author, listed.thread.id, "A Bádger.")
    assert waiting(listed) == [(post.id, "listed", "visible")]
    edit_post(listed.author, post.id, "A badger, again.", post.revision)
    assert db.session.scalars(select(Case.opened_by_id)).all() == [None]


def test_a_listed_word_is_found_wherever_somebody_writes(listed):
    ben = make_user()
    edited = post_reply(ben, listed.thread.id, "Words.")
    edit_post(ben, edited.id, "Badger.", edited.revision)
    asking = post_reply(ben, listed.thread.id, "Which?")
    options = ["Badger", "Fox"]
    set_poll(ben, asking.id, prepare_poll("single", "Which animal?", options, now() + timedelta(days=3)))
    titled = start_thread(ben, listed.project.id, "The badger", "Words.")
    renamed = start_thread(ben, listed.project.id, "The fox", "Words.")
    shape_thread(ben, renamed.id, Shape(title="The badgers' badger"))
    make_thread_without_posts = make_thread(listed.project, ben)
    shape_thread(ben, make_thread_without_posts.id, Shape(title="A badger"))
    expected = [edited.id, asking.id, first_post_id(titled.id), first_post_id(renamed.id)]
    assert [post_id for post_id, _why, _state in waiting(listed)] == expected


def test_a_masked_word_is_masked_wherever_somebody_writes(place):
    list_word(place.moderator, "badger", "mask")
    ben, dots = make_user(), "••••••"
    files = [Chosen(make_file(ben, alt_text="A badger.", name="badger.webp").key)]
    post = post_reply(ben, place.thread.id, "A badger.", files=files)
    (row,) = files_of(post)
    assert (post.body, row.alt_text, row.name) == (f"A {dots}.", f"A {dots}.", f"{dots}.webp")
    edit_post(ben, post.id, "Badger!", post.revision, FileChanges(alts={row.key: "Badger?"}))
    assert (post.body, row.alt_text) == (f"{dots}!", f"{dots}?")
    actions.set_gate(place.moderator, place.thread.id, 1, "everybody", "A badger hour.")
    actions.make_room(place.moderator, place.thread.id, 1, 15, "Badgers wait, and a badger.")
    assert find_gate(place.thread.id).reason == f"A {dots} hour."
    assert find_room(place.thread.id).reason == f"Badgers wait, and a {dots}."


# --- duty ---


@pytest.mark.parametrize(
    ("roles", "in_project", "expected"),
    [((), None, False), ((), "organizer", False), ((), "moderator", True), (("moderator",), None, True)],
)
def test_only_moderators_are_on_duty(place, roles, in_project, expected):
    person = make_user(*roles)
    if in_project:
        join(place.project, person, in_project)
    if expected:
        assert duty.begin_duty(person, 1).user_id == person.id
        return
    for deed in (lambda: duty.begin_duty(person, 1), lambda: duty.end_duty(person)):
        with pytest.raises(NotAllowed):
            deed()


def test_duty_lasts_as_offered_and_is_one_for_each(place):
    with pytest.raises(Invalid):
        duty.begin_duty(place.moderator, 24)
    with time_machine.travel(now(), tick=False):
        duty.begin_duty(place.moderator, 8)
        duty.begin_duty(place.moderator, 1)
        assert db.session.scalars(select(Duty.ends_at)).all() == [now() + timedelta(hours=1)]


# --- pages, without JavaScript ---


def test_a_moderator_goes_on_and_off_duty_by_one_tap(place, sign_in):
    client = sign_in(place.moderator)
    assert "Choose for how long" in submit(client, "/moderation", hours="5").text
    assert "It ends by itself." in submit(client, "/moderation", hours="3").text
    assert "I am on duty" in press(client, "/moderation", "/moderation/duty/end").text


def test_a_bad_hour_is_calmed_from_the_thread(place, sign_in):
    client = sign_in(place.moderator)
    address = f"/threads/{place.thread.id}"
    assert f'href="{address}/gate"' in read(client, place.thread)
    assert f'href="{address}/gate"' not in read(sign_in(place.author), place.thread)
    assert "Please fill this in" in submit(client, f"{address}/gate", reason=" ", whom="newcomers").text
    page = submit(client, f"{address}/gate", takes_back="y")
    assert "Comments are read first just now." in page.text
    assert (find_gate(place.thread.id).whom, "a moderator reads what newcomers write" in page.text) == (
        "newcomers",
        True,
    )
    page = press(client, address, f"{address}/gate/end")
    assert "Comments are read first just now." not in page.text


def test_several_comments_are_published_or_declined_on_one_page(place, sign_in):
    (first, one), (second, other), (third, last) = (place.hold() for _ in range(3))
    client, address = sign_in(place.moderator), f"/moderation/threads/{place.thread.id}/held"
    why = {"rule": "2", "reason": "It is about people."}
    page = submit(client, address, holds=str(one.id), deed="decline")
    assert (page.status_code, "Name the rule" in page.text) == (422, True)
    # What came after the page was read is nobody's choice yet.
    seen = [str(one.id), str(other.id)]
    submit(client, address, seen=seen, holds=str(one.id), deed="decline_others", **why)
    submit(client, address, holds=str(one.id), deed="approve")
    states = [db.session.get_one(Post, post.id).state for post in (first, second, third)]
    assert states == ["visible", "declined", "pending"]
    page = submit(client, address, holds=str(last.id), deed="decline", **why)
    assert "Nothing waits here" in page.text
    assert sign_in(place.author).get(address).status_code == 404


@pytest.mark.parametrize(
    ("cause", "words"),
    [
        ("newcomer", "Your first two comments are read first"),
        ("links", "It has several links"),
        ("thread", "Comments in this thread are read first"),
        ("list", "It has a word on our list"),
    ],
)
def test_an_author_reads_why_it_waits_who_reads_it_and_by_when(place, sign_in, cause, words):
    _post, hold = place.hold()
    with transaction():
        hold.cause, hold.is_on_duty = cause, cause == "newcomer"
    page = read(sign_in(place.author), place.thread)
    who = "The moderator on duty" if cause == "newcomer" else "A moderator of this project"
    assert (words in page, f"{who} reads it by" in page, "Ruth Amadi" in page) == (True, True, False)


def test_what_is_late_is_said_to_be_first_in_line(place, sign_in):
    place.hold()
    with time_machine.travel(now() + timedelta(hours=25)):
        page = read(sign_in(place.author), place.thread)
        assert "It is first in line" in page


def test_the_queue_says_what_needs_a_person(place, sign_in):
    case_id = actions.flag_post(make_user(), place.post.id, 2, "").case_id
    with transaction():
        case = db.session.get_one(Case, case_id)
        case.score, case.obstacle = 10.0, "organization"
    client = sign_in(place.moderator)
    for address in ("/moderation", f"/moderation/posts/{place.post.id}"):
        page = client.get(address).text
        assert ("Needs a person." in page, "people of one organization" in page) == (True, True)


# --- what one is told of oneself, and everybody of flags ---


def flagged(author, thread, count, state="agreed"):
    for _ in range(count):
        post = make_post(thread, author)
        save(Flag(post_id=post.id, user_id=make_user().id, rule_id=1, state=state))


def test_nothing_is_told_of_flags_on_few_comments_or_one_thread(place, sign_in):
    flagged(place.author, place.thread, 3)
    assert queries.own_flagged(place.author) is None
    flagged(place.author, make_thread(place.project), 1, state="disagreed")
    flagged(place.author, make_thread(place.project), 1, state="withdrawn")
    assert queries.own_flagged(place.author) is None
    assert "What others flagged" not in sign_in(place.author).get("/settings/standing").text


def test_an_often_flagged_author_is_told_how_often_and_nobody_by_whom(place, sign_in):
    flagged(place.author, place.thread, 2)
    flagged(place.author, make_thread(place.project), 1, state="open")
    for _ in range(5):
        flagged(make_user(), place.thread, 1)
    flagged(make_user(), place.thread, 2)
    own = queries.own_flagged(place.author)
    assert (own.comments, own.threads) == (3, 2)
    assert [(b.low, b.people, b.is_yours) for b in own.bins] == [
        (0, 0, False),
        (1, 5, False),
        (2, None, False),
        (3, None, True),
        (5, 0, False),
        (10, 0, False),
    ]
    page = sign_in(place.author).get("/settings/standing").text
    flaggers = [flag.user.handle for flag in db.session.scalars(select(Flag))]
    assert ("3 of your comments" in page, [h for h in flaggers if f"{h}<" in page]) == (True, [])
    with time_machine.travel(now() + timedelta(days=91)):
        assert queries.own_flagged(place.author) is None


def test_everybody_reads_their_own_limits(place, sign_in, client):
    newcomer = make_user(newcomer=True)
    post_reply(newcomer, place.thread.id, "holdme")
    page = sign_in(newcomer).get("/settings/standing").text
    assert ("You are new here." in page, "1 comment of yours waits" in page) == (True, True)
    assert "No limit holds for you." in sign_in(place.author).get("/settings/standing").text
    suspended = make_user(suspended_until=now() + timedelta(days=1))
    page = sign_in(suspended).get("/settings/standing").text
    assert ("but not write, until" in page, "No limit holds" in page) == (True, False)
    assert client.get("/settings/standing").location.startswith("/sign-in")


def test_the_formula_is_public_with_the_numbers_of_the_town(app, client):
    page = client.get("/moderation/flags").text
    assert ("8.33" in page, "5 · log₄(n)" in page, "alcaldesa" in page) == (True, True, True)
    object.__setattr__(app.config["SETTINGS"], "hide_at_score", None)
    try:
        assert "In this town, never" in client.get("/moderation/flags").text
    finally:
        object.__setattr__(app.config["SETTINGS"], "hide_at_score", 8.33)


# --- the API ---


def test_gates_and_duty_over_the_api(place, client, token_for):
    headers = token_for(place.moderator)
    address = f"/api/v1/threads/{place.thread.id}/gate"
    body = {"hours": 1, "whom": "everybody", "reason": "A bad hour."}
    told_gate = client.put(address, json=body, headers=headers).json["gate"]
    assert (told_gate["whom"], told_gate["reason"]) == ("everybody", "A bad hour.")
    assert client.get(f"/api/v1/threads/{place.thread.id}").json["gate"] == told_gate
    assert client.delete(address, headers=headers).json["gate"] is None
    assert "ends_at" in client.put("/api/v1/me/duty", json={"hours": 3}, headers=headers).json
    assert client.delete("/api/v1/me/duty", headers=headers).status_code == 204
    resident = token_for(make_user())
    assert client.put(address, json=body, headers=resident).status_code == 403
    assert client.put("/api/v1/me/duty", json={"hours": 3}, headers=resident).status_code == 403
