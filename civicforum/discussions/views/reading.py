"""What somebody has seen of a thread, where no script can tell: a picture that loads, and buttons."""

from flask import Response, flash, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Answer

from civicforum.discussions import actions, queries
from civicforum.discussions.addresses import post_url, thread_url
from civicforum.discussions.views.blueprint import bp
from civicforum.web.limits import limited
from civicforum.web.numbers import whole_number
from civicforum.web.redirects import safe_next
from civicforum.web.viewer import viewer

# A picture with nothing in it.
_NOTHING = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


@bp.get("/threads/<int:thread_id>/seen.svg")
@limited("read")
def seen(thread_id: int) -> Response:
    """Note that the places ``first`` to ``last`` were shown; only browsers without scripts load this."""
    first, last = whole_number(request.args.get("first")), whole_number(request.args.get("last"))
    if viewer().is_authenticated and first and last:
        actions.mark_seen(viewer(), thread_id, [(first, last)])
    return Response(_NOTHING, mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


@bp.post("/threads/<int:thread_id>/read")
@limited("write")
def mark_read(thread_id: int) -> Answer:
    """Everything in this thread has been seen."""
    actions.mark_seen(viewer(), thread_id)
    flash(_("Nothing in this thread is new to you now."), "success")
    here = thread_url(queries.get_thread(viewer(), thread_id))
    return redirect(safe_next(request.form.get("next"), here))


@bp.post("/posts/<int:post_id>/new-from-here")
@limited("write")
def mark_new_from(post_id: int) -> Answer:
    """Let the thread be new again from this comment on, to come back to it."""
    post = queries.get_post(viewer(), post_id)
    if post.seq is not None:
        actions.mark_new_from(viewer(), post.thread_id, post.seq)
    flash(_("From this comment on, the thread is new to you again."), "success")
    return redirect(post_url(post.thread, post.id, post.seq))
