"""A measure: the rule, the reason, what it needs beside them."""

from datetime import timedelta

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired

from civicforum.agreement.limits.models import SLOW_MINUTES
from civicforum.moderation.forms.base import DURATIONS, Templated
from civicforum.moderation.kinds import SHORT_STEPS, STEPS, Kind
from civicforum.moderation.models import (
    MAX_LABEL,
    MAX_REASON,
)
from civicforum.moderation.wording import Wording
from civicforum.web.forms import Form, Line, Words, options


class HideForm(Templated):
    """A rule and a reason; ``version`` is the case as the moderator saw it."""

    rule = RadioField(_("Which rule does it break?"), validators=[InputRequired(_("Choose a rule."))])
    template = SelectField(_("Begin with"), choices=options([("", "")]), default="")
    reason = Words(
        _("Why"),
        MAX_REASON,
        required=False,
        description=_("The author reads this. Say what in the comment breaks the rule, and how to mend it."),
    )
    version = HiddenField(default="0")


class ReasonForm(Form):
    """A reason alone: to leave or to restore."""

    scope = "settle"

    reason = Words(_("Why"), MAX_REASON, description=_("The author can read this."))
    version = HiddenField(default="0")


class MeasureForm(Templated):
    """One measure; ``shape`` takes away what it does not ask for."""

    passages = Words(
        _("What is blacked out"),
        20_000,
        description=_("Copy it in word for word, one passage in a line. It is gone for good, everywhere."),
    )
    minutes = RadioField(
        _("One comment every"),
        coerce=int,
        default=5,
        choices=options(
            zip(SLOW_MINUTES, (_("minute"), _("5 minutes"), _("15 minutes"), _("hour")), strict=True)
        ),
    )
    hours = RadioField(_("For how long?"), coerce=int)
    rule = RadioField(_("Under which rule?"), validators=[InputRequired(_("Choose a rule."))])
    template = SelectField(_("Begin with"), choices=options([("", "")]), default="")
    reason = Words(_("Why"), MAX_REASON, required=False, description=_("Whom it is about reads this."))
    version = HiddenField(default="0")

    def shape(self, kind: Kind, action: str) -> None:
        """Keep the fields of this kind of measure; short times are for threads."""
        for name, is_asked in (
            ("passages", action == "redact"),
            ("minutes", action == "slow"),
            ("hours", kind.lasts),
        ):
            if not is_asked:
                delattr(self, name)
        if kind.lasts:
            steps = SHORT_STEPS if kind.about == "thread" else STEPS
            hours = [int(step.total_seconds()) // 3600 for step in steps if step <= kind.longest]
            self.hours.choices = options((count, DURATIONS[count]) for count in hours)
            self.hours.data = self.hours.data if self.hours.data in hours else hours[0]

    @property
    def lasts(self) -> timedelta | None:
        return timedelta(hours=self.hours.data) if "hours" in self else None

    @property
    def chosen_passages(self) -> tuple[str, ...]:
        lines = self.passages.data.splitlines() if "passages" in self else []
        return tuple(line.strip() for line in lines if line.strip())


class WhyForm(Form):
    """A reason, and nothing else: to end something early, to read the record."""

    reason = Words(_("Why"), MAX_REASON)


class TemplateForm(Form):
    """A reason to begin with, in both languages of the site."""

    label = Line(_("Short name"), MAX_LABEL, description=_("Only moderators see this."))
    rule = SelectField(_("Goes with"))
    words = Words(_("The reason"), MAX_REASON, description=_("Whom it is about reads this."))
    words_es = Words(_("The reason, in Spanish"), MAX_REASON, required=False)

    def wording(self) -> Wording:
        return Wording(
            self.label.data,
            self.words.data,
            int(self.rule.data) if self.rule.data else None,
            {"es": self.words_es.data or ""},
        )
