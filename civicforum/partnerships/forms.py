"""The shape of what is typed about projects, partners, organizations and news."""

import secrets
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    ValidationError,
)
from wtforms import Form as PlainForm
from wtforms.validators import Email, Optional, StopValidation

from civicforum.partnerships.schemas import MOST_SENTENCE, MOST_TITLE, MOST_VISION
from civicforum.web.forms import Form, Line, Words, options

MOST_NEWS = 20_000
BLANK_PHASES = 2

LEVELS = [
    ("information", _("For your information: it is decided, and we say what happens")),
    ("consultation", _("You advise; the partners decide and give their reasons")),
    ("cooperation", _("Residents and partners work it out together")),
    ("decision", _("Residents decide, and the partners carry it out")),
]
VISIBILITIES = [
    ("public", _("Everybody may read it")),
    ("members", _("Only members and partners may read it")),
]
STATUSES = [
    ("draft", _("Draft: only those who work on it see it")),
    ("active", _("Going on")),
    ("completed", _("Finished")),
    ("archived", _("Kept for reading")),
]
KINDS = [
    ("public", _("Public: a city, a school, an office")),
    ("nonprofit", _("Nonprofit: an association, a church, a mission")),
    ("private", _("Private: a company, a shop")),
]
PARTNER_ROLES = [
    ("lead", _("Leads")),
    ("funder", _("Pays")),
    ("host", _("Hosts")),
    ("expert", _("Advises")),
    ("member", _("Takes part")),
]
ROLES = [
    ("member", _("Member: reads and speaks in a closed project")),
    ("organizer", _("Organizer: runs the project and its meetings")),
    ("steward", _("Helper: at the door, on the phone, with paper")),
    ("moderator", _("Moderator: keeps talk civil by the rules")),
]


def once_key() -> str:
    return secrets.token_urlsafe(16)


class ProjectForm(Form):
    """A new project. ``key`` makes a double press one project."""

    key = HiddenField(default=once_key)
    title = Line(_("Name of the project"), MOST_TITLE)
    summary = Line(
        _("In one sentence"),
        MOST_SENTENCE,
        required=False,
        description=_("Stands in lists. What is it about, for somebody who has ten seconds?"),
    )
    vision = Words(
        _("What should be different afterwards?"),
        MOST_VISION,
        description=_("Two to four sentences, in words you would use at the bus stop."),
    )
    level = RadioField(
        _("How far does a resident's word reach?"), choices=options(LEVELS), default="consultation"
    )
    decides = Line(
        _("Who decides, and by when?"),
        MOST_SENTENCE,
        required=False,
        description=_("For example: You advise; the City and the Mission decide by March 14."),
    )
    visibility = RadioField(_("Who may read it?"), choices=options(VISIBILITIES), default="public")
    allows_pseudonyms = BooleanField(
        _("Residents may choose to speak under a pseudonym"),
        description=_(
            "Where speaking can cost a job or a flat. Whoever has a role here speaks by their own name."
        ),
    )


class ProjectEditForm(ProjectForm):
    """The same with its status; ``revision`` is that of the project as it was read."""

    status = SelectField(_("Where it stands"), choices=options(STATUSES))
    revision = HiddenField()


def needed_with_a_name(form: Any, field: Any) -> None:
    """Comes before Optional, which ends the checks of an empty field."""
    if form.title.data and not field.data:
        raise StopValidation(gettext("Give the day on which it starts."))


class PhaseRow(PlainForm):
    title = Line(_("Name of the phase"), MOST_TITLE, required=False)
    starts_on = DateField(_("First day"), validators=[needed_with_a_name, Optional()])
    ends_on = DateField(_("Last day"), validators=[Optional()])
    text = Words(_("What happens in it"), 1000, required=False)

    def validate_ends_on(self, field: Any) -> None:
        if field.data and self.starts_on.data and field.data < self.starts_on.data:
            raise ValidationError(gettext("It ends before it starts."))


class PhasesForm(Form):
    """All phases at once; a row without a name is left out."""

    phases = FieldList(FormField(PhaseRow, label=_("Phase")), label=_("Phases"))

    def offer_blank_rows(self) -> None:
        for _row in range(BLANK_PHASES):
            self.phases.append_entry()


class PartnerForm(Form):
    """An organization that comes to a project. The choices are set by the view."""

    organization = SelectField(_("Organization"), coerce=int)
    role = SelectField(_("Its part"), choices=options(PARTNER_ROLES), default="member")
    brings = Line(
        _("What it brings"),
        MOST_SENTENCE,
        required=False,
        description=_("Money, rooms, people, time, knowledge: in one sentence."),
    )


class PartnerEditForm(Form):
    role = SelectField(_("Its part"), choices=options(PARTNER_ROLES))
    brings = Line(_("What it brings"), MOST_SENTENCE, required=False)


class OwnPartnerForm(Form):
    """For a partner's own people: the organizers settle its role."""

    brings = Line(_("What we bring"), MOST_SENTENCE, required=False)


class OrganizationForm(Form):
    name = Line(_("Name"), 120)
    kind = RadioField(_("What kind of organization?"), choices=options(KINDS), default="nonprofit")
    about = Words(_("About it"), 2000, required=False, description=_("One or two sentences."))
    url = Line(_("Its own web page"), 300, required=False)
    revision = HiddenField()

    def validate_url(self, field: Any) -> None:
        if field.data and not field.data.lower().startswith(("https://", "http://")):
            raise ValidationError(gettext("An address on the web begins with https://"))


class SeatForm(Form):
    handle = Line(_("Who also speaks for it?"), 31, description=_("Their handle, as on their page: @maria"))


class InviteForm(Form):
    email = Line(_("Mail address"), 254, validators=[Email(_("This does not look like a mail address."))])
    role = RadioField(_("As what?"), choices=options(ROLES), default="member")


class RoleForm(Form):
    user_id = HiddenField()
    role = SelectField(_("One more role"), choices=options(ROLES))


class UpdateForm(Form):
    """News. ``key`` makes a double press one piece of news."""

    key = HiddenField(default=once_key)
    title = Line(_("Headline"), 200)
    body = Words(_("What is new?"), MOST_NEWS)
