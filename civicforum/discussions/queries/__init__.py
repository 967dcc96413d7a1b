"""Reading threads and posts: the viewer first, and only what they may know of."""

from civicforum.discussions.queries.posts import (
    PAGE_POSTS,
    answer_ids,
    count_versions,
    find_posts,
    get_post,
    list_own_unpublished,
    list_posts,
    list_versions,
    places_showing,
    visible_posts,
    whole_posts,
)
from civicforum.discussions.queries.reactions import (
    count_reactions,
    find_reaction,
    list_reacting,
    own_reactions,
)
from civicforum.discussions.queries.threads import (
    PAGE_THREADS,
    closed_channels,
    find_called,
    find_threads,
    first_post_id,
    get_thread,
    list_threads,
    opening_posts,
    thread_channels,
)

__all__ = [
    "PAGE_POSTS",
    "PAGE_THREADS",
    "answer_ids",
    "closed_channels",
    "count_reactions",
    "count_versions",
    "find_called",
    "find_posts",
    "find_reaction",
    "find_threads",
    "first_post_id",
    "get_post",
    "get_thread",
    "list_own_unpublished",
    "list_posts",
    "list_reacting",
    "list_threads",
    "list_versions",
    "opening_posts",
    "own_reactions",
    "places_showing",
    "thread_channels",
    "visible_posts",
    "whole_posts",
]
