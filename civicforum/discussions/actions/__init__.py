"""What happens in threads: speaking, answering with a word, and keeping it civil."""

from civicforum.discussions.actions.asking import add_poll, set_poll
from civicforum.discussions.actions.closing import (
    close_poll,
    end_poll,
    remind_of_poll,
    review_poll,
    write_outcome,
)
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
from civicforum.discussions.actions.showing import show_again
from civicforum.discussions.actions.threads import start_thread
from civicforum.discussions.actions.voting import cast_vote, forget_votes, take_back_vote, vote_and_say

__all__ = [
    "add_poll",
    "approve_post",
    "cast_vote",
    "close_poll",
    "close_thread",
    "count_standing",
    "decline_post",
    "edit_post",
    "end_poll",
    "forget_votes",
    "hide_post",
    "mend_post",
    "open_thread",
    "post_reply",
    "react",
    "remind_of_poll",
    "remove_post",
    "restore_post",
    "review_poll",
    "set_poll",
    "show_again",
    "start_thread",
    "take_back_vote",
    "unreact",
    "vote_and_say",
    "withdraw_post",
    "write_outcome",
]
