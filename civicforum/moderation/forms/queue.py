"""Narrowing the queue, deciding about several things, notes."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import Optional

from civicforum.moderation.forms.base import Templated
from civicforum.moderation.models import (
    MAX_INTERNAL_NOTE,
    MAX_REASON,
)
from civicforum.web.forms import Form, Words, options


class QueueFilterForm(Form):
    """What to see of the queue. It is sent by GET: an address that can be passed on."""

    class Meta:
        csrf = False

    about = SelectField(_("What it is"), default="")
    why = SelectField(_("Why it waits"), default="")
    project = SelectField(_("Project"), default="")
    whose = SelectField(_("Who looks at it"), default="")
    thread = HiddenField(default="")

    def offer(self, name: str, pairs: Iterable[tuple[str, Any]]) -> None:
        """Let one of these be chosen, or all."""
        self[name].choices = options([("", _("All")), *pairs])


class TogetherForm(Templated):
    """What is done alike with several things that wait: they are named beside it, and so is the deed."""

    scope = "together"

    rule = RadioField(_("Which rule? (to hide or to decline)"), validators=[Optional()])
    template = SelectField(_("Begin with"), choices=options([("", "")]), default="")
    reason = Words(
        _("Why? (for all but publishing)"),
        MAX_REASON,
        required=False,
        description=_("Each author reads this. Say what breaks the rule, or why nothing does."),
    )


class QueueNoteForm(Form):
    """A word among moderators."""

    scope = "note"

    text = Words(
        _("A note for the other moderators"),
        MAX_INTERNAL_NOTE,
        description=_("Only moderators without a part in it read this. It is never published."),
    )
