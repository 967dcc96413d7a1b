"""Forms for speaking: well formed or not; whether it may be said is the action's."""

import secrets

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, IntegerField, RadioField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from civicforum.discussions.models import MAX_ROOM_REASON, ROOM_HOURS, ROOM_MINUTES
from civicforum.discussions.words import MAX_TITLE_CHARACTERS
from civicforum.text import MAX_POST_CHARACTERS
from civicforum.web.forms import Form, Line, Words, options


def new_nonce() -> str:
    """A name for one sending of one form, so that a double click says it once."""
    return secrets.token_urlsafe(12)


class ReplyForm(Form):
    body = Words(_("Your comment"), MAX_POST_CHARACTERS)
    reply_to = IntegerField(validators=[Optional()], widget=HiddenInput())
    nonce = HiddenField(default=new_nonce)


class ThreadForm(Form):
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
