"""Telling watchers of what looks different although nobody touched it."""

from collections.abc import Sequence

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.db import transactional
from civicforum.errors import require
from civicforum.live.changes import touch
from civicforum.search.index import refresh


@transactional
def show_again(actor: Actor, places: Sequence[tuple[str, str, int]]) -> None:
    """Let watchers see these (channel, kind, id) as they look now; done by the house."""
    require(actor is SYSTEM)
    for channel, kind, object_id in places:
        touch(channel, kind, object_id)
        # Nobody finds by a search what somebody has read.
        if kind != "reading":
            refresh(kind, object_id)
