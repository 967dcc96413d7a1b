"""Cases, what was done in them and why, flags, and the public log that anyone can verify."""

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
from civicforum.moderation.models.ratings import (
    MAX_RATING_WORDS,
    RATED_KINDS,
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
    "MAX_LABEL",
    "MAX_NOTE",
    "MAX_RATING_WORDS",
    "MAX_REASON",
    "RATED_KINDS",
    "SCALE",
    "Case",
    "DayHead",
    "Flag",
    "KeptReport",
    "LogEntry",
    "LogHead",
    "Measure",
    "Rating",
    "ReasonTemplate",
    "RecordReading",
]
