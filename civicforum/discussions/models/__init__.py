"""The tables of discussions: threads, posts, and what belongs to them."""

from civicforum.discussions.models.by_mail import ReceivedMail, ReplyAddress
from civicforum.discussions.models.posts import (
    EDIT_HOURS,
    MAX_EDITS,
    POST_STATES,
    REACTIONS,
    Post,
    PostVersion,
    Reaction,
)
from civicforum.discussions.models.reading import (
    Reading,
)
from civicforum.discussions.models.threads import (
    Thread,
)

__all__ = [
    "EDIT_HOURS",
    "MAX_EDITS",
    "POST_STATES",
    "REACTIONS",
    "Post",
    "PostVersion",
    "Reaction",
    "Reading",
    "ReceivedMail",
    "ReplyAddress",
    "Thread",
]
