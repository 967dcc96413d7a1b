"""The inbox."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.errors import SignInNeeded
from civicforum.notifications import actions, policies, queries
from civicforum.web.limits import limited
from civicforum.web.pagination import decode_cursor, encode_cursor
from civicforum.web.viewer import viewer

bp = Blueprint("notifications", __name__)

ENTRIES_ON_A_PAGE = 30


@bp.get("/inbox")
def inbox() -> Any:
    """What waits for the viewer, newest first. Looking marks nothing read."""
    if not policies.can_have_inbox(viewer()):
        raise SignInNeeded(_("Please sign in, and you will come right back here."))
    cursor = decode_cursor(request.args.get("cursor"), int)
    found = queries.list_inbox(viewer(), ENTRIES_ON_A_PAGE, cursor[0] if cursor else None)
    older = found.next_before and encode_cursor([found.next_before])
    return render_template(
        "notifications/inbox.html",
        entries=found.entries,
        is_first_page=cursor is None,
        older_url=url_for("notifications.inbox", cursor=older) if older else None,
    )


@bp.post("/inbox/read")
@limited("write")
def mark_all_read() -> Any:
    actions.mark_read(viewer())
    flash(_("All marked as read."), "success")
    return redirect(url_for("notifications.inbox"))


@bp.post("/inbox/<int:notification_id>/read")
@limited("write")
def mark_read(notification_id: int) -> Any:
    actions.mark_read(viewer(), [notification_id])
    return redirect(url_for("notifications.inbox"))
