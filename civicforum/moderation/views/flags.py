"""Asking the moderators to look at a comment."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.discussions.queries import get_post
from civicforum.errors import require
from civicforum.moderation import actions, forms, policies, queries
from civicforum.moderation.views.blueprint import bp
from civicforum.moderation.views.choices import rules_offered
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.route("/posts/<int:post_id>/flag", methods=["GET", "POST"])
@limited("flag")
def flag_post(post_id: int) -> Any:
    post = get_post(viewer(), post_id)
    require(policies.can_flag(viewer(), post), _("You can flag comments of other people, once signed in."))
    form = forms.FlagForm()
    form.rule.choices = rules_offered(post.thread.project)
    deed = lambda: actions.flag_post(viewer(), post_id, int(form.rule.data), form.note.data or "")  # noqa: E731 - one deed of one form
    if form.submits(deed):
        flash(_("Thank you. A moderator looks at it; you will be told what was decided."), "success")
        return redirect(place_of(post))
    mine = queries.find_own_flag(viewer(), post_id)
    page = render_template("moderation/flag.html", post=post, form=form, mine=mine)
    return page, (422 if form.errors and request.method == "POST" else 200)


@bp.post("/posts/<int:post_id>/flag/withdraw")
@limited("write")
def withdraw_flag(post_id: int) -> Any:
    actions.withdraw_flag(viewer(), post_id)
    flash(_("Your flag is taken back."), "success")
    return redirect(place_of(get_post(viewer(), post_id)))


def place_of(post: Any) -> str:
    address = url_for("discussions.show_thread", thread_id=post.thread_id, **{"from": post.seq})
    return f"{address}#post-{post.seq}"
