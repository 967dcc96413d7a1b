"""Whom a comment answers, as its form says it without scripts; and what to do where that comment has gone."""

import re
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.discussions import actions, policies, queries, schemas
from civicforum.discussions.addresses import page_start, thread_url
from civicforum.discussions.forms import ReplyForm
from civicforum.discussions.models import Post, Thread
from civicforum.web.numbers import LARGEST, whole_number
from civicforum.web.viewer import viewer


@dataclass(frozen=True)
class Answering:
    """The ``name`` of whom one answers; or that what one would answer ``is_gone`` from here.

    ``post`` is that comment where it stands in another thread; ``takes_words``: it can be answered there.
    """

    name: str | None = None
    is_gone: bool = False
    post: Post | None = None
    takes_words: bool = False


def settle(form: ReplyForm, thread: Thread) -> Answering:
    """Whom the form answers: as it was sent or drafted, or as the links Reply and Quote ask.

    What is not to be answered here is taken out of the form, so that the words in it can be sent.
    """
    is_asked = request.method == "GET"
    quoted = whole_number(request.args.get("quote")) if is_asked else None
    asked = whole_number(request.args.get("reply_to")) if is_asked else None
    post_id = quoted or form.reply_to.data or asked
    if not post_id:
        is_wrong = form.reply_to.errors or form.reply_to.data is not None
        return _without_answer(form, None) if is_wrong else Answering()
    post = _find_shown(post_id)
    if post is None or post.thread_id != thread.id:
        return _without_answer(form, post)
    form.reply_to.data = post.id
    if quoted:
        form.body.data = f"{form.body.data or ''}{_quoted(post)}"
    return Answering(schemas.name_of(post.author))


def _find_shown(post_id: int) -> Post | None:
    """The comment, wherever it stands, if it is shown and this person may read it."""
    found = queries.visible_posts(viewer(), [post_id]) if 0 < post_id <= LARGEST else {}
    post = found.get(post_id)
    return post if post is not None and post.is_visible else None


def _without_answer(form: ReplyForm, post: Post | None) -> Answering:
    # What came with the form is drawn again from its raw words: they go as well.
    form.reply_to.data = form.reply_to.raw_data = None
    return Answering(is_gone=True, post=post, takes_words=post is not None and _takes_words(post.thread))


def _takes_words(thread: Thread) -> bool:
    return thread.is_open and policies.can_reply(viewer(), thread)


def _quoted(post: Post) -> str:
    """The words of a comment with their source, which stays true when the comment moves."""
    lines = "".join(f"> {line}\n" for line in post.body.splitlines())
    name = re.sub(r"([\[\]\\])", r"\\\1", schemas.name_of(post.author))
    source = f"[{name}]({url_for('discussions.find_post', post_id=post.id)})"
    return f"{lines}>\n> — {source}\n\n"


def go_along(form: ReplyForm, thread: Thread) -> Response | None:
    """Take the words to the comment that they answer, in its thread; None, with why in the form, if not."""
    post_id = whole_number(request.form.get("there")) or 0
    post, body = _find_shown(post_id), form.body.data
    # If it cannot be, the page says so again.
    form.reply_to.data = post_id
    if post is None or not _takes_words(post.thread):
        return None
    if form.submits(lambda: actions.take_draft_along(viewer(), thread.channel, body, post_id)) is None:
        return None
    flash(_("Your words came along. They are in the box below: send them here."), "success")
    return redirect(thread_url(post.thread, start=page_start(post.seq or 1), _anchor="reply"))
