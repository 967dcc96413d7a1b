"""What happens in threads: speaking, answering with a word, and keeping it civil."""

from civicforum.discussions.actions.changing import Change, change_thread
from civicforum.discussions.actions.closing import close_thread, open_thread
from civicforum.discussions.actions.following import follow_thread, tell_followers
from civicforum.discussions.actions.keeping import (
    drop_bookmark,
    forget_draft,
    forget_old_draft,
    keep_bookmark,
    keep_draft,
)
from civicforum.discussions.actions.moderation import (
    approve_post,
    decline_post,
    hide_post,
    remove_post,
    restore_post,
)
from civicforum.discussions.actions.moving import MOST_MOVED, merge_threads, move_thread, split_thread
from civicforum.discussions.actions.posts import (
    count_standing,
    edit_post,
    mend_post,
    post_reply,
    withdraw_post,
)
from civicforum.discussions.actions.reactions import react, unreact
from civicforum.discussions.actions.reading import mark_new_from, mark_seen
from civicforum.discussions.actions.room import (
    dismiss_nudge,
    end_room,
    make_room,
    room_role,
    room_sentence,
    tell_room_ended,
)
from civicforum.discussions.actions.shaping import (
    Shape,
    archive_thread,
    pin_thread,
    set_tags,
    shape_thread,
)
from civicforum.discussions.actions.showing import show_again
from civicforum.discussions.actions.threads import continue_thread, start_thread

__all__ = [
    "MOST_MOVED",
    "Change",
    "Shape",
    "approve_post",
    "archive_thread",
    "change_thread",
    "close_thread",
    "continue_thread",
    "count_standing",
    "decline_post",
    "dismiss_nudge",
    "drop_bookmark",
    "edit_post",
    "end_room",
    "follow_thread",
    "forget_draft",
    "forget_old_draft",
    "hide_post",
    "keep_bookmark",
    "keep_draft",
    "make_room",
    "mark_new_from",
    "mark_seen",
    "mend_post",
    "merge_threads",
    "move_thread",
    "open_thread",
    "pin_thread",
    "post_reply",
    "react",
    "remove_post",
    "restore_post",
    "room_role",
    "room_sentence",
    "set_tags",
    "shape_thread",
    "show_again",
    "split_thread",
    "start_thread",
    "tell_followers",
    "tell_room_ended",
    "unreact",
    "withdraw_post",
]
