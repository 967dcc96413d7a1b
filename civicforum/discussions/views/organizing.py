"""What its author, organizers and moderators do with a whole thread: name it, place it, end it."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.discussions import actions, policies, queries
from civicforum.discussions.actions import Shape
from civicforum.discussions.addresses import thread_url
from civicforum.discussions.forms import CloseForm, ShapeForm
from civicforum.discussions.models import Thread
from civicforum.discussions.views.blueprint import bp
from civicforum.discussions.words import prepare_conclusion
from civicforum.errors import Invalid, NotAllowed
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

# The address of each begins with two words, so that no thread's own name is one of them.


@bp.post("/threads/<int:thread_id>/organize/status")
@limited("write")
def set_status(thread_id: int) -> Response:
    """Open it again, pin it or put it away, or take that back: each is one button."""
    person, wanted = viewer(), request.form.get("status")
    deeds = {
        "open": (lambda: actions.open_thread(person, thread_id), _("The thread is open again.")),
        "pinned": (lambda: actions.pin_thread(person, thread_id, True), _("It stands at the top now.")),
        "unpinned": (
            lambda: actions.pin_thread(person, thread_id, False),
            _("It is no longer at the top."),
        ),
        "archived": (lambda: actions.archive_thread(person, thread_id, True), _("The thread is put away.")),
        "unarchived": (lambda: actions.archive_thread(person, thread_id, False), _("The thread is back.")),
    }
    if wanted not in deeds:
        raise Invalid(errors={"status": [_("Choose one of the buttons of the thread.")]})
    deed, said = deeds[wanted]
    thread = deed()
    flash(said, "success")
    return redirect(thread_url(thread))


@bp.route("/threads/<int:thread_id>/organize/close", methods=["GET", "POST"])
@limited("write")
def close_thread(thread_id: int) -> Any:
    """End it, with what came out of it."""
    person = viewer()
    thread = queries.get_thread(person, thread_id)
    if not policies.can_close_thread(person, thread):
        raise NotAllowed
    form = CloseForm(conclusion=thread.conclusion)
    if form.submits(lambda: _close(form, thread_id)):
        flash(_("The thread is closed, and what came out of it stands at the top."), "success")
        return redirect(thread_url(queries.get_thread(person, thread_id)))
    return render_template("discussions/close.html", form=form, thread=thread, back_url=thread_url(thread))


def _close(form: CloseForm, thread_id: int) -> Thread:
    words = prepare_conclusion(form.conclusion.data)
    return actions.close_thread(viewer(), thread_id, words)


@bp.route("/threads/<int:thread_id>/organize/edit", methods=["GET", "POST"])
@limited("write")
def shape_thread(thread_id: int) -> Any:
    """What it is called, its kind and its tags."""
    person = viewer()
    thread = queries.get_thread(person, thread_id)
    if not policies.can_shape_thread(person, thread):
        raise NotAllowed
    form = _shape_form(thread)
    if form.submits(lambda: _shape(form, thread_id)):
        flash(_("Saved."), "success")
        return redirect(thread_url(queries.get_thread(person, thread_id)))
    return render_template("discussions/shape.html", form=form, thread=thread, back_url=thread_url(thread))


def _shape_form(thread: Thread) -> ShapeForm:
    form = ShapeForm(
        title=thread.title,
        kind=thread.kind,
        tags=[tag.slug for tag in thread.tags],
        max_posts=thread.max_posts,
    )
    can_announce = policies.can_start_kind(viewer(), thread.project, "announcement")
    form.offer(queries.list_tags(thread.project), can_announce or thread.kind == "announcement")
    if not policies.can_limit_thread(viewer(), thread):
        del form.max_posts
    return form


def _shape(form: ShapeForm, thread_id: int) -> Thread:
    shape = Shape(
        title=form.title.data,
        kind=form.kind.data,
        tags=form.chosen_tags,
        max_posts=form.max_posts.data if "max_posts" in form else None,
        reason=form.reason.data or "",
    )
    return actions.shape_thread(viewer(), thread_id, shape)
