"""A hall that votes at the same moment, on both databases."""

from collections import Counter
from datetime import timedelta

from factories import make_project, make_thread, make_user
from races import at_once

from civicforum.accounts.models import SYSTEM, User
from civicforum.db import db, now
from civicforum.discussions import actions, queries
from civicforum.discussions.asking import prepare_poll
from civicforum.discussions.models import Post
from civicforum.errors import Conflict

PEOPLE = 24


def prepared(app, people=PEOPLE):
    with app.app_context():
        author = make_user()
        thread = make_thread(make_project(), author)
        asked = prepare_poll("single", "What?", ("A", "B"), now() + timedelta(days=7))
        poll = queries.find_poll(actions.post_reply(author, thread.id, "Please.", poll=asked).id)
        return poll.id, [option.id for option in poll.options], [make_user().id for _ in range(people)]


def voting(poll_id, user_id, option_id):
    def deed():
        actions.cast_vote(db.session.get_one(User, user_id), poll_id, {option_id: 1})

    return deed


def tally(poll_id):
    found = queries.tallies([poll_id])[poll_id]
    return {option_id: values[1] for option_id, values in found.items()}


def test_who_votes_at_the_same_moment_is_counted_once_each(town):
    poll_id, (first, second), people = prepared(town)
    deeds = [voting(poll_id, user_id, (first, second)[place % 2]) for place, user_id in enumerate(people)]
    assert at_once(town, deeds) == [None] * PEOPLE
    with town.app_context():
        assert queries.count_voters([poll_id]) == {poll_id: PEOPLE}
        assert tally(poll_id) == {first: PEOPLE // 2, second: PEOPLE // 2}


def test_one_person_in_ten_tabs_is_one_vote(town):
    poll_id, (first, second), people = prepared(town, 1)
    deeds = [voting(poll_id, people[0], (first, second)[place % 2]) for place in range(10)]
    assert at_once(town, deeds, held=Post) == [None] * 10
    with town.app_context():
        assert queries.count_voters([poll_id]) == {poll_id: 1}
        assert sum(tally(poll_id).values()) == 1


def test_a_vote_is_counted_before_the_close_or_refused(town):
    poll_id, (first, _second), people = prepared(town, 12)
    deeds = [voting(poll_id, user_id, first) for user_id in people]
    deeds.insert(6, lambda: actions.close_poll(SYSTEM, poll_id) and None)
    outcomes = Counter(map(type, at_once(town, deeds, held=Post)))
    assert set(outcomes) <= {type(None), Conflict}
    with town.app_context():
        assert tally(poll_id).get(first, 0) == outcomes[type(None)] - 1
