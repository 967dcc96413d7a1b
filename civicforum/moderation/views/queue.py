"""What waits, in one list."""

from typing import Any

from flask import render_template

from civicforum.agreement.duty import find_duty
from civicforum.clock import now
from civicforum.discussions.queries import files_of_posts
from civicforum.discussions.schemas import tell_polls
from civicforum.moderation import forms, policies, queries
from civicforum.moderation.views.blueprint import bp
from civicforum.web.viewer import viewer


@bp.get("/moderation")
def queue() -> Any:
    items = queries.list_queue(viewer())
    return render_template(
        "moderation/queue.html",
        items=items,
        attachments=files_of_posts(item.post for item in items),
        polls=tell_polls(viewer(), [item.post for item in items]),
        duty=find_duty(viewer()),
        duty_form=forms.DutyForm(formdata=None),
        at=now(),
        total=queries.count_queue(viewer()),
        edits_templates=policies.can_edit_templates(viewer()),
        second_looks=queries.count_to_decide(viewer()),
    )
