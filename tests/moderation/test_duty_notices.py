"""Moderators on duty are told that something waits: once for each project, and nobody with a part in it."""

from datetime import timedelta
from mailbox import mails_to, words

import time_machine
from browser import submit
from factories import join, make_organization, make_post, make_project, make_thread, make_user
from flask import current_app

from civicforum.agreement import duty
from civicforum.agreement.actions import hold_for_review
from civicforum.agreement.queries import find_hold
from civicforum.db import now, transaction
from civicforum.discussions.actions import post_reply
from civicforum.moderation import actions
from civicforum.moderation.actions import Deed
from civicforum.moderation.tasks import mail_held
from civicforum.notifications.queries import count_unread, list_inbox

SOON = timedelta(minutes=6)


def told(user):
    with current_app.test_request_context():
        return [(entry.notice and str(entry.notice.text), entry.count) for entry in list_inbox(user).entries]


def on_duty(*roles, **facts):
    user = make_user(*roles, **facts)
    if roles:
        duty.begin_duty(user, 3)
    return user


def test_one_unread_notice_for_each_project_counts_up(place):
    duty.begin_duty(place.moderator, 3)
    for number in range(3):
        place.hold(f"holdme {number}")
    elsewhere = make_thread(make_project(title="The baths"))
    post_reply(place.author, elsewhere.id, "holdme")
    assert told(place.moderator) == [
        ("1 comment in “The baths” waits for you to read it.", 1),
        ("3 comments in “Lantern Street” wait for you to read them.", 1),
    ]
    assert count_unread(place.moderator) == 2


def test_what_was_read_meanwhile_is_told_so(place):
    duty.begin_duty(place.moderator, 3)
    _post, hold = place.hold()
    actions.decide_hold(place.moderator, hold.id, Deed("approve", None, ""))
    assert told(place.moderator) == [("What waited in “Lantern Street” has been read.", 1)]


def test_who_has_a_part_in_it_or_is_off_duty_is_not_told(place):
    spoke = on_duty("moderator")
    make_post(place.thread, spoke)
    author = on_duty("moderator")
    criticized = on_duty("moderator")
    make_organization(criticized, slug="city-works")
    resting, ended = make_user("moderator"), on_duty("moderator")
    duty.end_duty(ended)
    of_place = make_user()
    join(place.project, of_place, "moderator")
    duty.begin_duty(of_place, 1)
    post_reply(place.author, place.thread.id, "holdme, @city-works")
    assert [bool(told(user)) for user in (spoke, author, criticized, resting, ended, of_place)] == [
        False,
        True,
        False,
        False,
        False,
        True,
    ]
    other = make_thread(place.project)
    assert find_hold("post", post_reply(author, other.id, "holdme").id)
    assert told(author) == [("1 comment in “Lantern Street” waits for you to read it.", 1)]


def test_in_a_closed_project_its_own_moderators_alone_are_told(place):
    closed = make_project(visibility="members", title="The secret garden")
    thread = make_thread(closed)
    inside, of_site = make_user(), on_duty("moderator")
    join(closed, inside, "moderator")
    duty.begin_duty(inside, 1)
    writer = make_user()
    join(closed, writer)
    post_reply(writer, thread.id, "holdme")
    assert (len(told(inside)), told(of_site)) == (1, [])
    inside.memberships[0].role = "member"
    assert told(inside) == [(None, 1)]


def test_the_mail_says_how_many_and_none_of_the_words_and_is_sent_once(app, place):
    duty.begin_duty(place.moderator, 3)
    place.hold("holdme SECRETWORDS")
    place.hold("holdme as well")
    with time_machine.travel(now() + SOON, tick=False):
        (mail,) = mails_to(app, place.moderator.email)
        assert mail["Subject"] == "2 comments wait for you: Lantern Street"
        assert "2 comments in “Lantern Street” wait" in words(mail)
        assert "/moderation" in words(mail)
        assert "SECRETWORDS" not in mail.as_string()
        assert "Denise" not in mail.as_string()
        place.hold("holdme later")
    with time_machine.travel(now() + SOON * 3, tick=False):
        assert len(mails_to(app, place.moderator.email)) == 1


def test_who_went_off_duty_or_wants_no_such_mail_gets_none(app, place, sign_in):
    duty.begin_duty(place.moderator, 3)
    quiet = on_duty("moderator")
    client = sign_in(quiet)
    assert "while I am on duty" in client.get("/settings/mail").text
    assert "while I am on duty" not in sign_in(place.author).get("/settings/mail").text
    submit(client, "/settings/mail", held=None)
    place.hold()
    duty.end_duty(place.moderator)
    with time_machine.travel(now() + SOON, tick=False):
        assert mails_to(app, place.moderator.email) == []
        assert mails_to(app, quiet.email) == []
    assert len(told(quiet)) == 1


def test_what_was_read_before_the_mail_left_is_not_mailed(app, place):
    duty.begin_duty(place.moderator, 3)
    _post, hold = place.hold()
    actions.decide_hold(place.moderator, hold.id, Deed("approve", None, ""))
    with time_machine.travel(now() + SOON, tick=False):
        assert mails_to(app, place.moderator.email) == []


def test_a_mail_to_somebody_who_is_gone_is_not_sent(app):
    mail_held(987654, "held:1")
    assert mails_to(app, "person") == []


def test_what_is_no_comment_or_of_no_project_is_told_to_nobody(place):
    duty.begin_duty(place.moderator, 3)
    with transaction():
        hold_for_review(place.author, "name", place.author.id, None, "list")
        hold_for_review(place.author, "post", place.post.id, None, "list")
    assert told(place.moderator) == []
