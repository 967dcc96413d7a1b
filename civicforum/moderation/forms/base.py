"""What moderators' forms share: rules, durations, and reasons that are chosen."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _

from civicforum.web.forms import Form, options

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
