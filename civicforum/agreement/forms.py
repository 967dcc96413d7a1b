"""The forms of the agreement: no database."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, FormField, IntegerField, SelectField
from wtforms import Form as PlainForm
from wtforms.widgets import HiddenInput

from civicforum.agreement.models import AgreementVersion
from civicforum.agreement.wording import RuleWording, Wording
from civicforum.web.forms import Form, Line, Words, options

BLANK_RULES = 2


class AcceptForm(Form):
    """A button, and which version was read."""

    version = IntegerField(widget=HiddenInput())


class RuleForm(PlainForm):
    """One rule; one without a title and a text is left out."""

    title = Line(_("Rule"), most=120, required=False)
    text = Words(_("What it means"), most=4000, required=False)
    title_es = Line(_("Rule, in Spanish"), most=120, required=False)
    text_es = Words(_("What it means, in Spanish"), most=4000, required=False)
    no_mediation = BooleanField(_("About threats, hate or safety: mediation is never offered"))

    def wording(self) -> RuleWording:
        spanish = {"title": self.title_es.data or "", "text": self.text_es.data or ""}
        return RuleWording(
            self.title.data or "",
            self.text.data or "",
            {"es": spanish} if any(spanish.values()) else {},
            no_mediation=self.no_mediation.data,
        )


class AgreementForm(Form):
    based_on = IntegerField(widget=HiddenInput())
    introduction = Words(_("Introduction"), most=8000)
    introduction_es = Words(_("Introduction, in Spanish"), most=8000, required=False)
    rules = FieldList(FormField(RuleForm), label=_("Rules"), max_entries=40)

    def wording(self) -> Wording:
        """All of it; rules without words are left out."""
        written = (entry.form.wording() for entry in self.rules)
        rules = tuple(rule for rule in written if rule.title.strip() or rule.text.strip())
        spanish = self.introduction_es.data or ""
        translations = {"es": {"introduction": spanish}} if spanish.strip() else {}
        return Wording(self.introduction.data or "", rules, translations)


def filled(version: AgreementVersion | None, based_on: int | None = None) -> dict[str, Any]:
    """What the form shows before anybody types: the present agreement, and room for more rules."""
    rules = [_filled_rule(rule) for rule in version.rules] if version else []
    number = version.number if version else 0
    return {
        "based_on": number if based_on is None else based_on,
        "introduction": version.introduction if version else "",
        "introduction_es": version.translations.get("es", {}).get("introduction", "") if version else "",
        "rules": rules + [{} for _blank in range(BLANK_RULES)],
    }


def _filled_rule(rule: Any) -> dict[str, Any]:
    spanish = rule.translations.get("es", {})
    return {
        "title": rule.title,
        "text": rule.text,
        "title_es": spanish.get("title", ""),
        "text_es": spanish.get("text", ""),
        "no_mediation": rule.no_mediation,
    }


class WordForm(Form):
    word = Line(_("Word or phrase"), most=80)
    action = SelectField(
        _("What happens"),
        choices=options(
            [
                ("hold", _("Hold it until a moderator has looked")),
                ("mask", _("Publish it, with dots in place of the word")),
                ("flag", _("Publish it, and show it to the moderators")),
            ]
        ),
    )
