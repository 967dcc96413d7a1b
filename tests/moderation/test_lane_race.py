"""Several at the same moment around what waits its seconds: shown once, or hidden once, and never both."""

from datetime import timedelta

import pytest
from factories import make_agreement, make_project, make_thread, make_user
from races import at_once
from sqlalchemy import select, update

from civicforum.accounts.models import SYSTEM, User
from civicforum.agreement.models import Hold
from civicforum.db import db, now, transaction
from civicforum.discussions import actions as discussions
from civicforum.discussions.actions import post_reply
from civicforum.discussions.models import Post, Thread
from civicforum.errors import Conflict
from civicforum.moderation import actions
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import LogEntry

HIDE = Deed("hide", 2, "It says what people are.")


@pytest.fixture
def late(town):
    """Ids of two moderators, the thread, and three comments in it that should be shown by now."""
    with town.app_context():
        make_agreement()
        moderators = [make_user("moderator", name=name) for name in ("Ana Ruiz", "Ben Okafor")]
        thread = make_thread(make_project())
        actions.moderate(moderators[0], "thread", thread.id, Deed("delay", 2, "It is hot."))
        posts = [post_reply(make_user(), thread.id, words) for words in ("One.", "Two.", "Three.")]
        with transaction():
            db.session.execute(update(Hold).values(due_at=now() - timedelta(seconds=1)))
        ids = [user.id for user in moderators], thread.id, [post.id for post in posts]
        db.session.remove()
    return ids


def person(user_id: int) -> User:
    return db.session.get_one(User, user_id)


def test_workers_and_readers_show_each_once_and_in_order(town, late):
    _moderators, thread_id, posts = late
    at_once(town, [lambda: discussions.show_due(SYSTEM, thread_id)] * 4, held=Thread)
    with town.app_context():
        placed = select(Post.id, Post.seq).where(Post.thread_id == thread_id).order_by(Post.seq)
        assert db.session.execute(placed).all() == [(post_id, seq) for seq, post_id in enumerate(posts, 1)]
        assert db.session.get_one(Thread, thread_id).last_seq == 3


def test_two_keys_and_the_clock_at_once_hide_it_once(town, late):
    (ana, ben), thread_id, (post_id, *_others) = late
    results = at_once(
        town,
        [
            lambda: actions.hide_now(person(ana), post_id, HIDE).action,
            lambda: actions.hide_now(person(ben), post_id, HIDE).action,
            lambda: discussions.show_due(SYSTEM, thread_id),
        ],
        held=Thread,
    )
    (refused,) = [result for result in results if isinstance(result, Conflict)]
    assert str(refused).endswith("hid it already.")
    with town.app_context():
        assert db.session.get_one(Post, post_id).state in ("hidden", "declined")
        lines = db.session.scalars(select(LogEntry.action).order_by(LogEntry.number)).all()
        assert (lines[0], lines[1] in ("hide", "decline"), len(lines)) == ("delay", True, 2)
