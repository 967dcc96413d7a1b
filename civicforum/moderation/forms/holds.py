"""What waits before it is published, and reading first."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField
from wtforms.validators import Optional

from civicforum.agreement.models import DUTY_HOURS
from civicforum.discussions.models import GATE_HOURS, GATE_WHOM, MAX_GATE_REASON
from civicforum.moderation.models import (
    MAX_REASON,
)
from civicforum.web.forms import Form, Line, Words, options


class AskForm(Form):
    """Publish what waits; with words, its author is asked for a change."""

    scope = "ask"

    reason = Words(
        _("What should change?"),
        MAX_REASON,
        required=False,
        description=_("It is published at once. The author alone reads this, and may change it for a day."),
    )


class HeldForm(Form):
    """What is done alike with several comments that wait: their ids come beside it."""

    rule = RadioField(_("If you decline: which rule?"), validators=[Optional()])
    reason = Words(
        _("If you decline: why?"),
        MAX_REASON,
        required=False,
        description=_("Each author reads this. Say what breaks the rule."),
    )


class DutyForm(Form):
    hours = RadioField(
        _("I am on duty for"),
        coerce=int,
        default=DUTY_HOURS[1],
        choices=options(zip(DUTY_HOURS, (_("1 hour"), _("3 hours"), _("8 hours")), strict=True)),
    )


class GateForm(Form):
    whom = RadioField(
        _("Whose comments are read first?"),
        default=GATE_WHOM[0],
        choices=options(
            zip(GATE_WHOM, (_("Those of newcomers"), _("Everybody’s but moderators’")), strict=True)
        ),
    )
    hours = RadioField(
        _("For how long?"),
        coerce=int,
        default=GATE_HOURS[0],
        choices=options(zip(GATE_HOURS, (_("1 hour"), _("3 hours"), _("1 day")), strict=True)),
    )
    takes_back = BooleanField(
        _("Also what newcomers wrote here within the last hour"),
        description=_("It waits with the rest: nothing is lost, and its authors are told."),
    )
    reason = Line(
        _("Why?"),
        MAX_GATE_REASON,
        default=_("Many comments came at once, so we read first for a while."),
        description=_("One sentence, in the open: it stands above the comments."),
    )
