"""A project's threads, and a new one."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request
from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.discussions import actions, policies, queries, schemas
from civicforum.discussions.addresses import (
    thread_url,
)
from civicforum.discussions.forms import ThreadForm
from civicforum.discussions.models import Thread
from civicforum.discussions.views.blueprint import bp
from civicforum.discussions.views.sending import do_once, say_held
from civicforum.discussions.words import prepare_title, prepare_words
from civicforum.errors import NotAllowed
from civicforum.partnerships.queries import get_project
from civicforum.text import excerpt
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


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
    say_held(thread.status == "pending")
    return redirect(thread_url(thread))


def _refuse_start(person: Actor) -> None:
    if not person.is_authenticated:
        raise NotAllowed
    raise NotAllowed(
        _("You cannot start a thread here just now: the project is over, or your account may not write.")
    )


def _start_thread(form: ThreadForm, project_id: int) -> Done:
    title, words, poll = prepare_title(form.title.data), prepare_words(form.body.data), form.asked()

    def start() -> Done:
        return Done(201, "thread", actions.start_thread(viewer(), project_id, title, words, poll).id)

    return do_once(form.nonce.data, [project_id, title, words.body, poll], start)
