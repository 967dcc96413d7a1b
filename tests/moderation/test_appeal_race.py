"""Several at the same moment around one second look: one outcome, and everybody is told which."""

import pytest
from factories import make_agreement, make_post, make_project, make_thread, make_user
from races import at_once

from civicforum.accounts.models import User
from civicforum.db import db
from civicforum.discussions.actions import post_reply
from civicforum.discussions.models import Post
from civicforum.errors import CivicForumError, NotAllowed
from civicforum.moderation import actions
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Appeal

HIDE = Deed("hide", 2, "It says what people are.")


@pytest.fixture
def asked(town):
    """Ids of the author, two who may decide, the thread, and the appeal."""
    with town.app_context():
        make_agreement()
        author = make_user()
        thread = make_thread(make_project())
        post = make_post(thread, author, "They are animals.")
        case = actions.moderate(make_user("moderator"), "post", post.id, HIDE)
        judges = [make_user("moderator"), make_user("moderator")]
        appeal = actions.appeal_measure(author, case.id, "They are wolves.")
        ids = author.id, judges[0].id, judges[1].id, thread.id, appeal.id
        db.session.remove()
    return ids


def person(user_id: int) -> User:
    return db.session.get_one(User, user_id)


def outcome(town, appeal_id):
    with town.app_context():
        appeal = db.session.get_one(Appeal, appeal_id)
        return appeal.state, appeal.outcome, db.session.get_one(Post, appeal.case.target_id).state


def refused(results) -> int:
    return sum(isinstance(result, CivicForumError) for result in results)


def test_two_decide_at_once_and_one_decision_holds(town, asked):
    _author, one, two, _thread, appeal_id = asked
    deeds = [
        lambda: actions.decide_appeal(person(one), appeal_id, "upheld", "No.", 1).outcome,
        lambda: actions.decide_appeal(person(two), appeal_id, "overturned", "Yes.", 1).outcome,
    ]
    results = at_once(town, deeds, held=Appeal)
    assert refused(results) == 1
    held = next(result for result in results if isinstance(result, str))
    shown = {"upheld": "hidden", "overturned": "visible"}[held]
    assert outcome(town, appeal_id) == ("decided", held, shown)


def test_withdrawn_while_it_is_decided_is_one_of_both(town, asked):
    author, one, _two, _thread, appeal_id = asked
    deeds = [
        lambda: actions.withdraw_appeal(person(author), appeal_id).state,
        lambda: actions.decide_appeal(person(one), appeal_id, "overturned", "Yes.", 1).state,
    ]
    results = at_once(town, deeds, held=Appeal)
    assert refused(results) == 1
    expected = {"withdrawn": ("withdrawn", None, "hidden"), "decided": ("decided", "overturned", "visible")}
    held = next(result for result in results if isinstance(result, str))
    assert outcome(town, appeal_id) == expected[held]


def test_asked_twice_at_once_is_one(town, asked):
    author, *_others = asked
    with town.app_context():
        post = make_post(db.session.get_one(Post, 1).thread, person(author), "And those.")
        case_id = actions.moderate(make_user("moderator"), "post", post.id, HIDE).id
        db.session.remove()
    deeds = [lambda: actions.appeal_measure(person(author), case_id, "Please.").id] * 3
    assert refused(at_once(town, deeds)) == 2


def test_who_speaks_and_decides_at_once_never_does_both(town, asked):
    _author, one, _two, thread_id, appeal_id = asked
    deeds = [
        lambda: post_reply(person(one), thread_id, "Calm down."),
        lambda: actions.decide_appeal(person(one), appeal_id, "upheld", "No.", 1),
    ]
    spoke, decided = at_once(town, deeds)
    # Either they had spoken when it was to be decided; or it was decided, and speaking then is free.
    assert not isinstance(spoke, CivicForumError)
    with town.app_context():
        state = outcome(town, appeal_id)[0]
    assert (state == "open") == isinstance(decided, NotAllowed)
