"""Whatever is done: what a watcher had, with what they were told, is what they would read afresh."""

import re

import pytest
from model import deeds
from model.checking import faults_of
from model.recipes import each, every_action, recipes
from model.watching import Before, as_publisher, page_faults, read_channel


def named(case) -> str:
    name, recipe = case
    return f"{name}-{recipe.__name__}"


def test_every_action_has_a_recipe(session_app):
    assert sorted(every_action().keys() - recipes.keys()) == []


def test_every_recipe_has_a_name_of_its_own():
    names = [recipe.__name__ for _action, recipe in each()]
    assert [name for name in set(names) if names.count(name) > 1] == []


def test_pages_read_as_they_are_told_to_begin_with(app, town):
    before = Before(app)
    assert [fault for watcher in before.watchers for fault in page_faults(app, watcher)] == []


def test_the_api_tells_guests_the_same_posts_as_watchers(app, town):
    with as_publisher(app):
        told = [item for (kind, _id), item in read_channel(town.thread.channel).items() if kind == "post"]
    page = app.test_client().get(f"/api/v1/threads/{town.thread.id}/posts").json["items"]
    assert page == [{k: v for k, v in item.items() if k not in ("type", "fragment")} for item in told]


@pytest.mark.parametrize("case", each(), ids=named)
def test_whoever_watches_has_what_is_read_afresh(app, town, case):
    assert faults_of(app, town, *case) == []


def test_another_time_zone_is_shown_on_the_next_load(app, town):
    """The one exception: all pages of the town would have to be told at once, on a day that comes once.

    Times themselves are told with their offset, and a page with JavaScript writes them in its reader's zone:
    what is old until the next load is only how the server wrote the clock, for those without.
    """
    faults = faults_of(app, town, "pages.change_site", deeds.the_towns_clock_is_changed)
    assert faults != []
    assert [fault for fault in faults if not re.search(r": fragment is|reads otherwise", fault)] == []
