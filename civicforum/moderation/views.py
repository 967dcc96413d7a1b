"""The pages of moderation: the queue, one comment, why it was hidden, flags, and the public log."""

from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from civicforum.discussions.forms import RoomForm
from civicforum.discussions.policies import can_make_room
from civicforum.discussions.queries import files_of_posts, get_post, get_thread
from civicforum.discussions.schemas import tell_polls
from civicforum.errors import NotFound, require
from civicforum.files.tray import sent_changes
from civicforum.moderation import actions, forms, moving_views, policies, queries, room
from civicforum.moderation.actions import Deed
from civicforum.moderation.log import line_json
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer

bp = Blueprint("moderation", __name__)
bp.register_blueprint(moving_views.bp)

LOG_PAGE = 50


@bp.get("/moderation")
def queue() -> Any:
    items = queries.list_queue(viewer())
    return render_template(
        "moderation/queue.html",
        items=items,
        attachments=files_of_posts(item.post for item in items),
        polls=tell_polls(viewer(), [item.post for item in items]),
        total=queries.count_queue(viewer()),
    )


@bp.get("/moderation/posts/<int:post_id>")
def moderate_post(post_id: int) -> Any:
    """One comment before a moderator, with its context and everything that was done about it."""
    return _post_page(post_id)


def _post_page(post_id: int, hide_form: Any = None, reason_form: Any = None) -> Any:
    post = get_post(viewer(), post_id)
    if not policies.can_work_in(viewer(), post.thread.project):
        raise NotFound
    is_own = post.author_id is not None and post.author_id == viewer().id
    # Nobody reads who flagged them and what was said of it, moderators neither.
    case = None if is_own else queries.find_case_about("post", post_id)
    version = case.version if case and case.closed_at is None else 0
    flags = queries.open_flags(case)
    return render_template(
        "moderation/post.html",
        post=post,
        attachments=files_of_posts([post])[post.id],
        poll=tell_polls(viewer(), [post]).get(post.id),
        before=queries.post_before(post),
        case=case,
        flags=flags,
        hold=queries.waiting_hold(post),
        is_own=is_own,
        hide_form=hide_form or _hide_form(version=version, rule=_flagged_rule(flags)),
        reason_form=reason_form or forms.ReasonForm(formdata=None, version=version),
    )


def _flagged_rule(flags: Any) -> str | None:
    """The rule to begin with, where all flags name the same one."""
    numbers = {flag.rule.number for flag in flags}
    return str(numbers.pop()) if len(numbers) == 1 else None


def _hide_form(**values: Any) -> forms.HideForm:
    form = forms.HideForm(**({"formdata": None} if request.method == "GET" else {}), **values)
    form.rule.choices = forms.rule_choices(queries.list_rules(), str(get_locale()))
    return form


@bp.post("/moderation/posts/<int:post_id>/hide")
@limited("write")
def hide(post_id: int) -> Any:
    form = _hide_form()
    deed = lambda: _act(post_id, Deed("hide", int(form.rule.data), form.reason.data), form.version.data)  # noqa: E731 - one deed of one form
    if form.submits(deed) is None:
        return _post_page(post_id, hide_form=form), 422
    flash(_("It is hidden. The author was told why, and everybody watching sees the notice."), "success")
    return redirect(url_for("moderation.queue"))


@bp.post("/moderation/posts/<int:post_id>/restore")
@limited("write")
def restore(post_id: int) -> Any:
    return _settle(post_id, "restore", _("It is shown again, and the author was told."))


@bp.post("/moderation/posts/<int:post_id>/leave")
@limited("write")
def leave(post_id: int) -> Any:
    return _settle(post_id, "leave", _("It stays as it is. Those who flagged it were told."))


def _settle(post_id: int, action: str, done: str) -> Any:
    form = forms.ReasonForm()
    if form.submits(lambda: _act(post_id, Deed(action, None, form.reason.data), form.version.data)) is None:
        return _post_page(post_id, reason_form=form), 422
    flash(done, "success")
    return redirect(url_for("moderation.queue"))


def _act(post_id: int, deed: Deed, version: str | None) -> Any:
    """Act in the case that the moderator saw, or open one if there was none."""
    seen = int(version) if version and version.isascii() and version.isdigit() and len(version) < 10 else 0
    case = queries.find_case_about("post", post_id)
    if seen and case is not None:
        return actions.decide_case(viewer(), case.id, deed, seen)
    return actions.moderate(viewer(), "post", post_id, deed)


@bp.post("/moderation/posts/<int:post_id>/approve")
@limited("write")
def approve(post_id: int) -> Any:
    hold = _hold_about(post_id)
    actions.decide_hold(viewer(), hold.id, Deed("approve", None, ""))
    flash(_("It is published."), "success")
    return redirect(url_for("moderation.queue"))


@bp.post("/moderation/posts/<int:post_id>/decline")
@limited("write")
def decline(post_id: int) -> Any:
    hold = _hold_about(post_id)
    form = _hide_form()
    deed = lambda: actions.decide_hold(  # noqa: E731 - one deed of one form
        viewer(), hold.id, Deed("decline", int(form.rule.data), form.reason.data)
    )
    if form.submits(deed) is None:
        return _post_page(post_id, hide_form=form), 422
    flash(_("It is not published. The author was told the rule and why."), "success")
    return redirect(url_for("moderation.queue"))


