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
    CHANGE_KINDS,
    FEWEST_POSTS,
    MOST_PINNED,
    MOST_POSTS,
    MOST_TAG_CHARACTERS,
    MOST_TAGS,
    MOST_TAGS_EACH,
    QUIET_DAYS,
    THREAD_KINDS,
    THREAD_STATUSES,
    TITLE_HOURS,
    Tag,
    Thread,
    ThreadChange,
    thread_tag,
)

__all__ = [
    "CHANGE_KINDS",
    "DRAFT_DAYS",
    "EDIT_HOURS",
    "FEWEST_POSTS",
    "MAX_DRAFTS",
    "MAX_EDITS",
    "MOST_PINNED",
    "MOST_POSTS",
    "MOST_TAGS",
    "MOST_TAGS_EACH",
    "MOST_TAG_CHARACTERS",
    "POST_STATES",
    "QUIET_DAYS",
    "REACTIONS",
    "THREAD_KINDS",
    "THREAD_STATUSES",
    "TITLE_HOURS",
    "Bookmark",
    "Draft",
    "Post",
    "PostVersion",
    "Reaction",
    "Reading",
    "Tag",
    "Thread",
    "ThreadChange",
    "thread_tag",
]
