"""Forms of town halls: the shape of what is typed. Local times become moments in the meeting's own zone."""

import secrets
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms import Form as PlainForm
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import CheckboxInput, HiddenInput, ListWidget

from civicforum.townhalls.agenda import Item, parse_agenda, write_agenda
from civicforum.townhalls.calendar import local_time
from civicforum.townhalls.models import MAXIMUM_PARTY, NEEDS, TownHall
from civicforum.townhalls.plans import LINES, MOST_SEATS, TEXTS
from civicforum.townhalls.wishes import NeedWish, Wish
from civicforum.web.forms import (
    REQUIRED,
    Form,
    Line,
    LocalTime,
    Words,
    cleaned,
    limited_to,
    options,
    stripped,
)

MODES = [
    ("in_person", _("In a room")),
    ("online", _("Online or by phone")),
    ("hybrid", _("Both: in a room and online")),
]
WAYS = {"in_person": _("In the room"), "online": _("Online or by phone")}
ANSWERS = [("going", _("I’m coming")), ("maybe", _("Maybe")), ("not_going", _("I can’t come"))]
NEED_WORDS = {
    "childcare": _("Childcare"),
    "interpretation": _("An interpreter"),
    "sign_language": _("Sign language"),
    "captions": _("Captions: what is said, as text"),
    "step_free": _("A seat without steps"),
    "transport": _("A ride"),
    "quiet_space": _("A quiet place to sit"),
    "food": _("Food I can eat"),
    "other": _("Something else"),
    "call_me": _("Please call me"),
}
NEED_STATE_WORDS = {
    "requested": _("Asked for"),
    "confirmed": _("Confirmed: we will have it"),
    "provided": _("It was there"),
    "cannot_provide": _("We cannot; here is what we offer"),
}
BLANK_DECISIONS = 3
ZONES = (
    *("America/New_York", "America/Detroit", "America/Chicago", "America/Denver", "America/Phoenix"),
    *("America/Los_Angeles", "America/Anchorage", "Pacific/Honolulu", "America/Puerto_Rico"),
    *("Europe/London", "Europe/Madrid", "Europe/Berlin", "America/Mexico_City", "UTC"),
)


