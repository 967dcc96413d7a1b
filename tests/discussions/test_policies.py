"""Who may what in threads, as tables: a person in a role, a thread or post in a state."""

from datetime import timedelta

import pytest
from factories import join, make_post, make_project, make_thread, make_user

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.db import now
from civicforum.discussions import policies

PEOPLE = ("guest", "resident", "author", "suspended", "unconfirmed", "organizer", "moderator", "system")


@pytest.fixture
def town(app):
    """People in their roles, and a project with a thread by ``author``."""

    def build(thread_status="open", post_state="visible", **project_facts):
        people = {
            "guest": Guest(),
            "resident": make_user(),
            "author": make_user(),
            "suspended": make_user(suspended_until=now() + timedelta(days=1)),
            "unconfirmed": make_user(email_confirmed_at=None),
            "organizer": make_user(),
            "moderator": make_user("moderator"),
            "system": SYSTEM,
        }
        project = make_project(people["organizer"], **project_facts)
        if project.visibility == "members":
            for name in ("author", "moderator"):
                join(project, people[name])
        thread = make_thread(project, people["author"], status=thread_status)
        return people, thread, make_post(thread, people["author"], state=post_state)

    return build


def allowed(people, policy, thing) -> set[str]:
    answers = {name: policy(person, thing) for name, person in people.items()}
    assert set(map(type, answers.values())) == {bool}
    return {name for name, answer in answers.items() if answer}


def test_a_public_thread_is_everybodys_to_read(town):
    people, thread, _post = town()
    assert allowed(people, policies.can_see_thread, thread) == set(PEOPLE)


def test_a_thread_that_is_being_checked_is_its_authors_and_moderators(town):
    people, thread, _post = town(thread_status="pending")
    assert allowed(people, policies.can_see_thread, thread) == {"author", "moderator", "system"}


def test_a_members_thread_is_members_to_read(town):
    people, thread, _post = town(visibility="members")
    assert allowed(people, policies.can_see_thread, thread) == {
        "author",
        "organizer",
        "moderator",
        "system",
    }


def test_who_is_in_good_standing_speaks(town):
    people, thread, _post = town()
    expected = {"resident", "author", "organizer", "moderator", "system"}
    assert allowed(people, policies.can_reply, thread) == expected
    assert allowed(people, policies.can_start_thread, thread.project) == expected


def test_nobody_but_the_house_speaks_where_the_project_is_over(town):
    people, thread, _post = town(status="completed")
    assert allowed(people, policies.can_reply, thread) <= {"system"}


@pytest.mark.parametrize(
    ("state", "readers"),
    [
        ("visible", set(PEOPLE)),
        ("pending", {"author", "moderator", "system"}),
        ("hidden", {"author", "moderator", "system"}),
        ("removed", {"author", "system"}),
        ("withdrawn", {"author", "moderator", "system"}),
        ("erased", set()),
        ("moved", set()),
    ],
)
def test_words_are_read_by_state(town, state, readers):
    people, _thread, post = town(post_state=state)
    assert allowed(people, policies.can_read_words, post) == readers
    assert allowed(people, policies.can_see_post, post) == set(PEOPLE)


@pytest.mark.parametrize("state", ["pending", "declined"])
def test_what_was_never_published_is_unknown_to_others(town, state):
    people, _thread, post = town(post_state=state)
    post.seq = None
    assert allowed(people, policies.can_see_post, post) == {"author", "moderator", "system"}


def test_deeds_belong_to_the_author_or_to_a_moderator(town):
    people, thread, post = town()
    assert allowed(people, policies.can_edit_post, post) == {"author"}
    assert allowed(people, policies.can_withdraw_post, post) == {"author"}
    assert allowed(people, policies.can_mend_post, post) == {"author"}
    assert allowed(people, policies.can_moderate_post, post) == {"moderator", "system"}
    assert allowed(people, policies.can_close_thread, thread) == {"organizer", "moderator", "system"}
    assert allowed(people, policies.can_react, post) == {"resident", "author", "organizer", "moderator"}


def test_nobody_moderates_their_own_words(town):
    people, thread, _post = town()
    own = make_post(thread, people["moderator"])
    assert allowed(people, policies.can_moderate_post, own) == {"system"}


def test_the_edit_window_is_a_day(town):
    _people, _thread, post = town()
    post.published_at = now() - timedelta(hours=23, minutes=59)
    assert post.is_in_edit_window() is True
    post.published_at = now() - timedelta(hours=24, minutes=1)
    assert post.is_in_edit_window() is False
    post.published_at = None
    assert post.is_in_edit_window() is True


def test_words_in_a_members_thread_are_members_to_read(town):
    people, _thread, post = town(visibility="members")
    assert allowed(people, policies.can_read_words, post) == {"author", "organizer", "moderator", "system"}
