"""Why something was done, and its author's one way to mend it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.discussions.policies import can_read_words, can_see_post
from civicforum.discussions.queries import files_of_posts
from civicforum.files.tray import sent_changes
from civicforum.moderation import actions, forms, policies, queries
from civicforum.moderation.statements import done_words, statement_of
from civicforum.moderation.views.blueprint import bp
from civicforum.web.limits import limited
from civicforum.web.numbers import whole_number
from civicforum.web.viewer import viewer


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
    page = reasons_page(
        case,
        measure,
        post=post,
        attachments=files_of_posts([post])[post.id],
        form=form,
        is_author=is_author,
        shows_words=can_read_words(viewer(), post),
        can_mend=is_author and queries.can_mend(post, case),
    )
    return page, (422 if form.errors and request.method == "POST" else 200)


@bp.get("/cases/<int:case_id>/reasons")
def show_case_reasons(case_id: int) -> Any:
    """The statement of reasons of a measure, whatever it is about; ``measure`` names an earlier one."""
    case, measure = queries.get_told(viewer(), case_id, whole_number(request.args.get("measure")))
    post = queries.post_of(case)
    # Also who left a closed project reads why; the comment itself stays there.
    is_newest = measure in queries.list_stated(case)[-1:]
    if post is not None and is_newest and can_see_post(viewer(), post):
        return redirect(url_for("moderation.show_reasons", post_id=post.id))
    return reasons_page(case, measure, is_author=queries.side_of(viewer(), case) is not None)


def reasons_page(case: Any, measure: Any, **facts: Any) -> str:
    """What was decided and why; and what the reader can do about it."""
    return render_template(
        "moderation/reasons.html",
        case=case,
        measure=measure,
        statement=statement_of(measure),
        done_words=done_words,
        later=queries.list_later(case, measure),
        # Whoever flagged it reads what became of the flag, not how its author was dealt with.
        others=[
            each
            for each in queries.list_stated(case)
            if each is not measure and policies.is_about(viewer(), case)
        ],
        appeal=queries.find_appeal(viewer(), measure),
        is_undone=queries.is_undone(case, measure),
        **facts,
    )


def _mending(post_id: int, form: forms.MendForm) -> Any:
    return lambda: actions.mend_post(viewer(), post_id, form.body.data, sent_changes())