class Checkboxes(SelectMultipleField):
    """Several of a list, each a box with its words."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def new_nonce() -> str:
    return secrets.token_hex(16)


class Seats(IntegerField):
    """A number of people; empty means no limit."""

    def __init__(self, label: Any, **kw: Any) -> None:
        sensible = NumberRange(0, MOST_SEATS, message=_("A number of people from 0."))
        super().__init__(label, validators=[Optional(), sensible], **kw)


class TownHallForm(Form):
    title = Line(_("Name of the meeting"), LINES["title"])
    summary = Words(
        _("What is it about?"),
        TEXTS["summary"],
        required=False,
        description=_("A few plain sentences. What will be decided, and by whom?"),
    )
    mode = RadioField(_("How can people come?"), choices=options(MODES), default="in_person")
    starts_at = LocalTime(_("Begins"), validators=[REQUIRED])
    ends_at = LocalTime(_("Ends"), validators=[REQUIRED])
    timezone = StringField(
        _("Time zone"),
        validators=[REQUIRED],
        filters=[stripped],
        description=_("The times above are the clock on the wall there."),
    )
    location = Line(_("Place"), LINES["location"], required=False)
    capacity = Seats(
        _("Seats in the room"), description=_("Counts people. Leave it empty if there is no limit.")
    )
    online_url = Line(
        _("Link to join online"),
        LINES["online_url"],
        required=False,
        description=_("Shown only to people who are coming, from 10 minutes before."),
    )
    phone = Line(
        _("Phone number to join"),
        LINES["phone"],
        required=False,
        description=_("Not everybody has a screen. Everybody sees this number."),
    )
    online_capacity = Seats(_("Places online"))
    access_statement = Words(
        _("How people get in and take part"),
        TEXTS["access_statement"],
        required=False,
        description=_("Needed before you publish. Change what is not true of your room."),
    )
    needs_until = LocalTime(_("Until when people can ask for help to take part"), validators=[Optional()])
    agenda = TextAreaField(
        _("Agenda"),
        validators=[limited_to(10_000)],
        filters=[cleaned],
        description=_("One item on each line. Begin with the minutes: “10 Welcome”."),
    )
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])
    nonce = HiddenField(default=new_nonce)

    def validate_location(self, field: Any) -> None:
        if self.mode.data != "online" and not field.data:
            raise ValidationError(_("Where do people meet?"))

    def _moment(self, field: Any) -> datetime | None:
        return None if field.data is None else local_time(field.data, self.timezone.data)

    def validate_starts_at(self, field: Any) -> None:
        self._check_time(field)

    validate_ends_at = validate_needs_until = validate_starts_at

    def _check_time(self, field: Any) -> None:
        try:
            self._moment(field)
        except (ValueError, OverflowError) as wrong:
            raise ValidationError(str(wrong)) from wrong

    def facts(self) -> dict[str, Any]:
        """What was typed, with times as moments."""
        plain = (
            *("title", "summary", "mode", "timezone", "location", "capacity", "online_url"),
            *("phone", "online_capacity", "access_statement"),
        )
        moments = {name: self._moment(self[name]) for name in ("starts_at", "ends_at", "needs_until")}
        return {**{name: self[name].data for name in plain}, **moments}

    def items(self) -> list[Item]:
        return parse_agenda(self.agenda.data or "")

    def fill(self, town_hall: TownHall) -> None:
        """Show a meeting as it is, in the clock of its own zone."""
        zone = ZoneInfo(town_hall.timezone)
        for name in ("title", "summary", "mode", "timezone", "location", "capacity", "online_url"):
            self[name].data = getattr(town_hall, name)
        for name in ("phone", "online_capacity", "access_statement", "revision"):
            self[name].data = getattr(town_hall, name)
        for name in ("starts_at", "ends_at", "needs_until"):
            at = getattr(town_hall, name)
            self[name].data = at and at.astimezone(zone).replace(tzinfo=None)
        self.agenda.data = write_agenda(town_hall.agenda)


class CancelForm(Form):
    reason = Words(
        _("Why is it cancelled?"),
        1000,
        description=_("Everybody who said they come reads this, once."),
    )


class AnswerForm(Form):
    """An answer to a meeting; ``offer`` leaves out what it does not have."""

    answer = RadioField(_("Are you coming?"), choices=options(ANSWERS), default="going")
    mode = RadioField(_("How?"), choices=options(WAYS.items()), validators=[Optional()])
    party_size = IntegerField(
        _("How many of you?"),
        default=1,
        validators=[
            REQUIRED,
            NumberRange(1, MAXIMUM_PARTY, message=_("From 1 to %(max)d people.")),
        ],
    )
    needs = Checkboxes(
        _("What do you need to take part?"),
        choices=options((kind, NEED_WORDS[kind]) for kind in NEEDS),
        validators=[Optional()],
        description=_("You do not have to say why. Only those who run the meeting see it."),
    )
    note = Line(
        _("Anything about it?"),
        300,
        required=False,
        description=_("Such as ages of children, a language, a phone number."),
    )

    def offer(self, town_hall: TownHall) -> None:
        """Offer the ways in which one can come to this meeting."""
        self.mode.choices = options((way, WAYS[way]) for way in town_hall.modes)
        if not self.mode.data or self.mode.data == "None":
            self.mode.data = town_hall.modes[0]

    def wish(self) -> Wish:
        note = self.note.data or ""
        needs = [NeedWish(kind, note) for kind in self.needs.data or []]
        return Wish(self.answer.data, self.mode.data, self.party_size.data or 1, needs)

    def fill(self, rsvp: Any) -> None:
        """Show an answer as it is."""
        is_open = rsvp.state in ("cancelled", "unconfirmed", "waitlisted")
        self.answer.data = "going" if is_open else rsvp.state
        self.mode.data, self.party_size.data = rsvp.mode, rsvp.party_size
        self.needs.data = [need.kind for need in rsvp.needs]
        self.note.data = next((need.note for need in rsvp.needs if need.note), "")


class GuestForm(AnswerForm):
    name = Line(_("Your name"), 60)
    email = Line(_("Your e-mail address"), 254, description=_("We send one link to confirm."))


class NeedForm(Form):
    state = SelectField(_("What becomes of it"), choices=options(NEED_STATE_WORDS.items()))
    reply = Words(
        _("A word to the person"),
        500,
        required=False,
        description=_("Who they will meet, where, what we offer instead."),
    )


class WalkInForm(Form):
    name = Line(_("Name"), 60)
    party_size = IntegerField(
        _("How many?"),
        default=1,
        validators=[NumberRange(1, MAXIMUM_PARTY, message=_("From 1 to %(max)d people."))],
    )
    nonce = HiddenField(default=new_nonce)


class CodeForm(Form):
    code = Line(_("Code"), 40)
    nonce = HiddenField(default=new_nonce)


class DecisionFields(PlainForm):
    text = Line(_("What was decided"), 1000, required=False)
    owner = Line(_("Who does it"), 120, required=False)
    due_on = DateField(_("By when"), validators=[Optional()])


class SummaryForm(Form):
    body = Words(
        _("What was said"),
        50_000,
        description=_("Also what people did not agree on. Everybody who came is told."),
    )
    decisions = FieldList(FormField(DecisionFields), _("What was decided"), max_entries=40)
    based_on = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def offer_blanks(self) -> None:
        while len(self.decisions) < 40 and _blanks(self.decisions) < BLANK_DECISIONS:
            self.decisions.append_entry()


def _blanks(decisions: Any) -> int:
    return sum(not (entry.form.text.data or entry.form.owner.data) for entry in decisions)


class CalendarForm(Form):
    file = FileField(
        _("Calendar file (.ics)"),
        validators=[FileRequired(message=_("Choose a file."))],
        description=_(
            "Meetings are made or brought up to date by their UID. Nothing is saved if one is wrong."
        ),
    )
