"""A measure's own form: about a comment and its author, a thread, or a person."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _

from civicforum.accounts.queries import get_person
from civicforum.agreement.limits.queries import shared_limit
from civicforum.clock import now
from civicforum.discussions.queries import get_post, get_thread
from civicforum.errors import NotFound
from civicforum.moderation import actions, policies, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.actions.ties import tie_sentence
from civicforum.moderation.forms import MeasureForm, WhyForm
from civicforum.moderation.kinds import CALMING, KINDS
from civicforum.moderation.views.blueprint import bp
from civicforum.moderation.views.choices import OWN_FORMS, act_about, flagged_rule, offer_rules, words_of
from civicforum.partnerships.models import Project
from civicforum.web.limits import limited
from civicforum.web.numbers import whole_number
from civicforum.web.viewer import viewer

# What a heated hour begins with: the reason is there, and can be worded otherwise.
HEATED = "bad-hour"


@bp.route("/moderation/posts/<int:post_id>/measures/<action>", methods=["GET", "POST"])
@limited("write")
def take_measure(post_id: int, action: str) -> Any:
    """One measure about a comment, its author, or its thread."""
    post = get_post(viewer(), post_id)
    is_known = action in KINDS and "post" in KINDS[action].targets and action not in OWN_FORMS
    is_there = post.state in ("visible", "hidden")
    if not (is_known and is_there and policies.can_work_in(viewer(), post.thread.project)):
        raise NotFound
    case = queries.find_case_about("post", post_id)
    version = case.version if case and case.closed_at is None else 0
    form = _form(action, post.thread.project, version=version, rule=flagged_rule(queries.open_flags(case)))

    def act() -> Any:
        seen = whole_number(form.version.data) or 0
        if seen and case is not None:
            return actions.decide_case(viewer(), case.id, _deed(form, action), seen)
        return actions.moderate(viewer(), "post", post_id, _deed(form, action))

    back = url_for("moderation.moderate_post", post_id=post_id)
    return _page(
        form, action, act, back, ties=queries.ties_to(viewer(), post_id), post=post, thread=post.thread
    )


@bp.route("/threads/<int:thread_id>/calm/<action>", methods=["GET", "POST"])
@limited("write")
def calm_thread(thread_id: int, action: str) -> Any:
    """Slow a thread, delay what is said in it, or lock it, in three taps: everything is filled in already."""
    thread = get_thread(viewer(), thread_id)
    if action not in CALMING or not policies.can_work_in(viewer(), thread.project):
        raise NotFound
    templates = queries.list_templates(str(get_locale()), thread.project)
    heated = next((each for each in templates if each.key == HEATED), None)
    rules = {rule.number for rule in queries.list_rules(thread.project)}
    form = _form(
        action,
        thread.project,
        rule=str(heated.rule) if heated and heated.rule in rules else None,
        reason=heated.words if heated else None,
    )
    act = lambda: actions.moderate(viewer(), "thread", thread_id, _deed(form, action))  # noqa: E731 - one deed of one form
    limit = shared_limit(thread.channel, action)
    return _page(
        form,
        action,
        act,
        url_for("discussions.show_thread", thread_id=thread_id),
        ties=queries.ties_to_thread(viewer(), thread_id),
        thread=thread,
        setting=queries.find_setting(limit.id) if limit else None,
    )


@bp.route("/moderation/people/<handle>/measures/<action>", methods=["GET", "POST"])
@limited("write")
def limit_person(handle: str, action: str) -> Any:
    """Warn or suspend somebody, take their name back, clear their profile: not because of one comment."""
    if action not in KINDS or "person" not in KINDS[action].targets or action in OWN_FORMS:
        raise NotFound
    if not policies.can_act_for_site(viewer()):
        raise NotFound
    person = get_person(handle)
    ties = queries.ties_to_person(viewer(), person.id)
    case = None if ties else queries.find_case_about("person", person.id)
    version = case.version if case and case.closed_at is None else 0
    form = _form(action, version=version, rule=flagged_rule(queries.open_flags(case)))
    act = lambda: act_about("person", person.id, _deed(form, action), form.version.data)  # noqa: E731 - one deed of one form
    back = url_for("accounts.show_person", handle=handle)
    # A handle that was taken back is nobody's page any more.
    done = url_for("moderation.queue") if action == "take_name" else back
    return _page(form, action, act, back, ties=ties, done_url=done, person=person)


def _form(action: str, project: Project | None = None, **values: Any) -> MeasureForm:
    form = MeasureForm(**({"formdata": None} if request.method == "GET" else {}), **values)
    form.shape(KINDS[action], action)
    offer_rules(form, project)
    return form


def _deed(form: MeasureForm, action: str) -> Deed:
    return Deed(
        action=action,
        rule=int(form.rule.data),
        reason=form.reason.data or "",
        until=now() + form.lasts if form.lasts else None,
        minutes=form.minutes.data if "minutes" in form else None,
        passages=form.chosen_passages,
    )


def _page(
    form: MeasureForm,
    action: str,
    act: Callable[[], Any],
    back_url: str,
    ties: Any,
    done_url: str | None = None,
    **facts: Any,
) -> Any:
    if not ties and form.submits(act) is not None:
        is_of_thread = KINDS[action].about == "thread"
        flash(
            _("Done. It stands above the comments, and in the public record.")
            if is_of_thread
            else _("Done. Whom it is about was told at once, and it stands in the public record."),
            "success",
        )
        return redirect(done_url or back_url)
    name, does = words_of(action)
    page = render_template(
        "moderation/measure.html",
        form=form,
        name=name,
        does=does,
        back_url=back_url,
        refusal=tie_sentence(ties),
        **facts,
    )
    return page, (403 if ties and request.method == "POST" else 422 if form.errors else 200)


@bp.route("/moderation/measures/<int:measure_id>/lift", methods=["GET", "POST"])
@limited("write")
def lift_measure(measure_id: int) -> Any:
    """End a limit before its time."""
    measure = queries.get_lasting(viewer(), measure_id)
    form = WhyForm()
    if form.submits(lambda: actions.lift_measure(viewer(), measure_id, form.reason.data)):
        flash(_("It is over."), "success")
        return redirect(url_for("moderation.queue"))
    page = render_template("moderation/lift.html", form=form, measure=measure)
    return page, (422 if form.errors else 200)
