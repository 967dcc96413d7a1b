"""Putting words into a thread, the same for its first post and for every reply."""

from collections.abc import Sequence

from civicforum.accounts.models import Actor
from civicforum.agreement.actions import check_acceptance
from civicforum.agreement.marks import mark_listed
from civicforum.db import db
from civicforum.discussions.actions.asking import add_poll
from civicforum.discussions.actions.delays import show_waiting
from civicforum.discussions.actions.gates import find_reason_to_wait
from civicforum.discussions.actions.newcomers import check_newcomer
from civicforum.discussions.actions.publishing import byline, hold, mask_files, publish, words_to_check
from civicforum.discussions.asking import Asked, with_poll
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.words import Words
from civicforum.files.actions import Chosen, attach_files
from civicforum.voices.actions import record_voice


def say(
    actor: Actor,
    thread: Thread,
    words: Words,
    files: Sequence[Chosen] = (),
    poll: Asked | None = None,
    reply_to: Post | None = None,
    title: str = "",
) -> Post:
    """Add what the actor says, with its voice, files and poll: published, or held for a moderator.

    The thread is locked. ``title`` is read with the words: that of a thread they begin. Raises TooMany and
    Invalid for what a newcomer may not say yet, NotAccepted where the rules changed since they accepted them.
    """
    check_acceptance(actor, thread.project_id)
    check_newcomer(actor, words, files)
    post = Post(
        thread=thread,
        **byline(actor, thread.project),
        body=words.body,
        html=words.html,
        reply_to=reply_to,
        state="pending",
    )
    db.session.add(post)
    db.session.flush()
    if poll is not None:
        add_poll(post, poll)
    record_voice("post", post.id, thread.channel, actor.id)
    attach_files(actor, "post", post.id, files)
    if files:
        mask_files(post)
    read = with_poll(words_to_check(post, title), poll)
    cause = find_reason_to_wait(actor, post, read, words.html)
    if cause:
        hold(actor, post, cause)
    else:
        # Nothing delays this one. What still waits was said before it, and keeps its turn.
        show_waiting(thread)
        publish(thread, post)
        mark_listed("post", post.id, read)
    return post
