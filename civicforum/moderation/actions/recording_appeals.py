"""Lines of the public log about second looks: what became of them, and in which role; no name, no words."""

from civicforum.agreement.models import Limit, Rule
from civicforum.moderation import queries
from civicforum.moderation.actions.recording import cited
from civicforum.moderation.log import CLOSED_PLACE, record_line
from civicforum.moderation.models import Appeal


def record_appeal(
    appeal: Appeal, action: str, role: str, rule: Rule | None = None, limit: Limit | None = None
) -> None:
    """``action``: appealed, withdrawn, upheld, varied, overturned (of a measure: by who undoes it).

    ``limit``: what is left of the one that was contested.
    """
    post, rule = queries.post_of(appeal.case), rule or appeal.measure.rule
    is_public = post is not None and post.thread.project.is_public
    elsewhere = "site" if post is None else CLOSED_PLACE
    record_line(
        action=action,
        target=f"post:{post.id}" if post and is_public else appeal.case.target_type,
        place=post.thread.channel if post and is_public else elsewhere,
        rule=cited(rule),
        actor_role=role,
        case_id=appeal.case_id,
        **({"scope": limit.place, "until": limit.until} if limit is not None else {}),
    )
