"""Narrowing the public record, and saying how the talk was led."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from civicforum.moderation.models import (
    MAX_RATING_WORDS,
    SCALE,
)
from civicforum.web.forms import Form, Words, options


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
