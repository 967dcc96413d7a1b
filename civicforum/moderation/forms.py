"""Forms of moderators, flaggers and authors."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired

from civicforum.moderation.models import MAX_APPEAL, MAX_NOTE, MAX_REASON, Appeal
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


class AppealForm(Form):
    """Why somebody else should look again, and who that is."""

    scope = "appeal"

    text = Words(
        _("Why should somebody look again?"),
        MAX_APPEAL,
        description=_("Say what was overlooked. You can ask once, and add one more message later."),
    )
    way = RadioField(
        _("Who decides?"),
        choices=options(
            [
                ("person", _("One person who had no part in it")),
                ("panel", _("Three residents, drawn by lot")),
            ]
        ),
        default="person",
    )


class DecisionForm(Form):
    """How a second look ends, and why; ``version`` is the one that was read."""

    outcome = RadioField(
        _("How does it end?"),
        choices=options(
            [
                ("overturned", _("Take it back: it should not have been done")),
                ("varied", _("In part: it stays hidden, and may be mended once more")),
                ("upheld", _("It stands")),
            ]
        ),
        validators=[InputRequired(_("Choose how it ends."))],
    )
    reason = Words(_("Why"), MAX_REASON, description=_("Whoever asked reads this."))
    version = HiddenField(default="0")


def decision_form(appeal: Appeal, **values: Any) -> DecisionForm:
    """The form of this one: only what is hidden can be given back to be mended."""
    form = DecisionForm(**values, version=appeal.version)
    if appeal.measure.action != "hide":
        form.outcome.choices = [choice for choice in form.outcome.choices if choice.value != "varied"]
    return form


class VoteForm(Form):
    vote = RadioField(
        _("What do you think?"),
        choices=options(
            [
                ("overturned", _("Take it back: it should not have been done")),
                ("upheld", _("It stands")),
            ]
        ),
        validators=[InputRequired(_("Choose how it ends."))],
    )
    reason = Words(_("Why"), MAX_REASON, description=_("Whoever asked reads this, without your name."))


class AppealMessageForm(Form):
    scope = "message"

    text = Words(_("One more message"), MAX_APPEAL, description=_("Each side says one more thing."))
