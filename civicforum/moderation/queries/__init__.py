"""The queue, cases, reasons, and the public log."""

from civicforum.moderation.queries.cases import (
    can_mend,
    find_case_about,
    find_cases_about,
    find_measure,
    find_setting,
    get_case,
    get_lasting,
    get_reasons,
    limits_in_force,
    list_cases,
    list_rules,
    was_mended,
)
from civicforum.moderation.queries.flags import (
    count_flags_by,
    find_own_flag,
    flags_of_cases,
    get_own_flag,
    last_left_at,
    open_flags,
)
from civicforum.moderation.queries.log import (
    list_log,
    log_head,
    verify_log,
)
from civicforum.moderation.queries.places import (
    post_before,
    posts_before,
    posts_of,
    project_of,
    waiting_hold,
)
from civicforum.moderation.queries.queue import (
    DECIDABLE,
    WAITING,
    QueueItem,
    count_queue,
    list_held,
    list_held_posts,
    list_queue,
    moderated_by,
    not_by,
)
from civicforum.moderation.queries.recusal import (
    count_free,
    ties_in,
    ties_to,
    ties_to_thread,
)
from civicforum.moderation.queries.report import (
    ReportRow,
    report,
)
from civicforum.moderation.queries.scores import (
    OFFICES,
    flaggers_of,
    target_of,
)
from civicforum.moderation.queries.standing import (
    count_own_waiting,
    own_flagged,
)
from civicforum.moderation.queries.templates import (
    Template,
    count_own_templates,
    find_own_template,
    get_template,
    list_templates,
)

__all__ = [
    "DECIDABLE",
    "OFFICES",
    "WAITING",
    "QueueItem",
    "ReportRow",
    "Template",
    "can_mend",
    "count_flags_by",
    "count_free",
    "count_own_templates",
    "count_own_waiting",
    "count_queue",
    "find_case_about",
    "find_cases_about",
    "find_measure",
    "find_own_flag",
    "find_own_template",
    "find_setting",
    "flaggers_of",
    "flags_of_cases",
    "get_case",
    "get_lasting",
    "get_own_flag",
    "get_reasons",
    "get_template",
    "last_left_at",
    "limits_in_force",
    "list_cases",
    "list_held",
    "list_held_posts",
    "list_log",
    "list_queue",
    "list_rules",
    "list_templates",
    "log_head",
    "moderated_by",
    "not_by",
    "open_flags",
    "own_flagged",
    "post_before",
    "posts_before",
    "posts_of",
    "project_of",
    "report",
    "target_of",
    "ties_in",
    "ties_to",
    "ties_to_thread",
    "verify_log",
    "waiting_hold",
    "was_mended",
]
