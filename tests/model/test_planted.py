"""Faults put in on purpose: each is found, and named. A check that finds nothing here would find nothing."""

from typing import Any

import pytest
from model import deeds
from model.checking import faults_of
from model.recipes import every_action, recipes
from model.test_cases import Desk
from model.test_rsvps import Seats
from model.test_threads import Talk, leaks
from model.watching import as_publisher, watch

from civicforum.discussions.models import Post
from civicforum.live import changes


def nothing(*_args: Any, **_kwargs: Any) -> None:
    """What a forgotten call does."""


def at_once(hook: Any) -> None:
    """A hook that does not wait for the commit."""
    hook()


# What is forgotten, and in which deed it is missed.
FORGOTTEN_TELLING = [
    ("discussions.actions.reactions.touch", "discussions.react", deeds.somebody_supports),
    ("discussions.actions.publishing.touch", "discussions.post_reply", deeds.somebody_replies),
    ("discussions.actions.publishing.touch", "discussions.hide_post", deeds.a_moderator_hides),
    ("discussions.actions.posts.touch", "discussions.edit_post", deeds.an_author_edits),
    ("discussions.actions.publishing.touch", "discussions.close_thread", deeds.a_thread_is_closed),
    ("townhalls.actions.answers.show_change", "townhalls.cancel_rsvp", deeds.somebody_gives_seats_back),
    ("townhalls.actions.meetings.show_change", "townhalls.cancel_town_hall", deeds.a_meeting_is_cancelled),
    ("partnerships.actions.projects.touch_whole", "partnerships.edit_project", deeds.a_project_is_over),
    ("accounts.appearances.show_again", "accounts.update_profile", deeds.an_author_is_called_otherwise),
    ("accounts.appearances.show_again", "partnerships.edit_organization", deeds.an_organization_is_renamed),
]
# What a search then finds although it may not, or does not find.
FORGOTTEN_INDEX = [
    ("discussions.actions.publishing.refresh", "discussions.hide_post", deeds.a_moderator_hides),
    ("discussions.actions.posts.refresh", "discussions.edit_post", deeds.an_author_edits),
    ("partnerships.actions.projects.refresh", "partnerships.create_project", deeds.a_project_is_founded),
]
FORGOTTEN_AUDIENCE = [
    ("partnerships.actions.projects", "partnerships.edit_project", deeds.a_project_closes_its_doors),
    (
        "partnerships.actions.members",
        "partnerships.remove_member",
        deeds.a_member_of_a_closed_project_is_removed,
    ),
    ("partnerships.actions.partners", "partnerships.remove_partner", deeds.a_partner_leaves_a_closed_project),
    ("accounts.actions.roles", "accounts.revoke_role", deeds.an_organizer_of_the_site_is_one_no_longer),
]
FORGOTTEN_BELLS = [
    ("live.changes.ring", "discussions.react", deeds.somebody_supports),
    ("notifications.actions.inbox.ring_people", "discussions.post_reply", deeds.somebody_replies),
    ("accounts.actions.sessions.ring_person", "accounts.suspend_person", deeds.an_author_is_suspended),
    ("accounts.actions.sessions.ring_person", "accounts.end_session", deeds.somebody_signs_out),
    ("accounts.actions.tokens.ring_person", "accounts.revoke_token", deeds.a_token_is_revoked),
]


def named(case: tuple[str, str, Any]) -> str:
    return f"{case[0]} in {case[2].__name__}"


@pytest.mark.parametrize("case", FORGOTTEN_TELLING + FORGOTTEN_INDEX + FORGOTTEN_BELLS, ids=named)
def test_a_forgotten_word_to_the_watchers_is_found(app, town, monkeypatch, case):
    forgotten, action, recipe = case
    monkeypatch.setattr(f"civicforum.{forgotten}", nothing)
    faults = faults_of(app, town, action, recipe)
    assert faults != []
    assert all(action in fault for fault in faults)


@pytest.mark.parametrize("case", FORGOTTEN_AUDIENCE, ids=named)
def test_an_audience_that_shrinks_silently_is_found(app, town, monkeypatch, case):
    room, action, recipe = case
    monkeypatch.setattr(f"civicforum.{room}.shrink_audience", nothing)
    faults = faults_of(app, town, action, recipe)
    assert [fault for fault in faults if action in fault and "may not watch any more" in fault] != []


def test_a_bell_that_does_not_wait_for_the_commit_is_found(app, town, monkeypatch):
    monkeypatch.setattr("civicforum.notifications.actions.inbox.after_commit", at_once)
    faults = faults_of(app, town, "discussions.post_reply", deeds.somebody_replies)
    assert [fault for fault in faults if "though it was undone" in fault] != []


def test_a_new_action_without_a_recipe_is_found(session_app, monkeypatch):
    monkeypatch.delitem(recipes, "discussions.react")
    assert every_action().keys() - recipes.keys() == {"discussions.react"}


def test_hidden_words_that_are_told_are_found(app, town, monkeypatch):
    watcher = watch_now(app, town.thread.channel)
    monkeypatch.setattr(Post, "is_visible", property(lambda post: True))
    deeds.an_author_mends(town)()
    with as_publisher(app):
        watcher.catch_up()
        assert leaks(watcher) != []


def test_a_revision_that_is_split_is_found(app, town, monkeypatch):
    def split(channel: str, after: int, upto: int, audience: int, limit: int, stream: str) -> changes.Changes:
        rows = changes.db.session.execute(changes._between(channel, after, upto).limit(1)).all()
        return changes.Changes(channel, stream, rows[0].revision, audience, changes._objects(rows))

    watcher = watch_now(app, town.thread.channel)
    monkeypatch.setattr(changes, "_read", split)
    deeds.a_moderator_hides(town)()
    with as_publisher(app):
        assert [fault for fault in watcher.faults() if "was split" in fault] != []


def watch_now(app, channel: str):
    with as_publisher(app):
        return watch(channel)


# --- what only a sequence shows ---


def overtaking(capacity: int | None, taken: int, waiting: list[int]) -> int:
    """Let in as many as have seats, whoever was first."""
    return len(waiting) if capacity is None or taken + min(waiting, default=0) <= capacity else 0


def nobody(*_args: Any) -> list[Any]:
    return []


IN_SEQUENCES = [
    ("townhalls.actions.answers.promotable", overtaking, Seats),
    ("townhalls.actions.answers.tell_one", nothing, Seats),
    ("townhalls.actions.answers.promote", nothing, Seats),
    ("discussions.queries.answer_places", nobody, Talk),
    ("moderation.actions.cases.settle_flags", nothing, Desk),
    ("moderation.actions.cases.policies.can_decide_case", lambda *_args: True, Desk),
]


@pytest.mark.parametrize("case", IN_SEQUENCES, ids=lambda case: f"{case[0]} in {case[2].__name__}")
def test_what_only_a_sequence_shows_is_found(app, town, monkeypatch, run_machine, case):
    place, planted, machine = case
    monkeypatch.setattr(f"civicforum.{place}", planted)
    with pytest.raises(AssertionError):
        run_machine(lambda: machine(app, town))
