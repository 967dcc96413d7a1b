"""Telling moderators on duty that something waits for them."""

from civicforum.agreement.models import Hold
from civicforum.moderation import queries
from civicforum.notifications.actions import notify


def tell_duty(hold: Hold) -> None:
    """Inside the action that lets it wait: one unread notice for each project, however much waits there.

    Who has a part in it is not told, nor its author. What the notice says is counted when it is read.
    """
    if hold.kind != "post" or hold.project_id is None:
        return
    notify(
        queries.list_free_on_duty(hold.object_id),
        "held",
        "held_in",
        hold.project_id,
        actor_id=hold.author_id,
        bundle=f"held:{hold.project_id}",
        mailed_by="moderation.mail_held",
    )
