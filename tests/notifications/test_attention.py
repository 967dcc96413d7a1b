"""How closely people follow things: what was said of a thread holds before what was said of its project."""

import pytest
from browser import submit
from factories import make_project, make_thread, make_user

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.errors import Invalid, NotAllowed, NotFound
from civicforum.notifications.actions import change_attention, set_attention
from civicforum.notifications.queries import find_attention, level_of, levels_of
from civicforum.partnerships.actions import edit_project


@pytest.fixture
def ana(app):
    return make_user(name="Ana")


def test_without_a_word_it_is_normal(ana):
    assert level_of(ana, 1, 2) == "normal"


def test_a_thread_is_followed_as_its_project_unless_something_else_was_said(ana):
    set_attention(ana, "project", 1, "subscribed")
    assert (level_of(ana, 1), level_of(ana, 1, 2), level_of(ana, 9, 2)) == (
        "subscribed",
        "subscribed",
        "normal",
    )
    set_attention(ana, "thread", 2, "normal")
    assert level_of(ana, 1, 2) == "normal"
    set_attention(ana, "thread", 2, "ignore")
    assert level_of(ana, 1, 2) == "ignore"
    set_attention(ana, "thread", 2, None)
    set_attention(ana, "thread", 2, None)
    assert level_of(ana, 1, 2) == "subscribed"
    assert levels_of(ana) == {"project": {1: "subscribed"}}


def test_a_level_there_is_not_is_refused(ana):
    with pytest.raises(Invalid):
        set_attention(ana, "project", 1, "shouting")


@pytest.mark.parametrize("actor", [Guest(), SYSTEM])
def test_only_people_follow(app, actor):
    with pytest.raises(NotAllowed):
        set_attention(actor, "project", 1, "ignore")


def test_nobody_changes_what_another_follows(ana):
    set_attention(ana, "project", 1, "subscribed")
    row = find_attention(ana, "project", 1)
    for attention_id in (row.id, 999):
        with pytest.raises(NotFound):
            change_attention(make_user(), attention_id, None)
    change_attention(ana, row.id, "ignore")
    assert level_of(ana, 1) == "ignore"
    change_attention(ana, row.id, None)
    assert find_attention(ana, "project", 1) is None


def test_the_page_of_a_thread_and_of_a_project_say_how_closely_and_change_it(ana, sign_in):
    project = make_project()
    thread = make_thread(project)
    browser = sign_in(ana)
    for page in (f"/threads/{thread.id}/{thread.slug}", f"/projects/{project.slug}"):
        assert "How closely I follow" in browser.get(page).text
        answer = submit(browser, page, "follow", level="subscribed")
        assert 'value="subscribed" checked' in answer.text
    assert level_of(ana, project.id, thread.id) == "subscribed"


def test_guests_are_not_asked_how_closely_they_follow(app, client):
    thread = make_thread(make_project())
    assert "How closely" not in client.get(f"/threads/{thread.id}/{thread.slug}").text
    assert "How closely" not in client.get(f"/projects/{thread.project.slug}").text


def test_a_level_from_elsewhere_is_422(ana, sign_in):
    thread = make_thread(make_project())
    browser = sign_in(ana)
    page = f"/threads/{thread.id}/{thread.slug}"
    assert submit(browser, page, "follow", level="all").status_code == 422


def test_the_settings_list_everything_followed_and_forget_it(ana, sign_in):
    project = make_project(title="The river bank")
    thread = make_thread(project, title="The bus stop")
    set_attention(ana, "project", project.id, "subscribed")
    set_attention(ana, "thread", thread.id, "ignore")
    browser = sign_in(ana)
    page = browser.get("/settings/mail").text
    assert ("The river bank" in page, "The bus stop" in page) == (True, True)
    row = find_attention(ana, "thread", thread.id)
    form = f"followed-{row.id}"
    submit(browser, "/settings/mail", form, level="normal")
    assert level_of(ana, project.id, thread.id) == "normal"
    submit(browser, "/settings/mail", form, level="forget")
    assert levels_of(ana) == {"project": {project.id: "subscribed"}}


def test_what_closed_is_listed_without_its_name_and_can_be_forgotten(app, ana, sign_in):
    organizer = make_user()
    project = make_project(organizer, title="zqclosed")
    thread = make_thread(project, title="zqthread")
    set_attention(ana, "project", project.id, "subscribed")
    set_attention(ana, "thread", thread.id, "subscribed")
    edit_project(organizer, project, visibility="members")
    browser = sign_in(ana)
    page = browser.get("/settings/mail").text
    assert ("zqclosed" in page, "zqthread" in page) == (False, False)
    row = find_attention(ana, "project", project.id)
    submit(browser, "/settings/mail", f"followed-{row.id}", level="forget")
    assert levels_of(ana) == {"thread": {thread.id: "subscribed"}}


@pytest.mark.parametrize("rows", [1, 30])
def test_a_long_list_costs_as_many_queries_as_a_short_one(ana, sign_in, count_queries, rows):
    for _n in range(rows):
        project = make_project()
        set_attention(ana, "project", project.id, "subscribed")
        set_attention(ana, "thread", make_thread(project).id, "subscribed")
    browser = sign_in(ana)
    with count_queries() as n:
        browser.get("/settings/mail")
    assert n.total == 15, "\n".join(n.statements)
