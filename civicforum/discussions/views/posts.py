"""One post: its address, its article, and the small pages around it."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.discussions import actions, policies, queries
from civicforum.discussions.addresses import (
    post_url,
    thread_url,
)
from civicforum.discussions.forms import EditForm
from civicforum.discussions.history import word_diff
from civicforum.discussions.models import EDIT_HOURS, REACTIONS
from civicforum.discussions.views.blueprint import bp
from civicforum.discussions.views.cards import make_cards
from civicforum.discussions.views.sending import say_waiting, submits_for_now
from civicforum.discussions.words import prepare_words
from civicforum.errors import Conflict, NotFound
from civicforum.files.tray import sent_changes
from civicforum.web.limits import limited
from civicforum.web.redirects import safe_next
from civicforum.web.viewer import viewer


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
        edited = submits_for_now(
            form,
            lambda: actions.edit_post(
                person, post_id, prepare_words(form.body.data), form.revision.data, sent_changes()
            ),
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
            attachments=queries.files_of_posts([post])[post.id],
            post=post,
            back_url=post_url(post.thread, post.id, post.seq),
            current=changed_meanwhile,
            hours=EDIT_HOURS,
        )
    say_waiting(edited)
    return redirect(post_url(edited.thread, edited.id, edited.seq))


@bp.post("/posts/<int:post_id>/withdraw")
@limited("write")
def withdraw(post_id: int) -> Response:
    post = actions.withdraw_post(viewer(), post_id)
    flash(_("You took your comment back."), "success")
    if post.seq is None:
        return redirect(thread_url(queries.get_thread(viewer(), post.thread_id)))
    return redirect(post_url(post.thread, post.id, post.seq))


@bp.post("/posts/<int:post_id>/reactions/<kind>")
@limited("write")
def react(post_id: int, kind: str) -> Response:
    """Give the comment a word, or take it back if it was given: the button is pressed or not."""
    person = viewer()
    given = queries.own_reactions(person, [queries.get_post(person, post_id).id])
    act = actions.unreact if kind in given.get(post_id, ()) else actions.react
    post = act(person, post_id, kind)
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


def _whole(body: str, files: str | None) -> str:
    """The words, and below them what the pictures and papers were."""
    return f"{body}\n\n{files}" if files else body


@bp.get("/posts/<int:post_id>/history")
def show_history(post_id: int) -> str:
    person = viewer()
    post = queries.get_post(person, post_id)
    versions = queries.list_versions(person, post)
    texts = [*(_whole(version.body, version.files) for version in versions)]
    texts.append(_whole(post.body, queries.files_in_words(post)))
    changes = [
        {
            "at": version.replaced_at,
            "pieces": word_diff(before, after),
            "is_public": version.is_public,
            "is_by_moderator": version.replaced_by_id not in (None, post.author_id),
        }
        for version, before, after in zip(versions, texts, texts[1:], strict=False)
    ]
    return render_template(
        "discussions/history.html",
        post=post,
        changes=list(reversed(changes)),
        back_url=post_url(post.thread, post.id, post.seq),
    )
