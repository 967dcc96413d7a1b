"""The pages of threads: a project's list, one thread, and the small pages around a comment."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.accounts.models import Actor
from civicforum.agreement.queries import find_hold
from civicforum.discussions import actions, policies, queries, schemas
from civicforum.discussions.addresses import (
    Addresses,
    own_addresses,
    page_start,
    post_url,
    public_addresses,
    thread_url,
)
from civicforum.discussions.forms import EditForm, ReplyForm, ThreadForm, new_nonce
from civicforum.discussions.history import word_diff
from civicforum.discussions.models import EDIT_HOURS, REACTIONS, Post, Thread
from civicforum.discussions.words import prepare_title, prepare_words
from civicforum.errors import Conflict, NotAllowed, NotFound
from civicforum.partnerships.queries import get_project
from civicforum.text import excerpt
from civicforum.web.filters import localtime
from civicforum.web.idempotency import Done, fingerprint, once
from civicforum.web.limits import limited, person_key
from civicforum.web.numbers import whole_number
from civicforum.web.redirects import safe_next
from civicforum.web.viewer import viewer

bp = Blueprint("discussions", __name__)
# What the address of a thread may say beside its name; url_for takes other words for its own.
PLACES = {"from", "quote", "reply_to"}


@dataclass(frozen=True)
class Card:
    """A post on a page: as told to this viewer, with what it offers them."""

    post: schemas.ToldPost
    urls: Addresses
    is_mine: bool = False
    is_supported: bool = False


# --- lists and new threads ---


@bp.get("/projects/<slug>/threads")
def list_threads(slug: str) -> str:
    person = viewer()
    project = get_project(person, slug)
    page = queries.list_threads(person, project, request.args.get("cursor"))
    return render_template(
        "discussions/list.html",
        project=project,
        threads=schemas.tell_threads(page.items),
        openings=_openings(page.items),
        next_cursor=page.next,
        can_start=policies.can_start_thread(person, project),
    )


def _openings(threads: Sequence[Thread]) -> dict[int, str]:
    """How each thread begins, in a line."""
    posts = queries.opening_posts([thread.id for thread in threads])
    return {thread_id: excerpt(post.body) for thread_id, post in posts.items() if post.is_visible}


@bp.route("/projects/<slug>/threads/new", methods=["GET", "POST"])
@limited("post")
def new_thread(slug: str) -> Any:
    person = viewer()
    project = get_project(person, slug)
    if not policies.can_start_thread(person, project):
        _refuse_start(person)
    form = ThreadForm()
    done = form.submits(lambda: _start_thread(form, project.id))
    if done is None:
        return render_template("discussions/new.html", form=form, project=project)
    thread = queries.get_thread(person, done.object_id)
    _say_held(thread.status == "pending")
    return redirect(thread_url(thread))


def _refuse_start(person: Actor) -> None:
    if not person.is_authenticated:
        raise NotAllowed
    raise NotAllowed(
        _("You cannot start a thread here just now: the project is over, or your account may not write.")
    )


def _start_thread(form: ThreadForm, project_id: int) -> Done:
    title, words = prepare_title(form.title.data), prepare_words(form.body.data)

    def start() -> Done:
        return Done(201, "thread", actions.start_thread(viewer(), project_id, title, words).id)

    return _once(form.nonce.data, [project_id, title, words.body], start)


def _once(nonce: str | None, said: list[Any], deed: Any) -> Done:
    """Do it once for each opened form, however often its button is pressed."""
    key = f"form:{(nonce or new_nonce())[:80]}"
    return once(viewer(), person_key(), key, fingerprint("FORM", request.path, {"said": said}), deed)


def _say_held(is_held: bool) -> None:
    if is_held:
        flash(
            _("A moderator reads this first, and you are told within a day. Nothing is lost."),
            "info",
        )


# --- one thread ---


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
    _say_held(post.state == "pending")
    return redirect(post_url(post.thread, post.id, post.seq))


def _post_reply(form: ReplyForm, thread_id: int) -> Done:
    words = prepare_words(form.body.data)
    reply_to = form.reply_to.data or None

    def reply() -> Done:
        return Done(201, "post", actions.post_reply(viewer(), thread_id, words, reply_to).id)

    return _once(form.nonce.data, [thread_id, words.body, reply_to], reply)


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


def make_cards(person: Actor, posts: list[Post]) -> list[Card]:
    """Posts of one thread as this person sees them, with what each offers; a fixed number of queries."""
    if not posts:
        return []
    supported = queries.own_reactions(person, [post.id for post in posts])
    return [
        Card(
            post=replace(told, held_note=_held_note(post)) if told.is_mine else told,
            urls=public_addresses(told, post.thread) | own_addresses(person, told, post),
            is_mine=told.is_mine,
            is_supported=post.id in supported,
        )
        for post, told in zip(posts, schemas.tell_posts(person, posts), strict=True)
    ]


def _held_note(post: Post) -> str | None:
    """Who checks it, why and by when; a few own posts at most wait at once."""
    if post.state != "pending":
        return None
    held = find_hold("post", post.id)
    if held is None:
        return None
    by = localtime(held.due_at)
    if held.cause == "links":
        return _("It has several links, so a moderator of this project reads it by %(time)s.", time=by)
    return _("It has a word on our list, so a moderator of this project reads it by %(time)s.", time=by)


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


# --- one post ---


@bp.get("/posts/<int:post_id>")
def find_post(post_id: int) -> Response:
    """The post in its thread."""
    post = queries.get_post(viewer(), post_id)
    return redirect(post_url(post.thread, post.id, post.seq))


@bp.get("/posts/<int:post_id>/article")
def show_article(post_id: int) -> str:
    """The article alone, as this viewer sees it: the live page asks for what is theirs."""
    person = viewer()
    card = make_cards(person, [queries.get_post(person, post_id)])[0]
    return render_template("discussions/_post.html", card=card)


@bp.route("/posts/<int:post_id>/edit", methods=["GET", "POST"])
@limited("write")
def edit(post_id: int) -> Any:
    person = viewer()
    post = queries.get_post(person, post_id)
    if not policies.can_edit_post(person, post):
        raise NotFound
    form = EditForm(body=post.body, revision=post.revision)
    changed_meanwhile = None
    try:
        edited = form.submits(
            lambda: actions.edit_post(person, post_id, prepare_words(form.body.data), form.revision.data)
        )
    except Conflict as conflict:
        if "yours" not in conflict.extra:
            raise
        edited, changed_meanwhile = None, conflict.extra["current"]
        form.revision.data = changed_meanwhile["revision"]
    if edited is None:
        post = queries.get_post(person, post_id)
        return render_template(
            "discussions/edit.html",
            form=form,
            post=post,
            back_url=post_url(post.thread, post.id, post.seq),
            current=changed_meanwhile,
            hours=EDIT_HOURS,
        )
    _say_held(edited.state == "pending")
    return redirect(post_url(edited.thread, edited.id, edited.seq))


@bp.post("/posts/<int:post_id>/withdraw")
@limited("write")
def withdraw(post_id: int) -> Response:
    post = actions.withdraw_post(viewer(), post_id)
    flash(_("You took your comment back."), "success")
    if post.seq is None:
        return redirect(thread_url(queries.get_thread(viewer(), post.thread_id)))
    return redirect(post_url(post.thread, post.id, post.seq))


@bp.post("/posts/<int:post_id>/support")
@limited("write")
def support(post_id: int) -> Response:
    """Give support, or take it back if it was given: the button is pressed or not."""
    person = viewer()
    post = queries.get_post(person, post_id)
    given = bool(queries.own_reactions(person, [post_id]))
    act = actions.unreact if given else actions.react
    post = act(person, post_id, "support")
    return redirect(safe_next(request.form.get("next"), post_url(post.thread, post.id, post.seq)))


@bp.get("/posts/<int:post_id>/supporters")
def show_supporters(post_id: int) -> str:
    person = viewer()
    post = queries.get_post(person, post_id)
    given = queries.list_reacting(person, post)
    return render_template(
        "discussions/supporters.html",
        card=make_cards(person, [post])[0],
        back_url=post_url(post.thread, post.id, post.seq),
        groups=[(kind, [user for k, user in given if k == kind]) for kind in REACTIONS],
    )


@bp.get("/posts/<int:post_id>/history")
def show_history(post_id: int) -> str:
    person = viewer()
    post = queries.get_post(person, post_id)
    versions = queries.list_versions(person, post)
    texts = [*(version.body for version in versions), post.body]
    changes = [
        {
            "at": version.replaced_at,
            "pieces": word_diff(before, after),
            "is_public": version.is_public,
        }
        for version, before, after in zip(versions, texts, texts[1:], strict=False)
    ]
    return render_template(
        "discussions/history.html",
        post=post,
        changes=list(reversed(changes)),
        back_url=post_url(post.thread, post.id, post.seq),
    )


@bp.post("/threads/<int:thread_id>/status")
@limited("write")
def set_status(thread_id: int) -> Response:
    act = actions.open_thread if request.form.get("status") == "open" else actions.close_thread
    thread = act(viewer(), thread_id)
    said = {"open": _("The thread is open again."), "closed": _("The thread is closed.")}
    flash(said[thread.status], "success")
    return redirect(thread_url(thread))
