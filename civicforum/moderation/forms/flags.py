"""Of whoever flags, and of the author who mends."""

from flask_babel import lazy_gettext as _
from wtforms import RadioField
from wtforms.validators import InputRequired

from civicforum.moderation.models import (
    MAX_NOTE,
)
from civicforum.web.forms import Form, Words, options


class FlagForm(Form):
    rule = RadioField(_("Which rule does it break?"), validators=[InputRequired(_("Choose a rule."))])
    note = Words(
        _("Anything a moderator should know"),
        MAX_NOTE,
        required=False,
        description=_("The author never learns who flagged."),
    )


class FlagPersonForm(FlagForm):
    """As a flag on a comment, about a name or a profile."""

    part = RadioField(
        _("What is it about?"),
        choices=options([("name", _("The name or the handle")), ("profile", _("What the profile says"))]),
        default="name",
    )


class MendForm(Form):
    body = Words(
        _("Your comment"),
        32_000,
        description=_("Change what breaks the rule. A moderator looks again before it is shown."),
    )
