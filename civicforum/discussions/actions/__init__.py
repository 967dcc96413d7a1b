"""What happens in threads: speaking, answering with a word, and keeping it civil."""

from civicforum.discussions.actions.keeping import (
    drop_bookmark,
    forget_draft,
    forget_old_draft,
    keep_bookmark,
    keep_draft,
)
from civicforum.discussions.actions.linking import ask_later, keep_answer
from civicforum.discussions.actions.moderation import (
    approve_post,
    close_thread,
    decline_post,
    hide_post,
    open_thread,
    remove_post,
    restore_post,
)
from civicforum.discussions.actions.posts import (
    count_standing,
    edit_post,
    mend_post,
    post_reply,
    withdraw_post,
)
from civicforum.discussions.actions.reactions import react, unreact
from civicforum.discussions.actions.reading import mark_new_from, mark_seen
from civicforum.discussions.actions.showing import show_again
from civicforum.discussions.actions.threads import start_thread

__all__ = [
    "approve_post",
    "ask_later",
    "close_thread",
    "count_standing",
    "decline_post",
    "drop_bookmark",
    "edit_post",
    "forget_draft",
    "forget_old_draft",
    "hide_post",
    "keep_answer",
    "keep_bookmark",
    "keep_draft",
    "mark_new_from",
    "mark_seen",
    "mend_post",
    "open_thread",
    "post_reply",
    "react",
    "remove_post",
    "restore_post",
    "show_again",
    "start_thread",
    "unreact",
    "withdraw_post",
]
