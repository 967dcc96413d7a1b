"""Cases, what was done in them and why, flags, and the public log that anyone can verify."""

from civicforum.moderation.models.appeals import (
    JUROR_DAYS,
    MAX_APPEAL,
    OUTCOMES,
    PANEL_SIZE,
    TARGET_DAYS,
    VOTES,
    Appeal,
    AppealMessage,
    PanelSeat,
    Volunteer,
)
from civicforum.moderation.models.cases import (
    MAX_REASON,
    Case,
    Measure,
)
from civicforum.moderation.models.flags import (
    MAX_NOTE,
    Flag,
)
from civicforum.moderation.models.log import (
    DayHead,
    KeptReport,
    LogEntry,
    LogHead,
)
from civicforum.moderation.models.queue import (
    CLAIM_LASTS,
    MAX_INTERNAL_NOTE,
    QueueClaim,
    QueueNote,
)
from civicforum.moderation.models.ratings import (
    MAX_RATING_WORDS,
    SCALE,
    Rating,
)
from civicforum.moderation.models.records import (
    RecordReading,
)
from civicforum.moderation.models.templates import (
    MAX_LABEL,
    ReasonTemplate,
)

__all__ = [
    "CLAIM_LASTS",
    "JUROR_DAYS",
    "MAX_APPEAL",
    "MAX_INTERNAL_NOTE",
    "MAX_LABEL",
    "MAX_NOTE",
    "MAX_RATING_WORDS",
    "MAX_REASON",
    "OUTCOMES",
    "PANEL_SIZE",
    "SCALE",
    "TARGET_DAYS",
    "VOTES",
    "Appeal",
    "AppealMessage",
    "Case",
    "DayHead",
    "Flag",
    "KeptReport",
    "LogEntry",
    "LogHead",
    "Measure",
    "PanelSeat",
    "QueueClaim",
    "QueueNote",
    "Rating",
    "ReasonTemplate",
    "RecordReading",
    "Volunteer",
]