def _hold_about(post_id: int) -> Any:
    post = get_post(viewer(), post_id)
    hold = queries.waiting_hold(post)
    if hold is None or not policies.can_work_in(viewer(), post.thread.project):
        raise NotFound
    return hold


# --- the author ---


@bp.route("/posts/<int:post_id>/reasons", methods=["GET", "POST"])
@limited("post")
def show_reasons(post_id: int) -> Any:
    """The statement of reasons, and the author's one way to mend the comment."""
    post, case, measure = queries.get_reasons(viewer(), post_id)
    is_author = post.author_id == viewer().id
    form = forms.MendForm(body=post.body)
    if is_author and form.submits(_mending(post_id, form)):
        flash(_("Thank you. A moderator looks at it again, and you will be told."), "success")
        return redirect(url_for("moderation.show_reasons", post_id=post_id))
    return render_template(
        "moderation/reasons.html",
        post=post,
        case=case,
        measure=measure,
        attachments=files_of_posts([post])[post.id],
        form=form,
        is_author=is_author,
        can_mend=is_author
        and case.state == "decided"
        and post.state == "hidden"
        and not queries.was_mended(post.id),
    ), (422 if form.errors and request.method == "POST" else 200)


def _mending(post_id: int, form: forms.MendForm) -> Any:
    return lambda: actions.mend_post(viewer(), post_id, form.body.data, sent_changes())


# --- flags ---


@bp.route("/posts/<int:post_id>/flag", methods=["GET", "POST"])
@limited("flag")
def flag_post(post_id: int) -> Any:
    post = get_post(viewer(), post_id)
    require(policies.can_flag(viewer(), post), _("You can flag comments of other people, once signed in."))
    form = forms.FlagForm()
    form.rule.choices = forms.rule_choices(queries.list_rules(), str(get_locale()))
    deed = lambda: actions.flag_post(viewer(), post_id, int(form.rule.data), form.note.data or "")  # noqa: E731 - one deed of one form
    if form.submits(deed):
        flash(_("Thank you. A moderator looks at it; you will be told what was decided."), "success")
        return redirect(_place(post))
    mine = queries.find_own_flag(viewer(), post_id)
    page = render_template("moderation/flag.html", post=post, form=form, mine=mine)
    return page, (422 if form.errors and request.method == "POST" else 200)


@bp.post("/posts/<int:post_id>/flag/withdraw")
@limited("write")
def withdraw_flag(post_id: int) -> Any:
    actions.withdraw_flag(viewer(), post_id)
    flash(_("Your flag is taken back."), "success")
    return redirect(_place(get_post(viewer(), post_id)))


def _place(post: Any) -> str:
    address = url_for("discussions.show_thread", thread_id=post.thread_id, **{"from": post.seq})
    return f"{address}#post-{post.seq}"


# --- room for others ---


@bp.route("/threads/<int:thread_id>/room", methods=["GET", "POST"])
@limited("write")
def make_room(thread_id: int) -> Any:
    thread = get_thread(viewer(), thread_id)
    require(can_make_room(viewer(), thread), _("Only organizers and moderators make room here."))
    form = RoomForm()
    deed = lambda: room.make_room(  # noqa: E731 - one deed of one form
        viewer(), thread_id, form.hours.data, form.minutes.data, form.reason.data
    )
    if form.submits(deed):
        flash(_("Room is made. The rule and its end stand above the comments."), "success")
        return redirect(url_for("discussions.show_thread", thread_id=thread_id))
    page = render_template("moderation/room.html", form=form, thread=thread)
    return page, (422 if form.errors and request.method == "POST" else 200)


@bp.post("/threads/<int:thread_id>/room/end")
@limited("write")
def end_room(thread_id: int) -> Any:
    room.end_room(viewer(), thread_id)
    flash(_("Everybody writes as always again."), "success")
    return redirect(url_for("discussions.show_thread", thread_id=thread_id))


# --- in the open ---


@bp.get("/moderation/log")
def show_log() -> Any:
    page = queries.list_log(request.args.get("cursor"), LOG_PAGE)
    count, head = queries.log_head()
    lines = [_line(line) for line in page.items]
    return render_template("moderation/log.html", lines=lines, next_cursor=page.next, count=count, head=head)


def _line(entry: Any) -> dict[str, Any]:
    """A line of the log for the page: also its moment, and where the discussion is read."""
    # A thread that was moved is read at its own address still.
    place = entry.target if entry.action == "move" else entry.place
    kind, _colon, id_ = place.partition(":")
    url = url_for("discussions.show_thread", thread_id=int(id_)) if kind == "thread" else None
    return {**line_json(entry), "moment": datetime.fromisoformat(entry.at), "thread_id": id_, "url": url}


@bp.get("/moderation/report")
def show_report() -> Any:
    rows = queries.report()
    return render_template("moderation/report.html", rows=rows, total=sum(row.count for row in rows))
