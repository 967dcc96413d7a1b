"""Cases, what was done in them and why, flags, second looks, and the public log that anyone can verify."""

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
    LogEntry,
    LogHead,
)

__all__ = [
    "JUROR_DAYS",
    "MAX_APPEAL",
    "MAX_NOTE",
    "MAX_REASON",
    "OUTCOMES",
    "PANEL_SIZE",
    "TARGET_DAYS",
    "VOTES",
    "Appeal",
    "AppealMessage",
    "Case",
    "Flag",
    "LogEntry",
    "LogHead",
    "Measure",
    "PanelSeat",
    "Volunteer",
]
