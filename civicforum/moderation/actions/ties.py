"""Nobody judges what they have a part in."""

from collections.abc import Sequence

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.errors import require
from civicforum.moderation import policies, queries
from civicforum.moderation.actions.deeds import own_cause
from civicforum.moderation.models import Case


def check_ties(actor: Actor, case: Case) -> None:
    """NotAllowed, with why, for who has a part in what the case is about."""
    ties = queries.ties_in(actor, case)
    require(policies.may_judge(actor, ties), tie_sentence(ties))


def check_ties_to(actor: Actor, post_id: int) -> None:
    """As ``check_ties``, of a comment that no case is about yet."""
    ties = queries.ties_to(actor, post_id)
    require(policies.may_judge(actor, ties), tie_sentence(ties))


def tie_sentence(ties: Sequence[str]) -> str:
    """Why somebody else decides, to the one who may not."""
    return (
        {
            "author": own_cause(),
            "flagged": _("You flagged this yourself, so somebody else decides it."),
            "posted": _("You wrote in this thread, so somebody else decides it."),
            "mediated": _("You talked this over in confidence, so somebody else decides it."),
            "organization": _("This calls on your organization or answers it, so somebody else decides it."),
        }[ties[0]]
        if ties
        else ""
    )
