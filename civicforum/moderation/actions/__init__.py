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
from civicforum.moderation.actions.claims import (
    add_note,
    claim_item,
    release_item,
)
from civicforum.moderation.actions.deeds import (
    Deed,
)
from civicforum.moderation.actions.flags import (
    flag_post,
    show_listed,
    withdraw_flag,
)
from civicforum.moderation.actions.gates import (
    end_gate,
    set_gate,
)
from civicforum.moderation.actions.holds import (
    decide_hold,
    decide_holds,
)
from civicforum.moderation.actions.lane import (
    hide_now,
    show_now,
    undo_hide,
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
from civicforum.moderation.actions.names import (
    flag_person,
    look_at_words,
    object_to_taken,
    withdraw_flag_of_person,
)
from civicforum.moderation.actions.on_duty import (
    tell_duty,
)
from civicforum.moderation.actions.panels import (
    draw_panel,
    leave_panel,
    replace_juror,
    volunteer,
    vote_on_appeal,
)
from civicforum.moderation.actions.ratings import (
    put_rating_away,
    rate,
)
from civicforum.moderation.actions.record import (
    keep_report,
    publish_heads,
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
from civicforum.moderation.actions.together import (
    CITING,
    TOGETHER,
    Chosen,
    Refusal,
    decide_each,
)
from civicforum.moderation.actions.undoing import (
    undo_measure,
)
from civicforum.moderation.kinds import (
    Softer,
)

__all__ = [
    "CITING",
    "TOGETHER",
    "Chosen",
    "Deed",
    "Refusal",
    "Softer",
    "add_note",
    "appeal_measure",
    "claim_item",
    "decide_appeal",
    "decide_case",
    "decide_each",
    "decide_hold",
    "decide_holds",
    "draw_panel",
    "drop_template",
    "end_gate",
    "end_room",
    "flag_person",
    "flag_post",
    "hide_now",
    "keep_report",
    "leave_panel",
    "lift_measure",
    "look_at_words",
    "make_room",
    "mend_post",
    "merge_threads",
    "moderate",
    "move_thread",
    "object_to_taken",
    "open_case",
    "publish_heads",
    "put_rating_away",
    "rate",
    "read_record",
    "release_item",
    "replace_juror",
    "say_in_appeal",
    "set_gate",
    "show_listed",
    "show_now",
    "split_thread",
    "tell_duty",
    "undo_hide",
    "undo_measure",
    "volunteer",
    "vote_on_appeal",
    "withdraw_appeal",
    "withdraw_flag",
    "withdraw_flag_of_person",
    "word_template",
]
