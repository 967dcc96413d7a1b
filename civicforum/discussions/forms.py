"""Forms for speaking: well formed or not; whether it may be said is the action's."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, DateField, HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from civicforum.accounts.forms import CheckboxesField
from civicforum.clock import now
from civicforum.discussions.asking import (
    MAX_OPTION_CHARACTERS,
    MAX_OUTCOME_CHARACTERS,
    MAX_QUESTION_CHARACTERS,
    MOST_OPTIONS,
    USUAL_DAYS,
    Asked,
    prepare_poll,
)
from civicforum.discussions.models import (
    MAX_ROOM_REASON,
    MOST_TAG_CHARACTERS,
    MOST_TAGS,
    ROOM_HOURS,
    ROOM_MINUTES,
    THREAD_KINDS,
    Tag,
)
from civicforum.discussions.words import MAX_REASON_CHARACTERS, MAX_TITLE_CHARACTERS
from civicforum.text import MAX_POST_CHARACTERS
from civicforum.web.forms import Form, Line, Words, options
from civicforum.web.site import get_site


def new_nonce() -> str:
    """A name for one sending of one form, so that a double click says it once."""
    return secrets.token_urlsafe(12)


KINDS = [
    ("single", _("One answer of several")),
    ("several", _("Several answers")),
    ("score", _("A score from 0 to 5 for each answer")),
    ("sense", _("Agree, depends, disagree (a quick feel for it)")),
]
RESULTS = [
    ("after_vote", _("as soon as one has voted")),
    ("after_close", _("when the poll is closed")),
]


def usual_last_day() -> date:
    return today() + timedelta(days=USUAL_DAYS)


def today() -> date:
    """The day that it is in town."""
    return now().astimezone(ZoneInfo(get_site().timezone)).date()


def end_of(day: date | None) -> datetime | None:
    """The last minute of a day in town; None for no day, or one that no poll will see."""
    if day is None or abs((day - today()).days) > 1000:
        return None
    return datetime.combine(day, time(23, 59), ZoneInfo(get_site().timezone))


def last_day(closes_at: datetime) -> date:
    """The day in town on which a poll closes."""
    return closes_at.astimezone(ZoneInfo(get_site().timezone)).date()


class PollFields:
    """Asking with a poll, in whatever form says something; nothing is asked while it is blank."""

    poll_question = Line(_("Your question"), MAX_QUESTION_CHARACTERS, required=False)
    poll_kind = SelectField(_("How people answer"), choices=options(KINDS), default="single")
    poll_options = Words(
        _("The answers, each on its own line"),
        MOST_OPTIONS * (MAX_OPTION_CHARACTERS + 2),
        required=False,
        description=_("2 to 12 answers. Leave it empty for agree, depends, disagree."),
    )
    poll_closes_on = DateField(_("Last day to vote"), validators=[Optional()], default=usual_last_day)
    poll_results = SelectField(_("People see the counts"), choices=options(RESULTS), default="after_vote")

    @property
    def asks(self) -> bool:
        """Whether anything was written there."""
        return bool(self.poll_question.data or (self.poll_options.data or "").strip())

    def asked(self) -> Asked | None:
        """The poll as it may be asked, None for none. Raises Invalid."""
        return self.as_poll() if self.asks else None

    def as_poll(self) -> Asked:
        """The poll as it may be asked. Raises Invalid."""
        lines = (self.poll_options.data or "").splitlines()
        closes_at = end_of(self.poll_closes_on.data)
        return prepare_poll(
            self.poll_kind.data, self.poll_question.data or "", lines, closes_at, self.poll_results.data
        )


class ReplyForm(PollFields, Form):
    body = Words(_("Your comment"), MAX_POST_CHARACTERS)
    reply_to = IntegerField(validators=[Optional()], widget=HiddenInput())
    nonce = HiddenField(default=new_nonce)


KIND_WORDS = {
    "discussion": _("Discussion"),
    "question": _("Question"),
    "proposal": _("Proposal"),
    "announcement": _("Announcement"),
}


class Kinds(Form):
    """What a thread is: its kind, and the tags by which it is found."""

    kind = RadioField(_("What is it?"), default="discussion")
    tags = CheckboxesField(_("Tags"), description=_("At most five, so that others find it."))

    def offer(self, tags: Iterable[Tag], can_announce: bool) -> None:
        """Fill in what may be chosen; a field without a choice is left out."""
        kinds = [kind for kind in THREAD_KINDS if kind != "announcement" or can_announce]
        self.kind.choices = options((kind, KIND_WORDS[kind]) for kind in kinds)
        self.tags.choices = options((tag.slug, tag.name) for tag in tags)
        if not self.tags.choices:
            del self.tags

    @property
    def chosen_tags(self) -> list[str]:
        return list(self.tags.data or ()) if "tags" in self else []


class ThreadForm(PollFields, Kinds):
    title = Line(
        _("What is it about?"),
        MAX_TITLE_CHARACTERS,
        description=_("One line that a neighbour understands, such as “The bus stop at Rosemont”."),
    )
    body = Words(
        _("What would you like to say?"),
        MAX_POST_CHARACTERS,
        description=_("What you have seen, or what you would try. Everyone can read it."),
    )
    nonce = HiddenField(default=new_nonce)


class EditForm(Form):
    body = Words(_("Your comment"), MAX_POST_CHARACTERS)
    revision = IntegerField(widget=HiddenInput())


class CloseForm(Form):
    conclusion = Words(
        _("What came out of it?"),
        MAX_POST_CHARACTERS,
        description=_(
            "One plain sentence is enough, such as “The city sets up two lamps by May; Ana tells us when.” "
            "It stands at the top for everybody."
        ),
    )


class ShapeForm(Kinds):
    """What a thread is called, its kind and its tags."""

    title = Line(_("Title"), MAX_TITLE_CHARACTERS)
    max_posts = IntegerField(
        _("How many comments may it have?"),
        validators=[Optional()],
        description=_("When it has them, it closes, and goes on in another thread."),
    )
    reason = Line(
        _("Why"),
        MAX_REASON_CHARACTERS,
        required=False,
        description=_("Needed when you change the title of somebody else. Everybody reads it."),
    )


class TagsForm(Form):
    names = Words(
        _("Tags of this project"),
        (MOST_TAG_CHARACTERS + 2) * MOST_TAGS,
        required=False,
        description=_("One a line, at most 30. A tag that you take out leaves the threads that have it."),
    )


class MoveForm(Form):
    project = RadioField(_("Which project does it belong to?"))
    reason = Line(_("Why"), MAX_REASON_CHARACTERS, description=_("Everybody reads it, also its author."))


class SplitForm(Form):
    """Which comments go is chosen in the list; they go below a new ``title``, or into another ``thread``."""

    with_replies = BooleanField(_("Their answers, too"), default=True)
    title = Line(
        _("Title of the new thread"),
        MAX_TITLE_CHARACTERS,
        required=False,
        description=_("Or leave it blank, and name another thread below."),
    )
    thread = Line(
        _("Or another thread of this project"),
        300,
        required=False,
        description=_("Its address, or its number."),
    )
    reason = Line(_("Why"), MAX_REASON_CHARACTERS, description=_("Everybody reads it, also those who wrote."))


class MergeForm(Form):
    thread = Line(
        _("Which thread do they belong to?"),
        300,
        description=_("Its address, or its number, in this project."),
    )
    reason = Line(_("Why"), MAX_REASON_CHARACTERS, description=_("Everybody reads it, also those who wrote."))


class RoomForm(Form):
    hours = RadioField(
        _("For how long?"),
        coerce=int,
        default=3,
        choices=options(zip(ROOM_HOURS, (_("1 hour"), _("3 hours"), _("1 day"), _("3 days")), strict=True)),
    )
    minutes = RadioField(
        _("One comment every"),
        coerce=int,
        default=15,
        choices=options(zip(ROOM_MINUTES, (_("5 minutes"), _("15 minutes"), _("1 hour")), strict=True)),
    )
    reason = Line(
        _("Why?"),
        MAX_ROOM_REASON,
        description=_("One sentence, in the open: it stands above the comments with your role."),
    )


class PollForm(PollFields, Form):
    """A poll that is put into a post, or asked otherwise."""

    revision = IntegerField(widget=HiddenInput())


class VoteForm(Form):
    """Beside the choices, which depend on the poll: why, as a comment."""

    why = Words(
        _("Why? (if you like)"),
        MAX_POST_CHARACTERS,
        required=False,
        description=_("It is published as your comment, with your name. Your vote is not."),
    )
    nonce = HiddenField(default=new_nonce)


class OutcomeForm(Form):
    words = Line(
        _("What happens next"),
        MAX_OUTCOME_CHARACTERS,
        description=_("One or two sentences. It stands at the poll, and those who voted are told."),
    )
    review_on = DateField(
        _("Look at it again on"),
        validators=[Optional()],
        description=_("If you like: you are reminded on that day, and everyone sees it."),
    )
