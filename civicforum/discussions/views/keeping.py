"""One's own drafts and noted comments."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.discussions import actions, policies, queries, schemas
from civicforum.discussions.addresses import post_url, thread_url
from civicforum.discussions.views.blueprint import bp
from civicforum.errors import SignInNeeded
from civicforum.text import excerpt
from civicforum.web.limits import limited
from civicforum.web.redirects import safe_next
from civicforum.web.viewer import viewer


def _check_signed_in() -> None:
    if not policies.can_keep_drafts(viewer()):
        raise SignInNeeded(_("Please sign in, and you will come right back here."))


@bp.get("/drafts")
def list_drafts() -> str:
    """What the viewer has begun to write, and where it would stand."""
    _check_signed_in()
    return render_template(
        "discussions/drafts.html",
        drafts=[
            {
                "own": own,
                "words": excerpt(own.draft.body),
                "url": _place_url(own),
                "is_stranded": not queries.takes_words(viewer(), own),
            }
            for own in queries.list_drafts(viewer())
        ],
    )


def _place_url(own: queries.OwnDraft) -> str | None:
    if own.thread is not None:
        return thread_url(own.thread, _anchor="reply")
    if own.project is not None:
        return url_for("discussions.new_thread", slug=own.project.slug)
    return None


@bp.post("/drafts/<place>/forget")
@limited("write")
def forget_draft(place: str) -> Response:
    actions.forget_draft(viewer(), place)
    flash(_("The draft is thrown away."), "success")
    return redirect(url_for("discussions.list_drafts"))


@bp.get("/bookmarks")
def list_bookmarks() -> str:
    """The comments that the viewer noted, the latest first."""
    _check_signed_in()
    page = queries.list_bookmarked(viewer(), request.args.get("cursor"))
    return render_template(
        "discussions/bookmarks.html",
        rows=[
            {
                "post_id": row.post_id,
                "post": post,
                "name": schemas.name_of(post.author) if post else None,
                "words": excerpt(post.body) if post else None,
                "url": post_url(post.thread, post.id, post.seq) if post else None,
            }
            for row, post in page.items
        ],
        next_cursor=page.next,
    )


@bp.post("/posts/<int:post_id>/bookmark")
@limited("write")
def bookmark(post_id: int) -> Response:
    """Note the comment, or forget it if it was noted."""
    person = viewer()
    back = safe_next(request.form.get("next"), url_for("discussions.list_bookmarks"))
    if queries.bookmarked(person, [post_id]):
        actions.drop_bookmark(person, post_id)
        flash(_("The comment is not noted any more."), "success")
        return redirect(back)
    post = actions.keep_bookmark(person, post_id)
    flash(_("Noted. You find it again under “Noted comments”, in your inbox."), "success")
    return redirect(safe_next(request.form.get("next"), post_url(post.thread, post.id, post.seq)))
