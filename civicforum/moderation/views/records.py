"""The words of what was removed for law, to few, once they said why."""

from typing import Any

from flask import render_template

from civicforum.discussions.queries import get_post
from civicforum.errors import NotFound
from civicforum.moderation import actions, policies
from civicforum.moderation.forms import WhyForm
from civicforum.moderation.views.blueprint import bp
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.route("/moderation/posts/<int:post_id>/record", methods=["GET", "POST"])
@limited("write")
def read_record(post_id: int) -> Any:
    """A reason first; then the words, once."""
    post = get_post(viewer(), post_id)
    if post.state != "removed" or not policies.can_read_record(viewer(), post):
        raise NotFound
    form = WhyForm()
    read = form.submits(lambda: actions.read_record(viewer(), post_id, form.reason.data))
    page = render_template("moderation/record.html", form=form, post=post, is_open=read is not None)
    return page, (422 if form.errors else 200)
