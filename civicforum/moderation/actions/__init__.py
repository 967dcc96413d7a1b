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
from civicforum.moderation.actions.mending import (
    mend_post,
)
from civicforum.moderation.actions.moving import (
    merge_threads,
    move_thread,
    split_thread,
)
from civicforum.moderation.actions.ratings import (
    put_rating_away,
    rate,
)
from civicforum.moderation.actions.record import (
    keep_report,
    publish_heads,
)
from civicforum.moderation.actions.room import (
    end_room,
    make_room,
)

__all__ = [
    "CASE_ACTIONS",
    "Deed",
    "decide_case",
    "decide_hold",
    "end_room",
    "flag_post",
    "keep_report",
    "make_room",
    "mend_post",
    "merge_threads",
    "moderate",
    "move_thread",
    "open_case",
    "publish_heads",
    "put_rating_away",
    "rate",
    "split_thread",
    "withdraw_flag",
]
