"""Forms of moderators, flaggers and authors."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired

from civicforum.moderation.models import MAX_NOTE, MAX_RATING_WORDS, MAX_REASON, SCALE
from civicforum.web.forms import Form, Words, options


def rule_choices(rules: Any, locale: str) -> list[tuple[str, str]]:
    return [(str(rule.number), f"{rule.number}. {rule.title_in(locale)}") for rule in rules]


class HideForm(Form):
    """A rule and a reason; ``version`` is the case as the moderator saw it."""

    rule = RadioField(_("Which rule does it break?"), validators=[InputRequired(_("Choose a rule."))])
    reason = Words(
        _("Why"),
        MAX_REASON,
        description=_("The author reads this. Say what in the comment breaks the rule, and how to mend it."),
    )
    version = HiddenField(default="0")


class ReasonForm(Form):
    """A reason alone: to leave or to restore."""

    scope = "settle"

    reason = Words(_("Why"), MAX_REASON, description=_("The author can read this."))
    version = HiddenField(default="0")


class FlagForm(Form):
    rule = RadioField(_("Which rule does it break?"), validators=[InputRequired(_("Choose a rule."))])
    note = Words(
        _("Anything a moderator should know"),
        MAX_NOTE,
        required=False,
        description=_("The author never learns who flagged."),
    )


class MendForm(Form):
    body = Words(
        _("Your comment"),
        32_000,
        description=_("Change what breaks the rule. A moderator looks again before it is shown."),
    )


class LogFilterForm(Form):
    """What to read of the public log. It is sent by GET: an address that can be passed on."""

    class Meta:
        csrf = False

    action = SelectField(_("What was done"), default="")
    rule = SelectField(_("Rule"), default="")
    month = SelectField(_("Month"), default="")
    project = SelectField(_("Project"), default="")

    def offer(self, name: str, pairs: Iterable[tuple[str, Any]]) -> None:
        """Let one of these be chosen, or all."""
        self[name].choices = options([("", _("All")), *pairs])


def _scale(least: Any, most: Any) -> list[Any]:
    ends = {SCALE[0]: least, SCALE[-1]: most}
    return options((str(n), ends.get(n, str(n))) for n in SCALE)


class RatingForm(Form):
    fair = RadioField(
        _("Was the talk led fairly?"),
        choices=_scale(_("1: not at all"), _("5: yes, fully")),
        validators=[InputRequired(_("Choose a number from 1 to 5."))],
    )
    heard = RadioField(
        _("Were you heard?"),
        choices=_scale(_("1: not at all"), _("5: yes, fully")),
        validators=[InputRequired(_("Choose a number from 1 to 5."))],
    )
    words = Words(
        _("A word to those who led it"),
        MAX_RATING_WORDS,
        required=False,
        description=_("They read it without your name, once five people have answered."),
    )
