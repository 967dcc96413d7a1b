"""Somebody is called otherwise: everything that shows their name is told, in short transactions."""

import pytest
from factories import make_post, make_project, make_thread, make_user

from civicforum import jobs
from civicforum.accounts.actions import update_profile
from civicforum.discussions import tasks
from civicforum.discussions.actions import show_again
from civicforum.errors import NotAllowed
from civicforum.live.changes import changes_since


def rename(user):
    update_profile(user, user, name="Called Otherwise", handle=user.handle)


def test_what_somebody_said_and_the_answers_to_it_are_told_in_every_thread(app):
    ana, ben, project = make_user(), make_user(), make_project()
    first, second, other = (make_thread(project, ben) for _ in range(3))
    said = make_post(first, ana)
    answer = make_post(first, ben, reply_to_id=said.id)
    make_post(first, ben)
    elsewhere = make_post(second, ana)
    make_post(other, ben)
    rename(ana)
    jobs.run_due(app)
    assert changes_since(first.channel, 0).objects == (("post", said.id), ("post", answer.id))
    assert changes_since(second.channel, 0).objects == (("post", elsewhere.id),)
    assert changes_since(other.channel, 0).objects == ()


def test_a_thread_shows_who_began_it(app):
    ana = make_user()
    thread = make_thread(make_project(), ana)
    rename(ana)
    jobs.run_due(app)
    assert changes_since(thread.channel, 0).objects == (("thread", thread.id),)


def test_somebody_who_said_a_lot_is_told_in_short_transactions(app, monkeypatch):
    monkeypatch.setattr(tasks, "SHOWN_AT_ONCE", 2)
    ana = make_user()
    thread = make_thread(make_project())
    posts = [make_post(thread, ana).id for _ in range(5)]
    rename(ana)
    jobs.run_due(app)
    found = changes_since(thread.channel, 0)
    assert (found.revision, found.objects) == (3, tuple(("post", post_id) for post_id in posts))


def test_who_changes_nothing_that_shows_tells_nobody(app):
    ana = make_user()
    thread = make_thread(make_project(), ana)
    update_profile(ana, ana, name=ana.name, handle=ana.handle, about="I like rivers.")
    jobs.run_due(app)
    assert changes_since(thread.channel, 0).revision == 0


def test_only_the_house_shows_again(app):
    with pytest.raises(NotAllowed):
        show_again(make_user("administrator"), [])
