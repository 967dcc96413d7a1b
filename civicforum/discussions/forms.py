"""Forms for speaking: well formed or not; whether it may be said is the action's."""

import secrets
from collections.abc import Iterable

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, IntegerField, RadioField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from civicforum.accounts.forms import CheckboxesField
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


def new_nonce() -> str:
    """A name for one sending of one form, so that a double click says it once."""
    return secrets.token_urlsafe(12)


class ReplyForm(Form):
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


class ThreadForm(Kinds):
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
    """Which comments go is chosen in the list; ``into`` is a new title, or the address of a thread."""

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
