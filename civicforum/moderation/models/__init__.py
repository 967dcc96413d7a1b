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

__all__ = [
    "MAX_NOTE",
    "MAX_REASON",
    "Case",
    "Flag",
    "LogEntry",
    "LogHead",
    "Measure",
]
