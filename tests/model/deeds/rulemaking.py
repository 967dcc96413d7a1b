"""Rules that are proposed, voted on, and set."""

from datetime import timedelta

from factories import make_project
from model.recipes import Act, does
from model.town import Town

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.queries import current_agreement
from civicforum.agreement.wording import RuleWording, Wording
from civicforum.db import db, now, transaction
from civicforum.rulemaking import actions as rulemaking
from civicforum.rulemaking.models import Proposal

OTHER = Wording("How we talk now.", (RuleWording("One other rule", "Text."), RuleWording("Brief", "Text.")))


def _draft(town: Town) -> rulemaking.Draft:
    present = current_agreement()
    assert present is not None
    return rulemaking.Draft("Fewer rules", "They are long.", OTHER, present.id, town.project.id)


def _proposal(town: Town, quorum: int = 1) -> Proposal:
    return rulemaking.propose_change(town.admin, _draft(town), quorum=quorum)


@does(rulemaking.propose_change)
def a_change_is_proposed(town: Town) -> Act:
    return lambda: rulemaking.propose_change(town.admin, _draft(town))


@does(rulemaking.cast_vote)
def a_resident_votes(town: Town) -> Act:
    proposal = _proposal(town)
    return lambda: rulemaking.cast_vote(town.ana, proposal.id, "yes")


@does(rulemaking.withdraw_proposal)
def a_proposal_is_taken_back(town: Town) -> Act:
    proposal = _proposal(town)
    return lambda: rulemaking.withdraw_proposal(town.admin, proposal.id)


@does(rulemaking.close_vote)
def a_vote_is_counted(town: Town) -> Act:
    proposal = _proposal(town)
    rulemaking.cast_vote(town.ana, proposal.id, "yes")
    with transaction():
        db.session.get_one(Proposal, proposal.id).closes_at = now() - timedelta(minutes=1)
    return lambda: rulemaking.close_vote(SYSTEM, proposal.id)


@does(rulemaking.write_own_agreement)
def a_project_gets_its_own_rules(town: Town) -> Act:
    project = make_project(town.organizer)
    return lambda: rulemaking.write_own_agreement(town.organizer, project.id, OTHER)


@does(rulemaking.correct_agreement)
def the_law_asks_for_a_change(town: Town) -> Act:
    return lambda: rulemaking.correct_agreement(town.admin, OTHER, "The county's ordinance 7.", 1)
