"""What the tests of moderation share: a comment, its author, and a moderator of the site."""

from dataclasses import dataclass

import pytest
from factories import make_agreement, make_post, make_project, make_thread, make_user
from moderation.naming import rude  # noqa: F401 - a fixture
from record_lines import record  # noqa: F401 - a fixture

from civicforum.accounts.models import User
from civicforum.agreement.actions import list_word
from civicforum.agreement.queries import find_hold
from civicforum.discussions.actions import post_reply
from civicforum.discussions.models import Post, Thread
from civicforum.partnerships.models import Project


@dataclass
class Place:
    """A thread in a public project, in which ``author`` said something that breaks rule 2."""

    project: Project
    thread: Thread
    author: User
    moderator: User
    post: Post
    flagger: User

    def hold(self, body: str = "Wait: holdme."):
        """What the author says next, held by a listed word, with its hold."""
        post = post_reply(self.author, self.thread.id, body)
        return post, find_hold("post", post.id)


@pytest.fixture
def place(app) -> Place:
    make_agreement()
    project = make_project(title="Lantern Street")
    moderator = make_user("moderator", name="Ruth Amadi")
    list_word(moderator, "holdme", "hold")
    thread = make_thread(project, title="The playground")
    author = make_user(name="Denise Walker", email="denise@example.org")
    return Place(
        project,
        thread,
        author,
        moderator,
        make_post(thread, author, "These people are animals."),
        make_user(),
    )
