"""What is told outside of threads and posts: one description for the API, its OpenAPI and live updates."""

from civicforum.discussions.schemas.bodies import (
    Strict,
    dump_all,
)
from civicforum.discussions.schemas.people import (
    AuthorSchema,
    Told,
    name_of,
    tell_author,
)
from civicforum.discussions.schemas.posts import (
    EVERYBODY,
    CitedRuleSchema,
    NewPostSchema,
    PostEditSchema,
    PostListSchema,
    PostSchema,
    ReactionsSchema,
    ToldPost,
    post_json,
    posts_json,
    public_posts_json,
    tell_posts,
    tell_posts_to_everybody,
)
from civicforum.discussions.schemas.threads import (
    THREAD_STATUSES,
    NewThreadSchema,
    ThreadListSchema,
    ThreadSchema,
    ToldThread,
    tell_threads,
    threads_json,
)

__all__ = [
    "EVERYBODY",
    "THREAD_STATUSES",
    "AuthorSchema",
    "CitedRuleSchema",
    "NewPostSchema",
    "NewThreadSchema",
    "PostEditSchema",
    "PostListSchema",
    "PostSchema",
    "ReactionsSchema",
    "Strict",
    "ThreadListSchema",
    "ThreadSchema",
    "Told",
    "ToldPost",
    "ToldThread",
    "dump_all",
    "name_of",
    "post_json",
    "posts_json",
    "public_posts_json",
    "tell_author",
    "tell_posts",
    "tell_posts_to_everybody",
    "tell_threads",
    "threads_json",
]
