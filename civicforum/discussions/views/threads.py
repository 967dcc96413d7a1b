"""The page of one thread."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.discussions import actions, policies, queries, schemas
from civicforum.discussions.addresses import (
    page_start,
    post_url,
    thread_url,
)
from civicforum.discussions.forms import ReplyForm
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.views.blueprint import bp
from civicforum.discussions.views.cards import make_cards
from civicforum.discussions.views.sending import do_once, say_held
from civicforum.discussions.words import prepare_words
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.numbers import whole_number
from civicforum.web.viewer import viewer

# What the address of a thread may say beside its name; url_for takes other words for its own.
PLACES = {"from", "quote", "reply_to"}


@bp.get("/threads/<int:thread_id>", defaults={"slug": None})
@bp.route("/threads/<int:thread_id>/<slug>", methods=["GET", "POST"])
@limited("post")
def show_thread(thread_id: int, slug: str | None) -> Any:
    person = viewer()
    thread = queries.get_thread(person, thread_id)
    if request.method == "GET" and slug != thread.slug:
        return redirect(
            thread_url(thread, **{name: request.args[name] for name in PLACES & set(request.args)})
        )
    form = ReplyForm()
    done = form.submits(lambda: _post_reply(form, thread_id))
    if done is None:
        return _draw_thread(queries.get_thread(person, thread_id), form)
    post = queries.get_post(person, done.object_id)
    say_held(post.state == "pending")
    return redirect(post_url(post.thread, post.id, post.seq))


def _post_reply(form: ReplyForm, thread_id: int) -> Done:
    words, poll = prepare_words(form.body.data), form.asked()
    reply_to = form.reply_to.data or None

    def reply() -> Done:
        return Done(201, "post", actions.post_reply(viewer(), thread_id, words, reply_to, poll).id)

    return do_once(form.nonce.data, [thread_id, words.body, reply_to, poll], reply)


def _draw_thread(thread: Thread, form: ReplyForm) -> str:
    person = viewer()
    # The revision first: what is committed in between is told again, and nothing is missed.
    told = schemas.tell_threads([thread])[0]
    start = _start(thread)
    posts = queries.list_posts(person, thread, after=start - 1, limit=queries.PAGE_POSTS + 1)
    shown, is_end = posts[: queries.PAGE_POSTS], len(posts) <= queries.PAGE_POSTS
    own = queries.list_own_unpublished(person, thread) if is_end else []
    return render_template(
        "discussions/thread.html",
        thread=told,
        project=thread.project,
        cards=make_cards(person, [*shown, *own]),
        form=form,
        answered=_prefill(form, thread),
        is_end=is_end,
        here=_here(shown, told.post_count),
        previous_url=thread_url(thread, start=max(1, start - queries.PAGE_POSTS)) if start > 1 else None,
        next_url=None if is_end else thread_url(thread, start=start + queries.PAGE_POSTS),
        latest_url=None if is_end else thread_url(thread, start=page_start(max(1, thread.last_seq))),
        reply_url=thread_url(thread),
        can_reply=policies.can_reply(person, thread),
        can_close=policies.can_close_thread(person, thread),
        is_moderator=policies.can_moderate_thread(person, thread),
    )


def _start(thread: Thread) -> int:
    """The place that ``?from=SEQ`` asks for, within the thread."""
    wanted = request.args.get("from", default=1, type=int)
    return max(1, min(wanted, thread.last_seq or 1))


def _here(posts: list[Post], count: int) -> str | None:
    if not posts or (posts[0].seq == 1 and posts[-1].seq == count):
        return None
    return _("%(first)s to %(last)s of %(count)s", first=posts[0].seq, last=posts[-1].seq, count=count)


def _prefill(form: ReplyForm, thread: Thread) -> str | None:
    """What the links Reply and Quote ask for without JavaScript: the name of whom one answers."""
    wanted = form.reply_to.data or whole_number(request.args.get("reply_to"))
    quoted = whole_number(request.args.get("quote"))
    post_id = quoted or wanted
    if post_id is None or request.method != "GET":
        return None
    post = queries.visible_posts(viewer(), [post_id]).get(post_id)
    if post is None or post.thread_id != thread.id or post.seq is None or not post.is_visible:
        return None
    form.reply_to.data = post.id
    if quoted and not form.body.data:
        form.body.data = "".join(f"> {line}\n" for line in post.body.splitlines()) + "\n"
    return schemas.name_of(post.author)


@bp.post("/threads/<int:thread_id>/status")
@limited("write")
def set_status(thread_id: int) -> Response:
    act = actions.open_thread if request.form.get("status") == "open" else actions.close_thread
    thread = act(viewer(), thread_id)
    said = {"open": _("The thread is open again."), "closed": _("The thread is closed.")}
    flash(said[thread.status], "success")
    return redirect(thread_url(thread))
