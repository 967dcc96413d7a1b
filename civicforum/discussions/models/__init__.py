"""The tables of discussions: threads, posts, and what belongs to them."""

from civicforum.discussions.models.keeping import (
    DRAFT_DAYS,
    MAX_DRAFTS,
    Bookmark,
    Draft,
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
from civicforum.discussions.models.reading import (
    Reading,
)
from civicforum.discussions.models.threads import (
    Thread,
)

__all__ = [
    "DRAFT_DAYS",
    "EDIT_HOURS",
    "MAX_DRAFTS",
    "MAX_EDITS",
    "POST_STATES",
    "REACTIONS",
    "Bookmark",
    "Draft",
    "Post",
    "PostVersion",
    "Reaction",
    "Reading",
    "Thread",
]
