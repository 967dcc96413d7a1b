"""The fast lane of a live thread: a strip of what waits its seconds, and deeds of one or two taps."""

from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.limits.models import DELAY
from civicforum.agreement.limits.queries import shared_limit
from civicforum.discussions import actions as discussions
from civicforum.discussions.models import Post, Thread
from civicforum.discussions.queries import files_of_posts, get_post, get_thread, overdue_threads
from civicforum.discussions.schemas import tell_polls
from civicforum.errors import Invalid, NotFound
from civicforum.moderation import actions, policies, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.views.blueprint import bp
from civicforum.partnerships.models import Project
from civicforum.web.limits import limited
from civicforum.web.numbers import whole_number
from civicforum.web.problems import wants_json
from civicforum.web.viewer import viewer


def lane_tools(thread_id: int) -> dict[str, Any] | None:
    """What a thread's page has for its moderator: the rules by their digit, and what waits; None for one who
    has a part in the thread."""
    thread = get_thread(viewer(), thread_id)
    if queries.ties_to_thread(viewer(), thread_id):
        return None
    return {"rules": queries.lane_rules(str(get_locale()), thread.project), **_waiting(thread)}


def _waiting(thread: Thread) -> dict[str, Any]:
    rows = queries.list_lane(viewer(), thread)
    posts = [post for post, _hold in rows]
    return {
        "rows": rows,
        "attachments": files_of_posts(posts),
        "polls": tell_polls(viewer(), posts),
        "is_delayed": shared_limit(thread.channel, DELAY) is not None,
    }


@bp.get("/threads/<int:thread_id>/lane")
def show_lane(thread_id: int) -> str:
    """The strip alone, for a page that is open."""
    thread = get_thread(viewer(), thread_id)
    _check_moderates(thread.project)
    if overdue_threads(thread_id):
        discussions.show_due(SYSTEM, thread_id)
    return render_template("moderation/_lane.html", lane=_waiting(thread))


@bp.post("/moderation/posts/<int:post_id>/hide-now")
@limited("write")
def hide_now(post_id: int) -> Any:
    """Hide it with a rule's usual reason, which its author reads at once."""
    project = get_post(viewer(), post_id).thread.project
    _check_moderates(project)
    rule = queries.find_lane_rule(whole_number(request.form.get("rule")), str(get_locale()), project)
    if rule is None:
        raise Invalid(errors={"rule": [_("Choose a rule.")]})
    revision = whole_number(request.form.get("revision"))
    measure = actions.hide_now(viewer(), post_id, Deed("hide", rule.number, rule.reason), revision)
    undo_url = url_for("moderation.undo_hide", measure_id=measure.id)
    return _done(post_id, _("Hidden."), undo=undo_url)


@bp.post("/moderation/posts/<int:post_id>/show-now")
@limited("write")
def show_now(post_id: int) -> Any:
    actions.show_now(viewer(), post_id)
    return _done(post_id, _("It is shown."))


@bp.post("/moderation/measures/<int:measure_id>/undo")
@limited("write")
def undo_hide(measure_id: int) -> Any:
    return _done(actions.undo_hide(viewer(), measure_id).id, _("It is shown again, and the author was told."))


def _check_moderates(project: Project) -> None:
    """Who has no business here learns nothing, not even what they sent wrongly; and nothing is done."""
    if not policies.can_work_in(viewer(), project):
        raise NotFound


def _done(post_id: int, words: str, **facts: Any) -> Any:
    """For a script what was done; otherwise back to the thread."""
    if wants_json():
        return jsonify(words=words, **facts)
    post: Post = get_post(viewer(), post_id)
    flash(words, "success")
    return redirect(url_for("discussions.show_thread", thread_id=post.thread_id))
