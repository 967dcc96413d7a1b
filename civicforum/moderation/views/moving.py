"""The pages on which a thread is moved, split or joined with another."""

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.discussions.addresses import thread_url
from civicforum.discussions.forms import MergeForm, MoveForm, SplitForm
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.policies import can_close_thread, can_move_to
from civicforum.discussions.queries import PAGE_POSTS, get_thread, list_posts
from civicforum.discussions.schemas import ToldPost, tell_posts
from civicforum.errors import Invalid, NotAllowed
from civicforum.moderation import actions
from civicforum.partnerships.models import Project
from civicforum.partnerships.queries import list_projects
from civicforum.text import excerpt
from civicforum.web.forms import options
from civicforum.web.limits import limited
from civicforum.web.numbers import whole_number
from civicforum.web.pagination import MAXIMUM_LIMIT
from civicforum.web.viewer import viewer

bp = Blueprint("moving", __name__)

# A thread as somebody pastes it: its address, or its number.
THREAD = re.compile(r"(?:.*/threads/|#?)([1-9]\d{0,9})(?:[/?#].*)?")


def _thread(thread_id: int) -> Thread:
    thread = get_thread(viewer(), thread_id)
    if not can_close_thread(viewer(), thread):
        raise NotAllowed
    return thread


def _done(other: Thread, said: str) -> Response:
    flash(said, "success")
    return redirect(thread_url(other))


def _named(text: str | None) -> int:
    found = THREAD.fullmatch((text or "").strip())
    if found is None:
        raise Invalid(errors={"thread": [_("Paste the other thread’s address, or write its number.")]})
    return int(found[1])


@bp.route("/threads/<int:thread_id>/organize/move", methods=["GET", "POST"])
@limited("write")
def move_thread(thread_id: int) -> Any:
    """To another project in which one works as well."""
    thread = _thread(thread_id)
    projects = _projects_beside(thread)
    form = MoveForm()
    form.project.choices = options((str(project.id), project.title) for project in projects)
    moved = form.submits(
        lambda: actions.move_thread(viewer(), thread_id, int(form.project.data), form.reason.data)
    )
    if moved is not None:
        return _done(moved, _("The thread is in the other project now. All its addresses go on working."))
    return render_template(
        "moderation/move_thread.html",
        form=form,
        thread=thread,
        projects=projects,
        back_url=thread_url(thread),
    )


def _projects_beside(thread: Thread) -> list[Project]:
    person = viewer()
    return [
        project
        for project in list_projects(person, limit=MAXIMUM_LIMIT, is_open=True).items
        if project.id != thread.project_id and project.is_public and can_move_to(person, project)
    ]


@bp.route("/threads/<int:thread_id>/organize/merge", methods=["GET", "POST"])
@limited("write")
def merge_thread(thread_id: int) -> Any:
    """All of it into another thread of the project."""
    thread = _thread(thread_id)
    form = MergeForm()
    other = form.submits(
        lambda: actions.merge_threads(viewer(), thread_id, _named(form.thread.data), form.reason.data)
    )
    if other is not None:
        return _done(other, _("The two threads are one now. All addresses go on working."))
    return render_template(
        "moderation/merge_thread.html", form=form, thread=thread, back_url=thread_url(thread)
    )


@bp.route("/threads/<int:thread_id>/organize/split", methods=["GET", "POST"])
@limited("write")
def split_thread(thread_id: int) -> Any:
    """Chosen comments into another thread, or into a new one."""
    thread = _thread(thread_id)
    form = SplitForm()
    chosen = [number for each in request.form.getlist("posts") if (number := whole_number(each))]
    other = form.submits(lambda: _split(form, thread_id, chosen))
    if other is not None:
        return _done(other, _("The comments are here now. All their addresses go on working."))
    start = max(1, whole_number(request.args.get("from")) or 1)
    posts = list_posts(viewer(), thread, after=start - 1, limit=PAGE_POSTS + 1)
    return render_template(
        "moderation/split_thread.html",
        form=form,
        thread=thread,
        rows=_rows(posts[:PAGE_POSTS]),
        chosen=chosen,
        start=start,
        step=PAGE_POSTS,
        has_more=len(posts) > PAGE_POSTS,
        back_url=thread_url(thread),
    )


def _split(form: SplitForm, thread_id: int, chosen: list[int]) -> Thread:
    into = _named(form.thread.data) if form.thread.data else form.title.data or ""
    return actions.split_thread(
        viewer(), thread_id, chosen, into, form.reason.data, with_replies=form.with_replies.data
    )


def _rows(posts: list[Post]) -> list[tuple[ToldPost, str]]:
    """Each comment that can go, with its first words."""
    told = tell_posts(viewer(), [post for post in posts if post.state != "moved"])
    return [(post, excerpt(post.body or "")) for post in told]
