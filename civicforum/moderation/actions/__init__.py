"""What moderators do, and what people ask of them. Each measure names a rule and a reason, in public."""

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
from civicforum.moderation.actions.lifting import (
    lift_measure,
)
from civicforum.moderation.actions.mending import (
    mend_post,
)
from civicforum.moderation.actions.moving import (
    merge_threads,
    move_thread,
    split_thread,
)
from civicforum.moderation.actions.records import (
    read_record,
)
from civicforum.moderation.actions.room import (
    end_room,
    make_room,
)
from civicforum.moderation.actions.templates import (
    drop_template,
    word_template,
)
from civicforum.moderation.actions.undoing import (
    undo_measure,
)

__all__ = [
    "CASE_ACTIONS",
    "Deed",
    "decide_case",
    "decide_hold",
    "drop_template",
    "end_room",
    "flag_post",
    "lift_measure",
    "make_room",
    "mend_post",
    "merge_threads",
    "moderate",
    "move_thread",
    "open_case",
    "read_record",
    "split_thread",
    "undo_measure",
    "withdraw_flag",
    "word_template",
]
