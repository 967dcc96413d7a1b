"""A thread under attack: 300 posts in a minute by 60 new accounts, and three moderator actions."""

from datetime import timedelta

import pytest
import time_machine
from factories import make_user
from sqlalchemy import select

from civicforum.agreement import duty
from civicforum.agreement.models import Hold
from civicforum.db import db, now
from civicforum.discussions.actions import post_reply
from civicforum.discussions.models import Post
from civicforum.discussions.words import prepare_words
from civicforum.errors import TooMany
from civicforum.moderation import actions
from civicforum.moderation.actions import Deed

ACCOUNTS, POSTS = 60, 300
WHY = "They write the same thing from many new accounts."


def shown(thread):
    return db.session.scalars(
        select(Post.body).where(Post.thread_id == thread.id, Post.state == "visible").order_by(Post.seq)
    ).all()


@pytest.mark.usefixtures("with_limits")
def test_three_actions_calm_an_attack_and_lose_no_honest_voice(place):
    thread, moderator = place.thread, place.moderator
    resident, honest = make_user(), [make_user(newcomer=True) for _ in range(2)]
    crowd = [make_user(newcomer=True) for _ in range(ACCOUNTS)]
    spam, refused = prepare_words("Close it all down now!"), 0
    with time_machine.travel(now(), tick=False) as clock:
        post_reply(resident, thread.id, "The swing is broken.")
        for number in range(POSTS):
            clock.shift(timedelta(seconds=60 / POSTS))
            if number == 100:
                own = [
                    post_reply(person, thread.id, f"I am new, and I saw it: {person.id}.")
                    for person in honest
                ]
            try:
                post_reply(crowd[number % ACCOUNTS], thread.id, spam)
            except TooMany:
                refused += 1
        before = shown(thread)
        # Newcomers' half minute alone keeps most of it out.
        assert (refused, before.count(spam.body)) == (180, 120)

        actions.set_gate(moderator, thread.id, 1, "newcomers", "A bad hour.", takes_back=True)
        assert shown(thread) == ["These people are animals.", "The swing is broken."]
        waiting = {hold.object_id: hold.id for hold in db.session.scalars(select(Hold))}
        good = [waiting.pop(post.id) for post in own]
        actions.decide_holds(moderator, thread.id, good, Deed("approve", None, ""))
        assert actions.decide_holds(moderator, thread.id, waiting.values(), Deed("decline", 1, WHY)) == 120

        # What comes now waits, what residents say does not; nothing that is honest is lost.
        clock.shift(timedelta(seconds=31))
        post_reply(crowd[0], thread.id, spam)
        post_reply(resident, thread.id, "It is mended.")
        assert shown(thread) == [
            "These people are animals.",
            "The swing is broken.",
            *(post.body for post in own),
            "It is mended.",
        ]


def test_while_somebody_is_on_duty_an_attack_is_never_seen(place):
    duty.begin_duty(place.moderator, 1)
    for person in [make_user(newcomer=True) for _ in range(5)]:
        post_reply(person, place.thread.id, "Close it all down now!")
    assert shown(place.thread) == ["These people are animals."]
