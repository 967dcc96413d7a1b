"""What happens in threads: speaking, answering with a word, asking, and keeping it civil."""

from civicforum.discussions.actions.asking import add_poll, set_poll
from civicforum.discussions.actions.by_mail import (
    forget_reply_addresses,
    note_refused_mail,
    open_reply_address,
    post_by_mail,
)
from civicforum.discussions.actions.changing import Change, change_thread
from civicforum.discussions.actions.closing import close_thread, open_thread
from civicforum.discussions.actions.delays import show_due
from civicforum.discussions.actions.following import follow_thread, tell_followers
from civicforum.discussions.actions.gates import (
    end_gate,
    set_gate,
    tell_gate_ended,
)
from civicforum.discussions.actions.keeping import (
    drop_bookmark,
    forget_draft,
    forget_old_draft,
    keep_bookmark,
    keep_draft,
    take_draft_along,
)
from civicforum.discussions.actions.limits import set_pace, show_pace, tell_limits_ended
from civicforum.discussions.actions.linking import FORGOTTEN_AT_ONCE, ask_later, forget_previews, keep_answer
from civicforum.discussions.actions.moderation import (
    approve_post,
    decline_post,
    hide_post,
    keep_hidden,
    put_back,
    remove_post,
    restore_post,
)
from civicforum.discussions.actions.moving import (
    MOST_MOVED,
    merge_threads,
    move_thread,
    split_thread,
)
from civicforum.discussions.actions.poll_closing import (
    close_poll,
    end_poll,
    remind_of_poll,
    review_poll,
    write_outcome,
)
from civicforum.discussions.actions.posts import (
    amend_post,
    count_standing,
    edit_post,
    mend_post,
    post_reply,
    withdraw_post,
)
from civicforum.discussions.actions.pseudonyms import (
    drop_pseudonym,
    end_pseudonym,
    take_pseudonym,
)
from civicforum.discussions.actions.publishing import check_revision
from civicforum.discussions.actions.reactions import (
    react,
    unreact,
)
from civicforum.discussions.actions.reading import (
    mark_new_from,
    mark_seen,
)
from civicforum.discussions.actions.redacting import redact_post
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
from civicforum.discussions.actions.showing import (
    show_again,
)
from civicforum.discussions.actions.threads import (
    continue_thread,
    start_thread,
)
from civicforum.discussions.actions.voting import (
    cast_vote,
    forget_votes,
    take_back_vote,
    vote_and_say,
)

__all__ = [
    "FORGOTTEN_AT_ONCE",
    "MOST_MOVED",
    "Change",
    "Shape",
    "add_poll",
    "amend_post",
    "approve_post",
    "archive_thread",
    "ask_later",
    "cast_vote",
    "change_thread",
    "check_revision",
    "close_poll",
    "close_thread",
    "continue_thread",
    "count_standing",
    "decline_post",
    "dismiss_nudge",
    "drop_bookmark",
    "drop_pseudonym",
    "edit_post",
    "end_gate",
    "end_poll",
    "end_pseudonym",
    "end_room",
    "follow_thread",
    "forget_draft",
    "forget_old_draft",
    "forget_previews",
    "forget_reply_addresses",
    "forget_votes",
    "hide_post",
    "keep_answer",
    "keep_bookmark",
    "keep_draft",
    "keep_hidden",
    "make_room",
    "mark_new_from",
    "mark_seen",
    "mend_post",
    "merge_threads",
    "move_thread",
    "note_refused_mail",
    "open_reply_address",
    "open_thread",
    "pin_thread",
    "post_by_mail",
    "post_reply",
    "put_back",
    "react",
    "redact_post",
    "remind_of_poll",
    "remove_post",
    "restore_post",
    "review_poll",
    "room_role",
    "room_sentence",
    "set_gate",
    "set_pace",
    "set_poll",
    "set_tags",
    "shape_thread",
    "show_again",
    "show_due",
    "show_pace",
    "split_thread",
    "start_thread",
    "take_back_vote",
    "take_draft_along",
    "take_pseudonym",
    "tell_followers",
    "tell_gate_ended",
    "tell_limits_ended",
    "tell_room_ended",
    "unreact",
    "vote_and_say",
    "withdraw_post",
    "write_outcome",
]
