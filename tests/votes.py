"""What the tests of proposals share: a present agreement, another one, and a way through a vote."""

from datetime import timedelta

from factories import make_user

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.queries import current_agreement
from civicforum.agreement.wording import RuleWording, Wording
from civicforum.db import db, now, transaction
from civicforum.rulemaking import actions
from civicforum.rulemaking.actions import Draft
from civicforum.rulemaking.models import Proposal

OTHER = Wording(
    "How we talk now.",
    (
        RuleWording("Say what you saw", "As yourself, today.", {"es": {"title": "Diga lo que vio"}}),
        RuleWording("Bring cake", "Enough for all.", {"es": {"title": "Traiga pastel"}}),
    ),
)


def draft(project_id=None, **changes) -> Draft:
    facts = {"title": "Bring cake", "why": "We are hungry.", "wording": OTHER}
    return Draft(**{**facts, "based_on": current_agreement(project_id).id, **changes})


def propose(actor, project_id=None, quorum=1, **changes) -> Proposal:
    return actions.propose_change(actor, draft(project_id, **changes), project_id, quorum=quorum)


def vote(proposal, *choices) -> list:
    voters = [make_user() for _choice in choices]
    for voter, choice in zip(voters, choices, strict=True):
        actions.cast_vote(voter, proposal.id, choice)
    return voters


def let_time_run_out(proposal) -> None:
    with transaction():
        db.session.get_one(Proposal, proposal.id).closes_at = now() - timedelta(seconds=1)


def adopt(proposal) -> Proposal:
    """Nobody against it, and the time is over."""
    vote(proposal, "yes")
    let_time_run_out(proposal)
    return actions.close_vote(SYSTEM, proposal.id)
