"""Starting a thread."""

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.agreement.queries import find_cause
from civicforum.db import db, lock, now, transactional
from civicforum.discussions import policies
from civicforum.discussions.actions.asking import add_poll
from civicforum.discussions.actions.publishing import author_of, hold, publish
from civicforum.discussions.asking import Asked, with_poll
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.words import Words, prepare_title, prepare_words
from civicforum.errors import NotFound, require
from civicforum.live.changes import open_channel
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_see_project
from civicforum.text import slugify
from civicforum.voices.actions import record_voice


@transactional
def start_thread(
    actor: Actor, project_id: int, title: str, body: str | Words, poll: Asked | None = None
) -> Thread:
    """Start a discussion in a project, with its first post, which may ask with a poll.

    Its status is ``pending``, and nobody else sees it, if a moderator has to look first. Locks the project.
    Raises NotAllowed for who may not speak there, Invalid for a title or words that will not do.
    """
    line, words = prepare_title(title), prepare_words(body)
    project = lock(Project, project_id)
    if not can_see_project(actor, project):
        raise NotFound
    require(
        policies.can_start_thread(actor, project),
        _("You cannot start a thread here just now: the project is over, or your account may not write."),
    )
    author = author_of(actor)
    thread = Thread(
        project=project,
        author=author,
        title=line,
        slug=slugify(line),
        status="open",
        last_seq=0,
        last_post_at=now(),
    )
    db.session.add(thread)
    db.session.flush()
    open_channel(thread.channel)
    _add_first_post(actor, thread, words, poll)
    return thread


def _add_first_post(actor: Actor, thread: Thread, words: Words, poll: Asked | None) -> None:
    post = Post(thread=thread, author=author_of(actor), body=words.body, html=words.html, state="pending")
    db.session.add(post)
    db.session.flush()
    if poll is not None:
        add_poll(post, poll)
    record_voice("post", post.id, thread.channel, actor.id)
    cause = find_cause(actor, f"{thread.title}\n\n{with_poll(words.body, poll)}", words.html)
    if cause:
        thread.status = "pending"
        hold(actor, post, cause)
    else:
        publish(thread, post)
