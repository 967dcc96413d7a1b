"""Everybody reads what was set on them, now and before, with reasons and a way to contest it; nobody else."""

from datetime import timedelta

import time_machine
from factories import join, make_post, make_project, make_thread, make_user

from civicforum.db import db, now, transaction
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed

DAY, WEEK = timedelta(days=1), timedelta(days=7)


def limit(place, action, time=DAY, post=None):
    deed = Deed(action, 2, "It goes on and on.", until=now() + time)
    case = actions.moderate(place.moderator, "post", (post or place.post).id, deed)
    return case.measures[-1]


def page(client):
    return client.get("/settings/standing").text


def test_what_holds_is_read_with_scope_end_rule_reasons_and_the_way_to_contest_it(place, sign_in):
    mute, silence = limit(place, "mute"), limit(place, "silence", WEEK)
    client = sign_in(place.author)
    told = page(client)
    for words in (
        "Muted in a discussion",
        "The playground",
        "Silenced in a project",
        "Lantern Street",
        "Rule 2: Speak about what people do",
        f"/cases/{mute.case_id}/reasons?measure={mute.id}",
        f"/cases/{silence.case_id}/appeal?measure={silence.id}",
    ):
        assert words in told, words
    assert "No limit holds for you." not in told
    assert "What held before" not in told
    address = f"/cases/{mute.case_id}/reasons?measure={mute.id}"
    assert client.get(address, follow_redirects=True).status_code == 200


def test_what_is_over_stays_on_the_page_and_says_how_it_ended(place, sign_in):
    limit(place, "mute")
    lifted = limit(place, "silence")
    actions.lift_measure(place.moderator, lifted.id, "It is calm again.")
    suspended = limit(place, "suspend")
    appeal = actions.appeal_measure(place.author, suspended.case_id, "Why?", measure_id=suspended.id)
    actions.decide_appeal(make_user("moderator"), appeal.id, "overturned", "Too harsh.", appeal.version)
    with time_machine.travel(now() + DAY * 2, tick=False):
        told = page(sign_in(place.author))
    assert "No limit holds for you." in told
    before = told.split("What held before")[1]
    for words in ("ended early", "taken back after a second look", "Your second look", "Taken back"):
        assert words in before, words


def test_after_the_last_day_nothing_leads_to_a_second_look(place, sign_in):
    limit(place, "mute")
    with time_machine.travel(now() + timedelta(days=400), tick=False):
        told = page(sign_in(place.author))
    assert "Muted in a discussion" in told
    assert "Ask for a second look" not in told


def test_nobody_else_reads_it(place, sign_in):
    limit(place, "mute")
    for other in (place.moderator, place.flagger, make_user("administrator")):
        assert "Muted in a discussion" not in page(sign_in(other))
        assert queries.list_own_limits(other) == []


def test_a_place_that_one_may_not_read_any_more_has_no_name(place):
    closed = make_project(visibility="members", title="The secret garden")
    membership = join(closed, place.author)
    join(closed, place.moderator, "moderator")
    post = make_post(make_thread(closed, title="Under the roses"), place.author)
    limit(place, "mute", post=post)
    limit(place, "silence", post=post)
    named = lambda: [own.place for own in queries.list_own_limits(place.author)]  # noqa: E731 - asked twice
    assert named() == ["The secret garden", "Under the roses"]
    with transaction():
        db.session.delete(membership)
    assert named() == [None, None]


def test_many_cost_as_much_as_one(place, sign_in, count_queries):
    client = sign_in(place.author)
    limit(place, "mute")
    page(client)
    with count_queries() as one:
        page(client)
    for _ in range(12):
        limit(place, "mute", post=make_post(make_thread(place.project), place.author))
    with count_queries() as many:
        page(client)
    assert many.total == one.total
