"""Blacking out: nowhere does the passage stand afterwards, and the history says who did it."""

from datetime import timedelta

import pytest
from factories import make_file, make_post, make_project, make_thread, make_user
from sqlalchemy import select

from civicforum.db import Model, db, now
from civicforum.discussions import actions, redaction
from civicforum.discussions.actions import Shape
from civicforum.discussions.asking import prepare_poll
from civicforum.discussions.models import Post
from civicforum.errors import Invalid, NotAllowed
from civicforum.live.changes import changes_since

PHONE = "555 0199"


@pytest.fixture
def moderator(app):
    return make_user("moderator")


@pytest.fixture
def post(app):
    """The first of a thread: the number stands in its title, words, an earlier version, picture and poll."""
    author = make_user()
    project = make_project()
    thread = actions.start_thread(author, project.id, f"Call {PHONE}", f"Jane has {PHONE}, call {PHONE}.")
    actions.shape_thread(author, thread.id, Shape(title=f"Do call {PHONE}"))
    post = db.session.query(Post).one()
    actions.edit_post(author, post.id, f"Jane of 3B has {PHONE}.", 1)
    make_file(author, post, alt_text=f"A wall with {PHONE}")
    options = (f"Call {PHONE}", "Do not")
    asked = prepare_poll("single", f"{PHONE}?", options, now() + timedelta(days=3))
    poll = actions.set_poll(author, post.id, asked)
    actions.cast_vote(author, poll.id, {poll.options[0].id: 1})
    actions.close_poll(author, poll.id)
    actions.write_outcome(author, poll.id, f"We call {PHONE}.")
    return post


def places_of(passage: str) -> set[str]:
    """Every column of the database in which it stands."""
    found = set()
    for table in Model.metadata.sorted_tables:
        for row in db.session.execute(select(table)).mappings():
            found |= {f"{table.name}.{name}" for name, value in row.items() if passage in str(value)}
    return found


def test_nothing_of_it_is_kept_anywhere(post, moderator, client):
    neighbour = make_user()
    actions.post_reply(neighbour, post.thread_id, f"> Jane of 3B has {PHONE}.\n\nIndeed.", post.id)
    actions.keep_draft(neighbour, post.thread.channel, f"> Jane of 3B has {PHONE}.\n\nBut")
    assert {"post.body", "post_version.body", "draft.body", "thread.title", "poll.question"} <= places_of(
        PHONE
    )
    assert client.get("/api/v1/search?q=0199").json["items"]
    actions.redact_post(moderator, post.id, [PHONE])
    assert places_of(PHONE) == set()
    assert client.get("/api/v1/search?q=0199").json["items"] == []
    assert places_of("555-0199") == set()
    assert post.body == f"Jane of 3B has {redaction.MARK}."


def test_watchers_and_the_history_are_told(post, moderator, client, sign_in):
    before = changes_since(post.thread.channel, 0).revision
    actions.redact_post(moderator, post.id, ["3B"])
    assert {("post", post.id)} <= set(changes_since(post.thread.channel, before).objects)
    assert "partly blacked out" in client.get(f"/threads/{post.thread_id}/{post.thread.slug}").text
    page = client.get(f"/posts/{post.id}/history").text
    assert "A moderator blacked out" in page
    assert "3B" not in page
    assert client.get(f"/api/v1/posts/{post.id}").json["redacted_at"] is not None


def test_what_others_say_in_their_own_words_is_theirs(post, moderator):
    other = make_post(post.thread, make_user(), "I met Jane of 3B, too.\n\n> Jane of 3B\n\nSo?")
    without = make_post(post.thread, make_user(), "3B > 2B")
    actions.redact_post(moderator, post.id, ["Jane of 3B"])
    assert other.body == f"I met Jane of 3B, too.\n\n> {redaction.MARK}\n\nSo?"
    assert (without.body, without.redacted_at) == ("3B > 2B", None)


def test_a_hidden_comment_is_blacked_out_where_it_is(post, moderator):
    other = make_post(post.thread, make_user(), "Of 3B, I say.", state="hidden")
    actions.redact_post(moderator, other.id, ["3B"])
    assert (other.body, other.state) == (f"Of {redaction.MARK}, I say.", "hidden")
    assert post.redacted_at is None


@pytest.mark.parametrize("passage", ["9999", "jane of 3b"])
def test_what_is_not_there_word_for_word_is_refused(post, moderator, passage):
    with pytest.raises(Invalid, match="word for word"):
        actions.redact_post(moderator, post.id, [passage])


def test_only_moderators_black_out(post):
    with pytest.raises(NotAllowed):
        actions.redact_post(make_user("organizer"), post.id, [PHONE])


def test_a_passage_inside_another_leaves_no_rest():
    assert redaction.blacken("Jane Doe, Jane", ["Jane", "Jane Doe"]) == "██, ██"
    assert redaction.blacken_quotes("> Jane\n> Doe\nJane", ["Jane\nDoe"]) == "> ██\n> ██\nJane"
    assert len(redaction.MARK) == 2


def test_a_plain_comment_is_blacked_out(app, moderator):
    post = make_post(make_thread(make_project()), make_user(), "Of 3B, I say.")
    assert actions.redact_post(moderator, post.id, ["3B"]).body == f"Of {redaction.MARK}, I say."
