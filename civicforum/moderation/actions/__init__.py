"""What moderators do, and what people ask of them. Each measure names a rule and a reason, in public."""

from civicforum.moderation.actions.appeals import (
    appeal_measure,
    decide_appeal,
    say_in_appeal,
    withdraw_appeal,
)
from civicforum.moderation.actions.cases import (
    decide_case,
    moderate,
    open_case,
)
from civicforum.moderation.actions.deeds import (
    CASE_ACTIONS,
    Deed,
)
from civicforum.moderation.actions.flags import (
    flag_post,
    withdraw_flag,
)
from civicforum.moderation.actions.holds import (
    decide_hold,
)
from civicforum.moderation.actions.mending import (
    mend_post,
)
from civicforum.moderation.actions.moving import (
    merge_threads,
    move_thread,
    split_thread,
)
from civicforum.moderation.actions.panels import (
    draw_panel,
    leave_panel,
    replace_juror,
    volunteer,
    vote_on_appeal,
)
from civicforum.moderation.actions.room import (
    end_room,
    make_room,
)

__all__ = [
    "CASE_ACTIONS",
    "Deed",
    "appeal_measure",
    "decide_appeal",
    "decide_case",
    "decide_hold",
    "draw_panel",
    "end_room",
    "flag_post",
    "leave_panel",
    "make_room",
    "mend_post",
    "merge_threads",
    "moderate",
    "move_thread",
    "open_case",
    "replace_juror",
    "say_in_appeal",
    "split_thread",
    "volunteer",
    "vote_on_appeal",
    "withdraw_appeal",
    "withdraw_flag",
]
