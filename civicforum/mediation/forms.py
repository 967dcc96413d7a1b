"""Forms of people who are asked to talk, and of those who do."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired

from civicforum.discussions.forms import new_nonce
from civicforum.mediation.models import DAYS, FOLLOW_UP_DAYS, MAX_AGREEMENT_CHARACTERS, USUAL_DAYS
from civicforum.text import MAX_POST_CHARACTERS
from civicforum.web.forms import Form, Words, options

CHOOSE = InputRequired(_("Please choose one."))


def _days(numbers: Iterable[int]) -> Any:
    return options((str(number), _("%(number)s days", number=number)) for number in numbers)


class AskForm(Form):
    """How long the talk may take; nothing else travels with the offer."""

    days = SelectField(_("How long the talk may take"), choices=_days(DAYS), default=str(USUAL_DAYS))


class ProposeForm(AskForm):
    other = RadioField(_("Who is the other side?"), validators=[CHOOSE])


class SayForm(Form):
    body = Words(_("What you want to say"), MAX_POST_CHARACTERS)
    nonce = HiddenField(default=new_nonce)


class AgreementForm(Form):
    body = Words(
        _("What you agree on"),
        MAX_AGREEMENT_CHARACTERS,
        description=_("Short and plain: who does what, and from when."),
    )
    follow_up_days = SelectField(_("Look back after"), choices=_days(FOLLOW_UP_DAYS), default="30")
    lifts = BooleanField(
        _("If a comment is hidden and was mended, it may be shown again"),
        description=_(
            "At once, if nobody flagged it but one of you; otherwise a moderator looks first. Moderators then"
            " learn that you agreed, and nothing else."
        ),
    )
    based_on = HiddenField(default="0")


class FollowUpForm(Form):
    answer = RadioField(
        _("How has it been since?"),
        choices=options(
            [("well", _("It holds")), ("partly", _("In part")), ("badly", _("It did not hold, or got worse"))]
        ),
        validators=[CHOOSE],
    )
