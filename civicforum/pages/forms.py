"""The shape of what is typed on the site's own pages."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    ValidationError,
)
from wtforms.validators import Email, NumberRange, Optional

from civicforum.languages import LOCALES
from civicforum.moderation.redress import LEAST_MONTHS
from civicforum.partnerships.forms import KINDS
from civicforum.partnerships.schemas import MOST_SENTENCE, MOST_TITLE
from civicforum.web.filters import short_date
from civicforum.web.forms import REQUIRED, Form, Line, Words, options

FOUND_KINDS = {
    "project": _("Projects"),
    "townhall": _("Meetings"),
    "thread": _("Discussions"),
    "post": _("Comments"),
    "update": _("News"),
    "organization": _("Organizations"),
}


class LanguageForm(Form):
    """One press; where the reader was goes along."""

    next = HiddenField()


class SiteForm(Form):
    name = Line(_("Name of the site"), 80)
    sentence = Line(
        _("What it is for, in one sentence"), 300, required=False, description=_("Stands on top.")
    )
    contact_phone = Line(
        _("Phone"),
        40,
        required=False,
        description=_("For people who are not on a screen much. It stands on every page."),
    )
    contact_address = Line(_("Where to write, or drop a card"), 200, required=False)
    timezone = SelectField(
        _("Time zone"), choices=options((zone, zone) for zone in sorted(available_timezones()))
    )
    locale = RadioField(_("First language"), choices=options(LOCALES.items()))
    independent_name = Line(
        _("Independent person"),
        80,
        required=False,
        description=_("Takes a second look when somebody contests what a moderator did."),
    )
    independent_email = Line(
        _("Their mail address"),
        254,
        required=False,
        validators=[Optional(), Email(_("This does not look like a mail address."))],
    )
    access_statement = Words(
        _("How people with different needs can take part"),
        4000,
        required=False,
        description=_("What holds for every meeting; each meeting may say more."),
    )
    answer_days = IntegerField(
        _("We answer within … days"),
        validators=[REQUIRED, NumberRange(1, 365, _("Between 1 and 365 days."))],
    )
    appeal_months = IntegerField(
        _("Second looks may be asked for within … months"),
        validators=[REQUIRED, NumberRange(LEAST_MONTHS, 120, _("Between 6 and 120 months."))],
        description=_("Six months is the least that European law asks for."),
    )
    shows_links = BooleanField(
        _("Show what pages are about that comments link to"),
        description=_(
            "This server then opens the first two links of each public comment once, and shows their title"
            " and a sentence. The other site learns that somebody here linked to it, not who. No pictures."
        ),
    )


class FirstPartnerForm(Form):
    name = Line(_("Name of the organization"), 120)
    kind = RadioField(_("What kind?"), choices=options(KINDS), default="nonprofit")
    about = Line(_("In one sentence"), 300, required=False)


class FirstProjectForm(Form):
    title = Line(_("Name of the project"), MOST_TITLE)
    vision = Line(_("What should be different afterwards? One sentence."), 1000)
    decides = Line(
        _("Who decides, and by when?"),
        MOST_SENTENCE,
        required=False,
        description=_("For example: You advise; the City and the Mission decide by March 14."),
    )

    def validate_vision(self, field: Any) -> None:
        if field.data and field.data == self.title.data:
            raise ValidationError(gettext("Say a little more than the name."))


class SearchForm(Form):
    """What narrows a search. It changes nothing and stays in the address, so it needs no token."""

    class Meta:
        csrf = False

    kind = SelectField(_("What"), choices=[], validate_choice=True)
    project = SelectField(_("Project"), choices=[], validate_choice=False)
    person = Line(
        _("Written by"),
        31,
        required=False,
        description=_("A name as in an address, such as @rosa."),
    )
    since = DateField(_("From"), validators=[Optional()])
    until = DateField(_("To"), validators=[Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = options([("", gettext("Everything")), *FOUND_KINDS.items()])
        self.kind.data = self.kind.data or ""

    def offer_projects(self, projects: Iterable[Any]) -> None:
        names = [(project.slug, project.title) for project in projects]
        self.project.choices = options([("", gettext("All projects")), *names])

    def chosen(self) -> list[str]:
        """What narrows it now, in words."""
        given = [field for field in self if field.data and not field.errors]
        return [f"{field.label.text}: {self._in_words(field)}" for field in given]

    def _in_words(self, field: Any) -> str:
        if isinstance(field.data, date):
            return short_date(field.data)
        names = {choice.value: str(choice.label) for choice in getattr(field, "choices", None) or ()}
        return names.get(field.data) or str(field.data)
