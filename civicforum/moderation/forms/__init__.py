"""Forms of moderators, flaggers and authors."""

from civicforum.moderation.forms.appeals import (
    AppealForm,
    AppealMessageForm,
    DecisionForm,
    VoteForm,
    decision_form,
)
from civicforum.moderation.forms.base import (
    DURATIONS,
    Templated,
    rule_choices,
)
from civicforum.moderation.forms.flags import (
    FlagForm,
    FlagPersonForm,
    MendForm,
)
from civicforum.moderation.forms.holds import (
    AskForm,
    DutyForm,
    GateForm,
    HeldForm,
)
from civicforum.moderation.forms.measures import (
    HideForm,
    MeasureForm,
    ReasonForm,
    TemplateForm,
    WhyForm,
)
from civicforum.moderation.forms.queue import (
    QueueFilterForm,
    QueueNoteForm,
    TogetherForm,
)
from civicforum.moderation.forms.record import (
    LogFilterForm,
    RatingForm,
)

__all__ = [
    "DURATIONS",
    "AppealForm",
    "AppealMessageForm",
    "AskForm",
    "DecisionForm",
    "DutyForm",
    "FlagForm",
    "FlagPersonForm",
    "GateForm",
    "HeldForm",
    "HideForm",
    "LogFilterForm",
    "MeasureForm",
    "MendForm",
    "QueueFilterForm",
    "QueueNoteForm",
    "RatingForm",
    "ReasonForm",
    "TemplateForm",
    "Templated",
    "TogetherForm",
    "VoteForm",
    "WhyForm",
    "decision_form",
    "rule_choices",
]
