"""Why something was hidden, and its author's one way to mend it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from civicforum.discussions.queries import files_of_posts
from civicforum.files.tray import sent_changes
from civicforum.moderation import actions, forms, queries
from civicforum.moderation.views.blueprint import bp
from civicforum.web.limits import limited
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
    return render_template(
        "moderation/reasons.html",
        post=post,
        case=case,
        measure=measure,
        attachments=files_of_posts([post])[post.id],
        form=form,
        is_author=is_author,
        can_mend=is_author and queries.can_mend(post, case),
    ), (422 if form.errors and request.method == "POST" else 200)


def _mending(post_id: int, form: forms.MendForm) -> Any:
    return lambda: actions.mend_post(viewer(), post_id, form.body.data, sent_changes())
