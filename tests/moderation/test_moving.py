"""Threads are moved, split and joined in public: a line in the log, and cases go along."""

import re

import pytest
from browser import submit
from factories import join, make_agreement, make_post, make_project, make_thread, make_town_hall, make_user

from civicforum.accounts.models import SYSTEM
from civicforum.db import db
from civicforum.discussions.models import Post
from civicforum.errors import Conflict
from civicforum.moderation import actions, queries


@pytest.fixture
def organizer(app):
    make_agreement()
    return make_user(name="Olga")


@pytest.fixture
def project(organizer):
    return make_project(organizer, title="The river bank")


@pytest.fixture
def thread(project):
    thread = make_thread(project, title="The lamp")
    make_post(thread, make_user(name="Ana"), "The lamp is out.")
    make_post(thread, make_user(), "And the bench.")
    return thread


def post_ids(thread) -> list[int]:
    rows = db.session.query(Post).filter_by(thread_id=thread.id).order_by(Post.seq)
    return [post.id for post in rows]


def log() -> list[tuple[str, str, str, str]]:
    return [
        (line.action, line.target, line.place, line.actor_role) for line in queries.list_log(None, 9).items
    ]


def test_a_move_stands_in_the_log_and_takes_its_cases_along(organizer, thread):
    elsewhere = make_project(organizer)
    case = actions.open_case(SYSTEM, "post", post_ids(thread)[0])
    actions.move_thread(organizer, thread.id, elsewhere.id, "It is theirs.")
    assert case.project_id == elsewhere.id
    assert log() == [("move", thread.channel, f"project:{elsewhere.id}", "organizer")]
    assert queries.verify_log() == (1, None)


@pytest.mark.parametrize(
    ("who", "role"),
    [
        (lambda: SYSTEM, "automatic"),
        (lambda: make_user("moderator"), "moderator"),
    ],
)
def test_a_split_says_in_which_role_it_was_done(thread, who, role):
    other = actions.split_thread(who(), thread.id, [post_ids(thread)[0]], "Apart", "It is apart.")
    assert log() == [("split", thread.channel, other.channel, role)]


def test_what_is_joined_among_members_names_no_place(organizer):
    closed = make_project(organizer, visibility="members")
    one, two = make_thread(closed), make_thread(closed)
    moderator = make_user()
    join(closed, moderator, "moderator")
    actions.merge_threads(moderator, one.id, two.id, "They are the same.")
    assert log() == [("merge", "thread", "members-only project", "project moderator")]


def test_the_discussion_of_a_meeting_stays_with_it(organizer, project, thread):
    make_town_hall(project, thread_id=thread.id)
    with pytest.raises(Conflict):
        actions.move_thread(organizer, thread.id, make_project(organizer).id, "Theirs.")
    with pytest.raises(Conflict):
        actions.merge_threads(organizer, thread.id, make_thread(project).id, "The same.")


# --- the pages ---


def test_an_organizer_takes_comments_out_by_their_list(sign_in, client, organizer, thread):
    browser = sign_in(organizer)
    first, second = post_ids(thread)
    path = f"/threads/{thread.id}/organize/split"
    assert "And the bench." in browser.get(path).text
    answer = submit(browser, path, posts=str(second), title="The bench", reason="It is another matter.")
    assert "The bench" in answer.text
    assert "And the bench." in answer.text
    page = client.get(f"/threads/{thread.id}", follow_redirects=True).text
    assert "Moved to another thread" in page
    assert "It is another matter." in page
    assert client.get(f"/posts/{second}", follow_redirects=True).text.count("<p>And the bench.</p>") == 1
    assert "Comments were moved to another thread" in client.get("/moderation/log").text
    assert "1 comment went to another thread." in page
    assert first in post_ids(thread)


@pytest.mark.parametrize("written", ["#{}", "https://example.org/threads/{}/the-bench?from=3#post-4", "{}"])
def test_the_other_thread_is_named_by_its_address_or_number(sign_in, organizer, project, thread, written):
    other = make_thread(project, title="The bench")
    path = f"/threads/{thread.id}/organize/merge"
    answer = submit(sign_in(organizer), path, thread=written.format(other.id), reason="The same.")
    assert "The two threads are one now" in answer.text
    assert len(post_ids(other)) == 2


def test_what_is_no_thread_comes_back_with_a_sentence(sign_in, organizer, thread):
    answer = submit(sign_in(organizer), f"/threads/{thread.id}/organize/merge", thread="that one", reason="x")
    assert "Paste the other thread’s address" in answer.text


def test_an_organizer_of_two_projects_moves_a_thread(sign_in, organizer, thread):
    path = f"/threads/{thread.id}/organize/move"
    browser = sign_in(organizer)
    assert "There is no other project for it" in browser.get(path).text
    elsewhere = make_project(organizer, title="The bridge")
    make_project(title="Not hers")
    page = browser.get(path).text
    assert re.findall(r'name="project" type="radio" value="(\d+)"', page) == [str(elsewhere.id)]
    answer = submit(browser, path, project=str(elsewhere.id), reason="It is the bridge.")
    assert "Moved here from another project." in answer.text


def test_residents_find_none_of_it(sign_in, thread):
    browser = sign_in(make_user())
    for deed in ("move", "split", "merge", "close"):
        assert browser.get(f"/threads/{thread.id}/organize/{deed}").status_code == 403
    assert "Organize this thread" not in browser.get(f"/threads/{thread.id}", follow_redirects=True).text
