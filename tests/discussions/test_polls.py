"""Polls in posts: asking, voting, counts that stay hidden, the close and what comes of it."""

from datetime import timedelta

import pytest
from factories import join, make_post, make_project, make_thread, make_user

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Guest
from civicforum.agreement.actions import list_word
from civicforum.db import db, now
from civicforum.discussions import actions, queries, schemas
from civicforum.discussions.asking import prepare_poll
from civicforum.discussions.models import Ballot, BallotChoice, Poll
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.notifications.queries import list_inbox

GUEST = Guest()


def asked(kind="single", options=("Bench", "Lamp", "Tree"), days=7, question="What first?", **facts):
    return prepare_poll(kind, question, options, now() + timedelta(days=days), **facts)


@pytest.fixture
def project(app):
    return make_project(make_user(name="Olga Organizer"))


@pytest.fixture
def ana(app):
    return make_user(name="Ana Author")


@pytest.fixture
def thread(project, ana):
    return make_thread(project, ana)


@pytest.fixture
def ask(thread, ana):
    """Asks as Ana; the poll."""

    def run(*args, **facts):
        post = actions.post_reply(ana, thread.id, "Please vote.", poll=asked(*args, **facts))
        return queries.find_poll(post.id)

    return run


def vote(person, poll, *places, score=None):
    choices = {poll.options[place].id: 1 if score is None else score for place in places}
    return actions.cast_vote(person, poll.id, choices)


def told(viewer, poll):
    return schemas.tell_polls(viewer, [poll.post])[poll.post_id]


def voters(number):
    return [make_user() for _ in range(number)]


def counts(viewer, poll):
    results = told(viewer, poll).results
    return results and [row.count for row in results]


def inbox(person):
    return [str(entry.notice.text) for entry in list_inbox(person).entries if entry.notice]


def pass_days(later, days):
    later(timedelta(days=days))
    jobs.run_due(later.app)
