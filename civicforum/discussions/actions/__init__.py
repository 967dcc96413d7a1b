"""What happens in threads: speaking, answering with a word, and keeping it civil."""

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
from civicforum.discussions.actions.room import (
    dismiss_nudge,
    end_room,
    make_room,
    room_role,
    room_sentence,
    tell_room_ended,
)
from civicforum.discussions.actions.showing import show_again
from civicforum.discussions.actions.threads import start_thread

__all__ = [
    "approve_post",
    "close_thread",
    "count_standing",
    "decline_post",
    "dismiss_nudge",
    "edit_post",
    "end_room",
    "hide_post",
    "make_room",
    "mend_post",
    "open_thread",
    "post_reply",
    "react",
    "remove_post",
    "restore_post",
    "room_role",
    "room_sentence",
    "show_again",
    "start_thread",
    "tell_room_ended",
    "unreact",
    "withdraw_post",
]
