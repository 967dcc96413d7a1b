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
    LogEntry,
    LogHead,
)
from civicforum.moderation.models.records import RecordReading
from civicforum.moderation.models.templates import MAX_LABEL, ReasonTemplate

__all__ = [
    "MAX_LABEL",
    "MAX_NOTE",
    "MAX_REASON",
    "Case",
    "Flag",
    "LogEntry",
    "LogHead",
    "Measure",
    "ReasonTemplate",
    "RecordReading",
]
