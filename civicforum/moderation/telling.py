"""Telling moderators that the queue has changed: only that, and nothing of what.

One channel for all of them. What changed is read by each one's own page, under their own policies.
"""

from typing import Any

from sqlalchemy import event

from civicforum.agreement.models import Hold
from civicforum.db import in_action
from civicforum.live.changes import touch
from civicforum.moderation.models import Case

KIND, NUMBER = "queue", 1
CHANNEL = f"{KIND}:{NUMBER}"


def queue_changed() -> None:
    """Inside an action: let the pages of moderators read again."""
    touch(CHANNEL, KIND, NUMBER)


def _tell(_mapper: Any, _connection: Any, _row: Case | Hold) -> None:
    # Whoever opens, moves on or decides a case, or holds words back, need not think of the queue.
    if in_action():
        queue_changed()


for _model in (Case, Hold):
    for _deed in ("after_insert", "after_update", "after_delete"):
        event.listen(_model, _deed, _tell)
