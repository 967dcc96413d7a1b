"""One comment before a moderator, and what is done with it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.discussions.addresses import room_url
from civicforum.discussions.queries import files_of_posts, get_post
from civicforum.discussions.schemas import tell_polls
from civicforum.errors import NotFound
from civicforum.moderation import actions, forms, policies, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.actions.ties import tie_sentence
from civicforum.moderation.views.blueprint import bp
from civicforum.moderation.views.choices import act_about, choices_for, flagged_rule, offer_rules
from civicforum.partnerships.models import Project
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.get("/moderation/posts/<int:post_id>")
def moderate_post(post_id: int) -> Any:
    """One comment before a moderator, with its context and everything that was done about it."""
    return _post_page(post_id)


def _post_page(post_id: int, hide_form: Any = None, reason_form: Any = None, ask_form: Any = None) -> Any:
    post = get_post(viewer(), post_id)
    if not policies.can_work_in(viewer(), post.thread.project):
        raise NotFound
    ties = queries.ties_to(viewer(), post_id)
    is_own = "author" in ties
    # Nobody reads who flagged them and what was said of it, moderators neither.
    case = None if is_own else queries.find_case_about("post", post_id)
    version = case.version if case and case.closed_at is None else 0
    flags, hold = queries.open_flags(case), queries.waiting_hold(post)
    identity = queries.identity_of(post)
    known = queries.histories_of(viewer(), [identity]) if not ties else {}
    return render_template(
        "moderation/post.html",
        post=post,
        attachments=files_of_posts([post])[post.id],
        poll=tell_polls(viewer(), [post]).get(post.id),
        before=queries.post_before(post),
        case=case,
        flags=flags,
        hold=hold,
        is_own=is_own,
        ties=ties,
        refusal=tie_sentence(ties),
        others=queries.count_free(viewer(), post) if ties else None,
        can_read_record=policies.can_read_record(viewer(), post),
        choices=choices_for(post, case),
        settings=queries.limits_in_force(case),
        mediation_url=None if is_own else room_url("mediation.propose", post_id=post_id),
        item=None if ties else queries.item_of(post, case, hold),
        known=known.get(identity) if identity else None,
        latest=() if ties else queries.latest_about(viewer(), identity),
        around=None if is_own else queries.history_of_thread(viewer(), post.thread),
        hide_form=hide_form or form_to_hide(post.thread.project, version=version, rule=flagged_rule(flags)),
        ask_form=ask_form or forms.AskForm(formdata=None),
        reason_form=reason_form or forms.ReasonForm(formdata=None, version=version),
    )


def form_to_hide(project: Project, **values: Any) -> forms.HideForm:
    form = forms.HideForm(**({"formdata": None} if request.method == "GET" else {}), **values)
    offer_rules(form, project)
    return form


@bp.post("/moderation/posts/<int:post_id>/hide")
@limited("write")
def hide(post_id: int) -> Any:
    form = form_to_hide(get_post(viewer(), post_id).thread.project)

    def do() -> Any:
        deed = Deed("hide", int(form.rule.data), form.reason.data)
        return act_about("post", post_id, deed, form.version.data)

    if form.submits(do) is None:
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

    def do() -> Any:
        return act_about("post", post_id, Deed(action, None, form.reason.data), form.version.data)

    if form.submits(do) is None:
        return _post_page(post_id, reason_form=form), 422
    flash(done, "success")
    return redirect(url_for("moderation.queue"))


@bp.post("/moderation/posts/<int:post_id>/approve")
@limited("write")
def approve(post_id: int) -> Any:
    """Publish it; with words, its author is asked for a change."""
    hold = _hold_about(post_id)
    form = forms.AskForm()
    deed = lambda: actions.decide_hold(viewer(), hold.id, Deed("approve", None, form.reason.data or ""))  # noqa: E731 - one deed of one form
    if form.submits(deed) is None:
        return _post_page(post_id, ask_form=form), 422
    flash(_("It is published."), "success")
    return redirect(url_for("moderation.queue"))


@bp.post("/moderation/posts/<int:post_id>/decline")
@limited("write")
def decline(post_id: int) -> Any:
    hold = _hold_about(post_id)
    form = form_to_hide(get_post(viewer(), post_id).thread.project)
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
