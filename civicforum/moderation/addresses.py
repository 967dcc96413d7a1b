"""Where it is read why something was done."""

from flask import url_for

from civicforum.discussions.models import Post
from civicforum.moderation.models import Case


def reasons_url(case: Case, post: Post | None, external: bool = False) -> str:
    """The statement of reasons: beside the comment, where there is one."""
    if post is not None:
        return url_for("moderation.show_reasons", post_id=post.id, _external=external)
    return url_for("moderation.show_case_reasons", case_id=case.id, _external=external)
