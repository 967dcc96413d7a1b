"""Forms of moderators, flaggers and authors."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from civicforum.agreement.limits.models import SLOW_MINUTES
from civicforum.agreement.models import DUTY_HOURS, Limit
from civicforum.clock import now
from civicforum.discussions.models import GATE_HOURS, GATE_WHOM, MAX_GATE_REASON
from civicforum.moderation.kinds import SHORT_STEPS, STEPS, Kind, Softer
from civicforum.moderation.models import (
    MAX_APPEAL,
    MAX_INTERNAL_NOTE,
    MAX_LABEL,
    MAX_NOTE,
    MAX_RATING_WORDS,
    MAX_REASON,
    SCALE,
    Appeal,
)
from civicforum.moderation.wording import Wording
from civicforum.web.forms import Form, Line, Words, options

# What is offered, in hours.
DURATIONS = {
    1: _("1 hour"),
    3: _("3 hours"),
    24: _("24 hours"),
    72: _("3 days"),
    168: _("7 days"),
    720: _("30 days"),
}


def rule_choices(rules: Any, locale: str) -> list[tuple[str, str]]:
    return [(str(rule.number), f"{rule.number}. {rule.title_in(locale)}") for rule in rules]


UNSAID = _("Choose a reason, or say why in your own words.")


class Templated(Form):
    """A form in which a reason may begin with words that are chosen; one's own come below them.

    ``offered`` are the templates that can be chosen, each with key, label and words.
    """

    offered: Sequence[Any] = ()
    needs_reason = True

    def offer(self, templates: Sequence[Any]) -> None:
        self.offered = templates
        named = [(each.key, f"{each.rule}. {each.label}" if each.rule else each.label) for each in templates]
        self.template.choices = options([("", _("My own words")), *named])

    def validate(self, extra_validators: Any = None) -> bool:
        """The chosen words become the reason, so that a page that comes back shows what was said.

        Words that go with another rule than the chosen one are not taken: the statement would not be true.
        """
        is_valid = super().validate(extra_validators)
        chosen = next((each for each in self.offered if each.key == self.template.data), None)
        if chosen and chosen.rule and self.rule.data and str(chosen.rule) != self.rule.data:
            self.template.errors = [
                *self.template.errors,
                str(
                    _(
                        "That reason goes with rule %(rule)s. Choose that rule, or another reason.",
                        rule=chosen.rule,
                    )
                ),
            ]
            return False
        words = chosen.words if chosen else ""
        self.reason.data = "\n\n".join(part for part in (words, (self.reason.data or "").strip()) if part)
        self.template.data = ""
        if self.needs_reason and not self.reason.data:
            self.reason.errors = [*self.reason.errors, str(UNSAID)]
        return is_valid and not self.reason.errors


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
