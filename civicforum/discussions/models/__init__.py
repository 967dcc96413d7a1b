"""The tables of discussions: threads, posts, and what belongs to them."""

from civicforum.discussions.models.balance import (
    MAX_ROOM_REASON,
    ROOM_HOURS,
    ROOM_MINUTES,
    MadeRoom,
    Nudge,
    VoiceCount,
)
from civicforum.discussions.models.posts import (
    EDIT_HOURS,
    MAX_EDITS,
    POST_STATES,
    REACTIONS,
    Post,
    PostVersion,
    Reaction,
)
from civicforum.discussions.models.threads import (
    Thread,
)

__all__ = [
    "EDIT_HOURS",
    "MAX_EDITS",
    "MAX_ROOM_REASON",
    "POST_STATES",
    "REACTIONS",
    "ROOM_HOURS",
    "ROOM_MINUTES",
    "MadeRoom",
    "Nudge",
    "Post",
    "PostVersion",
    "Reaction",
    "Thread",
    "VoiceCount",
]
