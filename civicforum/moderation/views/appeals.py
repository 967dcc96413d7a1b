"""Second looks: asking for one, what waits for whom, and deciding."""

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.accounts.policies import is_person, same_person
from civicforum.discussions.policies import can_read_words, can_see_post
from civicforum.discussions.queries import files_of_posts
from civicforum.errors import Conflict, SignInNeeded
from civicforum.moderation import actions, forms, policies, queries
from civicforum.moderation.models import Appeal
from civicforum.moderation.statements import less_words, statement_of
from civicforum.moderation.views.blueprint import bp
from civicforum.web.limits import limited
from civicforum.web.numbers import whole_number
from civicforum.web.viewer import viewer

# What whoever decides reads; what was taken back, erased or removed for the law is for who may anyway.
JUDGED = ("hidden", "declined", "visible", "pending")


@bp.route("/cases/<int:case_id>/appeal", methods=["GET", "POST"])
@limited("write")
def ask_second_look(case_id: int) -> Any:
    """Why somebody else should look again; whoever has asked already is led to what they asked."""
    case, measure = queries.get_contested(viewer(), case_id, whole_number(request.args.get("measure")))
    asked = queries.find_appeal(viewer(), measure)
    if asked is not None:
        return redirect(_address(asked.id))
    form = forms.AppealForm()
    asking = lambda: actions.appeal_measure(  # noqa: E731 - one deed of one form
        viewer(), case_id, form.text.data, form.way.data == "panel", measure.id
    )
    made = form.submits(asking)
    if made is not None:
        flash(_("Thank you. Somebody else looks at it, and you will be told."), "success")
        return redirect(_address(made.id))
    page = render_template(
        "moderation/appeal_new.html",
        form=form,
        case=case,
        statement=statement_of(measure),
        offers_lot=queries.has_enough_volunteers(case),
    )
    return page, _status(form)


def _address(appeal_id: int) -> str:
    return url_for("moderation.show_appeal", appeal_id=appeal_id)


def _status(*sent: Any) -> int:
    return 422 if request.method == "POST" and any(form.errors for form in sent) else 200


@bp.get("/posts/<int:post_id>/flag/decision")
def show_flag_decision(post_id: int) -> Response:
    """What became of a flag that was refused, and how to contest that; also for who is suspended."""
    flag = queries.get_refused(viewer(), post_id)
    return redirect(url_for("moderation.show_case_reasons", case_id=flag.case_id))


@bp.get("/appeals")
def list_appeals() -> Any:
    """What waits for the viewer, and what they asked for themselves."""
    if not is_person(viewer()):
        raise SignInNeeded
    return render_template(
        "moderation/appeals.html",
        to_decide=queries.list_to_decide(viewer()),
        to_judge=queries.list_to_judge(viewer()),
        own=queries.list_own_appeals(viewer()),
        volunteer=queries.find_volunteer(viewer()),
    )


@bp.get("/appeals/<int:appeal_id>")
def show_appeal(appeal_id: int) -> Any:
    return appeal_page(queries.get_appeal(viewer(), appeal_id))


def appeal_page(appeal: Appeal, **sent: Any) -> str:
    """A second look as this viewer may read it, with the forms of what they may do."""
    person = viewer()
    seat = queries.find_seat(person, appeal)
    is_asker = policies.can_withdraw_appeal(person, appeal)
    is_open = appeal.state == "open"
    side = "asker" if is_asker else "house"
    fresh = {"formdata": None}
    return render_template(
        "moderation/appeal.html",
        appeal=appeal,
        statement=statement_of(appeal.measure),
        less=less_words(appeal.measure),
        **_words_of(appeal),
        seat=seat,
        is_asker=is_asker,
        can_say=is_open
        and policies.can_say_in_appeal(person, appeal)
        and queries.message_of(appeal, side) is None,
        can_decide=is_open and appeal.way == "person" and queries.can_decide(person, appeal),
        can_vote=is_open
        and policies.can_judge(person, seat, may_still=queries.may_still_judge(person, appeal)),
        sent=set(sent),
        forms_of={
            "decision": forms.decision_form(appeal, **fresh),
            "vote": forms.VoteForm(**fresh),
            "message": forms.AppealMessageForm(**fresh),
            **sent,
        },
    )


def _words_of(appeal: Appeal) -> dict[str, Any]:
    """The comment in question, for all who decide; what stands around it, for who may read there anyway."""
    post = queries.post_of(appeal.case)
    if post is None:
        return {"post": None}
    can_visit, can_read = can_see_post(viewer(), post), can_read_words(viewer(), post)
    return {
        "post": post,
        "before": queries.post_before(post) if can_visit else None,
        "attachments": files_of_posts([post])[post.id],
        # Who flagged it, and asked, reads what is hidden by now no more than anybody else.
        "shows_words": can_read or (post.state in JUDGED and not same_person(viewer(), appeal.person_id)),
        "can_open_files": can_read,
        "can_visit": can_visit,
    }


def send_form(appeal_id: int, name: str, form: Any, deed: Callable[[], Any], done: str) -> Any:
    """One form of the page: done, or the page again with what was typed."""
    appeal = queries.get_appeal(viewer(), appeal_id)
    try:
        if form.submits(deed) is None:
            return appeal_page(appeal, **{name: form}), 422
    except Conflict as conflict:
        # Somebody was faster; what was typed is not lost for that.
        form.form_errors.append(str(conflict))
        return appeal_page(queries.get_appeal(viewer(), appeal_id), **{name: form}), conflict.status
    flash(done, "success")
    return redirect(_address(appeal_id))


@bp.post("/appeals/<int:appeal_id>/decision")
@limited("write")
def decide_appeal(appeal_id: int) -> Any:
    form = forms.DecisionForm()
    deed = lambda: actions.decide_appeal(  # noqa: E731 - one deed of one form
        viewer(),
        appeal_id,
        form.outcome.data,
        form.reason.data,
        whole_number(form.version.data) or 0,
        form.softer,
    )
    return send_form(appeal_id, "decision", form, deed, _("It is decided. Whoever asked was told, and why."))


@bp.post("/appeals/<int:appeal_id>/messages")
@limited("write")
def say_in_appeal(appeal_id: int) -> Any:
    form = forms.AppealMessageForm()
    deed = lambda: actions.say_in_appeal(viewer(), appeal_id, form.text.data)  # noqa: E731 - one deed of one form
    return send_form(appeal_id, "message", form, deed, _("It is added, and the other side was told."))


@bp.post("/appeals/<int:appeal_id>/withdraw")
@limited("write")
def withdraw_appeal(appeal_id: int) -> Response:
    actions.withdraw_appeal(viewer(), appeal_id)
    flash(_("You took it back. What was done stays as it is."), "success")
    return redirect(_address(appeal_id))
