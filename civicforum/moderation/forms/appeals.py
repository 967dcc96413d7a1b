"""Asking for a second look, and deciding it."""

from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired

from civicforum.agreement.models import Limit
from civicforum.clock import now
from civicforum.moderation.forms.base import DURATIONS
from civicforum.moderation.kinds import Softer
from civicforum.moderation.models import (
    MAX_APPEAL,
    MAX_REASON,
    Appeal,
)
from civicforum.web.forms import Form, Words, options


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
    lasts = RadioField(
        _("If in part: how long does it still hold?"),
        coerce=int,
        choices=options([(0, _("as long as before")), *DURATIONS.items()]),
        default=0,
    )
    kind = RadioField(
        _("If in part: where?"),
        choices=options(
            [
                ("", _("where it holds now")),
                ("silence", _("in this project only")),
                ("mute", _("in this discussion only")),
            ]
        ),
        default="",
    )
    reason = Words(_("Why"), MAX_REASON, description=_("Whoever asked reads this."))
    version = HiddenField(default="0")

    @property
    def softer(self) -> Softer:
        lasts = timedelta(hours=self.lasts.data) if self.lasts.data else None
        return Softer(lasts, self.kind.data or None)


def decision_form(appeal: Appeal, **values: Any) -> DecisionForm:
    """The form of this one: in part goes for what is hidden, and for a limit that still holds."""
    form = DecisionForm(**values, version=appeal.version)
    limit = appeal.measure.limit
    if limit is not None and limit.is_in_force():
        _offer_less(form, limit, appeal.case.target_type == "post")
        return form
    del form.lasts, form.kind
    if appeal.measure.action != "hide":
        form.outcome.choices = [choice for choice in form.outcome.choices if choice.value != "varied"]
    return form


def _offer_less(form: DecisionForm, limit: Limit, has_place: bool) -> None:
    """Only what is shorter than what is left, and narrower than where it holds."""
    left = (limit.until - now()).total_seconds() / 3600
    form.lasts.choices = [choice for choice in form.lasts.choices if choice.value < left]
    narrower = {"suspend": ("", "silence", "mute"), "silence": ("", "mute")}.get(limit.kind, ("",))
    kinds = narrower if has_place else ("",)
    form.kind.choices = [choice for choice in form.kind.choices if choice.value in kinds]
    words = {"varied": _("In part: for a shorter time, or in a smaller place")}
    offered = [(choice.value, words.get(choice.value, choice.label)) for choice in form.outcome.choices]
    form.outcome.choices = options(offered)


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
