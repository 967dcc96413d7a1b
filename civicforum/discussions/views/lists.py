"""A project's threads, and a new one."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.discussions import actions, policies, queries, schemas
from civicforum.discussions.addresses import (
    thread_url,
)
from civicforum.discussions.forms import ThreadForm
from civicforum.discussions.models import Thread
from civicforum.discussions.views import previewing
from civicforum.discussions.views.blueprint import bp
from civicforum.discussions.views.sending import do_once, say_held
from civicforum.discussions.words import prepare_title, prepare_words
from civicforum.errors import NotAllowed
from civicforum.files.tray import Tray, read_tray
from civicforum.partnerships.models import Project
from civicforum.partnerships.queries import get_project
from civicforum.text import excerpt
from civicforum.web import bodies
from civicforum.web.idempotency import Done
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

bodies.taking_files.add("discussions.new_thread")


@bp.get("/projects/<slug>/threads")
def list_threads(slug: str) -> str:
    person = viewer()
    project = get_project(person, slug)
    readings = schemas.watch_readings(person)
    page = queries.list_threads(person, project, request.args.get("cursor"))
    return render_template(
        "discussions/list.html",
        project=project,
        threads=schemas.tell_threads(page.items),
        openings=_openings(page.items),
        readings=readings,
        new=queries.new_to(person, page.items),
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
    form, tray = ThreadForm(), read_tray(person)
    place = f"project:{project.id}"
    if previewing.keep(form, place):
        return redirect(url_for("discussions.list_drafts"))
    if previewing.is_asked_for("preview"):
        return _draw_new(form, tray, project, previewing.drawn(form))
    if request.method == "GET":
        _take_draft(form, place)
    done = form.submits(lambda: _start_thread(form, project.id, tray)) if tray.is_ready else None
    if done is None:
        return _draw_new(form, tray, project)
    thread = queries.get_thread(person, done.object_id)
    say_held(thread.status == "pending")
    return redirect(thread_url(thread))


def _draw_new(form: ThreadForm, tray: Tray, project: Project, preview: str | None = None) -> str:
    return render_template("discussions/new.html", form=form, tray=tray, project=project, preview=preview)


def _take_draft(form: ThreadForm, place: str) -> None:
    """What this person has begun to write here."""
    draft = queries.find_draft(viewer(), place)
    if draft is not None:
        form.title.data, form.body.data = draft.title, draft.body


def _refuse_start(person: Actor) -> None:
    if not person.is_authenticated:
        raise NotAllowed
    raise NotAllowed(
        _("You cannot start a thread here just now: the project is over, or your account may not write.")
    )


def _start_thread(form: ThreadForm, project_id: int, tray: Tray) -> Done:
    title, words = prepare_title(form.title.data), prepare_words(form.body.data)

    def start() -> Done:
        return Done(201, "thread", actions.start_thread(viewer(), project_id, title, words, tray.chosen).id)

    return do_once(form.nonce.data, [project_id, title, words.body, tray.prints], start)
