"""What happens in threads: speaking, answering with a word, and keeping it civil."""

from civicforum.discussions.actions.by_mail import (
    forget_reply_addresses,
    note_refused_mail,
    open_reply_address,
    post_by_mail,
)
from civicforum.discussions.actions.following import follow_thread, tell_followers
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
    "close_thread",
    "count_standing",
    "decline_post",
    "edit_post",
    "follow_thread",
    "forget_reply_addresses",
    "hide_post",
    "mark_new_from",
    "mark_seen",
    "mend_post",
    "note_refused_mail",
    "open_reply_address",
    "open_thread",
    "post_by_mail",
    "post_reply",
    "react",
    "remove_post",
    "restore_post",
    "show_again",
    "start_thread",
    "tell_followers",
    "unreact",
    "withdraw_post",
]
