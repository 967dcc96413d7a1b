"""What somebody says about their mail."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, RadioField, SelectField

from civicforum.web.forms import Form, options


class WishesForm(Form):
    reply = BooleanField(_("when somebody answers me"))
    mention = BooleanField(_("when somebody mentions me (@my-handle)"))
    answer = BooleanField(_("when a partner or an organizer answers me"))
    subscription = BooleanField(_("when there is a new comment where I follow everything"))
    held = BooleanField(_("when a comment waits for me while I am on duty as a moderator"))
    reminder = BooleanField(_("before a meeting that I said I come to"))
    summary = BooleanField(_("when there is a summary of a meeting I had to do with"))
    digest = RadioField(
        _("What I have not read yet, in one mail"),
        choices=options(
            [
                ("daily", _("every day")),
                ("every_second_day", _("every second day")),
                ("weekly", _("once a week")),
                ("never", _("never")),
            ]
        ),
        description=_("It comes in your morning, at seven, and only if there is something new to you."),
    )
    weekday = SelectField(
        _("If once a week, then on"),
        coerce=int,
        choices=options(
            enumerate(
                [
                    _("Monday"),
                    _("Tuesday"),
                    _("Wednesday"),
                    _("Thursday"),
                    _("Friday"),
                    _("Saturday"),
                    _("Sunday"),
                ]
            )
        ),
    )

    @property
    def at_once(self) -> list[Any]:
        own = [self.reply, self.mention, self.answer, self.subscription]
        return [*own, self.held] if "held" in self else own

    @property
    def meetings(self) -> list[Any]:
        return [self.reminder, self.summary]
