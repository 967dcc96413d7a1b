"""Where it is read why something was done."""

from flask import current_app, url_for

from civicforum.discussions.models import Post
from civicforum.moderation.models import Case

CASE_REASONS = "moderation.show_case_reasons"


def reasons_url(case: Case, post: Post | None, external: bool = False) -> str:
    """The statement of reasons, of a comment or of a person; where that has no page, their settings."""
    if post is not None:
        return url_for("moderation.show_reasons", post_id=post.id, _external=external)
    if CASE_REASONS in current_app.view_functions:
        return url_for(CASE_REASONS, case_id=case.id, _external=external)
    return url_for("accounts.settings", _external=external)
