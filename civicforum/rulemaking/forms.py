"""The forms of proposing and voting: no database."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from civicforum.agreement.forms import AgreementForm
from civicforum.partnerships.models import Project
from civicforum.rulemaking.models import MAX_TITLE, MAX_WHY
from civicforum.web.forms import Form, Line, Words, options


class ProposalForm(AgreementForm):
    """What changes, why, and the whole text as it would be."""

    title = Line(
        _("What changes, in a line"),
        most=MAX_TITLE,
        description=_("Such as “Rule 3: say whom you mean”. It is the title of the thread, too."),
    )
    why = Words(_("Why?"), most=MAX_WHY, description=_("Everybody reads it before they vote."))
    talk_in = SelectField(_("Where do people talk it over?"), default="")

    def offer(self, projects: Sequence[Project] | None) -> None:
        """In which projects it can be; None: a project's own rules are talked over there."""
        if projects is None:
            del self.talk_in
            return
        named = [(str(project.id), project.title) for project in projects]
        self.talk_in.choices = options([*named, ("", _("Nowhere: people vote on what they read"))])
        if named and not self.talk_in.data:
            self.talk_in.data = named[0][0] if not self.is_submitted() else ""

    @property
    def place(self) -> int | None:
        return int(self.talk_in.data) if "talk_in" in self and self.talk_in.data else None


class CorrectionForm(AgreementForm):
    reason = Words(
        _("Which law asks for it, and what for?"),
        most=MAX_WHY,
        description=_("Everybody reads it beside this version."),
    )


class VoteForm(Form):
    choice = RadioField(
        _("Should it change so?"),
        choices=options([("yes", _("Yes")), ("no", _("No")), ("abstain", _("I abstain"))]),
        validators=[InputRequired(_("Choose yes, no, or abstain."))],
    )


def numbers(counts: dict[str, int] | None) -> list[tuple[Any, int]]:
    """The votes as a page lists them."""
    if counts is None:
        return []
    words = {"yes": _("Yes"), "no": _("No"), "abstain": _("Abstained")}
    return [(words[choice], counts[choice]) for choice in words]
