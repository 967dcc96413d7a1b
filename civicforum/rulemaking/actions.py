"""Changing the rules in public: somebody proposes, people vote, the clock counts, the house publishes."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import gettext as _

from civicforum.accounts.models import SYSTEM, Actor
from civicforum.agreement import actions as agreement
from civicforum.agreement.models import AgreementVersion
from civicforum.agreement.wording import Wording, pack, wording_of
from civicforum.db import db, lock, now, transactional
from civicforum.discussions.actions import start_thread
from civicforum.errors import Conflict, Invalid, NotFound, require
from civicforum.notifications.actions import notify
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_see_project
from civicforum.rulemaking import policies, queries
from civicforum.rulemaking.models import (
    CHOICES,
    LEAST_DAYS,
    MAX_TITLE,
    MAX_WHY,
    MOST_DAYS,
    Proposal,
    Vote,
)
from civicforum.text import clean_text


@dataclass(frozen=True)
class Draft:
    """What somebody would have the agreement say, in a line what changes, and why.

    ``based_on`` is the version they read, by its id. ``talk_in``: the project in which the town talks it
    over; for a project's own rules it is that project.
    """

    title: str
    why: str
    wording: Wording
    based_on: int
    talk_in: int | None = None


@transactional
def propose_change(
    actor: Actor, draft: Draft, project_id: int | None = None, days: int = 14, quorum: int = 5
) -> Proposal:
    """Put the next version of the town's agreement, or of a project's own, to a vote, and open its thread.

    Locks the version that holds, then the project of the thread. Raises NotAllowed for who may not propose,
    Invalid for words or days that will not do, Conflict where another vote is open or the rules changed.
    """
    project = _visible(actor, project_id)
    require(policies.can_propose(actor, project), _("Administrators and moderators propose rules."))
    base = _lock_present(project_id)
    _check_free(base, draft, project_id)
    _check_draft(draft, base, days)
    proposal = Proposal(
        project_id=project_id,
        based_on_id=base.id,
        proposer_id=actor.id,
        title=_line(draft.title),
        why=clean_text(draft.why).strip(),
        wording=pack(draft.wording),
        closes_at=now() + timedelta(days=days),
        quorum=quorum,
    )
    db.session.add(proposal)
    db.session.flush()
    _open_talk(actor, proposal, project_id or draft.talk_in)
    return proposal


def _visible(actor: Actor, project_id: int | None) -> Project | None:
    if project_id is None:
        return None
    project = db.session.get(Project, project_id)
    if project is None or not can_see_project(actor, project):
        raise NotFound
    return project


def _lock_present(project_id: int | None) -> AgreementVersion:
    """The version that holds there, held: whoever else would change it waits."""
    held = agreement.lock_newest_version(project_id) or agreement.lock_newest_version(None)
    if held is None:
        raise NotFound
    return held


def _check_free(base: AgreementVersion, draft: Draft, project_id: int | None) -> None:
    if draft.based_on != base.id:
        raise Conflict(
            _("Somebody published version %(number)s meanwhile. Yours was not saved.", number=base.number)
        )
    if queries.find_open(project_id) is not None:
        raise Conflict(_("One change is voted on at a time. Yours can be proposed when that vote is over."))


def _check_draft(draft: Draft, base: AgreementVersion, days: int) -> None:
    errors: dict[str, list[str]] = {}
    if not 1 <= len(_line(draft.title)) <= MAX_TITLE:
        errors["title"] = [_("Say in a line what changes, in at most %(most)d characters.", most=MAX_TITLE)]
    if not 1 <= len(draft.why.strip()) <= MAX_WHY:
        errors["why"] = [_("Say why, in at most %(most)d characters.", most=MAX_WHY)]
    if not LEAST_DAYS <= days <= MOST_DAYS:
        errors["days"] = [
            _("People have %(least)d to %(most)d days to vote.", least=LEAST_DAYS, most=MOST_DAYS)
        ]
    if pack(draft.wording) == pack(wording_of(base)):
        errors["rules"] = [_("Nothing is changed yet: it reads as the present agreement does.")]
    if errors:
        raise Invalid(errors=errors)
    agreement.check_wording(draft.wording)


def _line(text: str) -> str:
    return " ".join(clean_text(text).split())


def _open_talk(actor: Actor, proposal: Proposal, project_id: int | None) -> None:
    """A thread in which people talk it over, begun by whoever proposes: under their name, as every role."""
    if project_id is None:
        return
    where = f"/agreement/proposals/{proposal.id}"
    words = _("[What would change, and the vote](%(address)s)", address=where)
    thread = start_thread(actor, project_id, proposal.title, f"{proposal.why}\n\n{words}")
    proposal.thread_id = thread.id
    db.session.flush()


@transactional
def cast_vote(actor: Actor, proposal_id: int, choice: str) -> Vote:
    """Vote yes, no or abstain; voting again changes one's mind, until the close. Locks the proposal.

    Raises NotFound for who may not see it, NotAllowed for who may not speak there, Conflict after the close.
    """
    proposal = _lock_seen(actor, proposal_id)
    require(
        policies.can_vote(actor, proposal),
        _("Whoever may speak here votes: please sign in with a confirmed address."),
    )
    if choice not in CHOICES:
        raise Invalid(errors={"choice": [_("Choose yes, no, or abstain.")]})
    if not proposal.takes_votes(now()):
        raise Conflict(_("This vote is over. Your vote was not counted."))
    vote = queries.find_vote(actor, proposal) or Vote(proposal_id=proposal.id, user_id=actor.id)
    vote.choice = choice
    db.session.add(vote)
    db.session.flush()
    return vote


def _lock_seen(actor: Actor, proposal_id: int) -> Proposal:
    proposal = lock(Proposal, proposal_id)
    if not policies.can_see_proposal(actor, proposal):
        raise NotFound
    return proposal


@transactional
def withdraw_proposal(actor: Actor, proposal_id: int) -> Proposal:
    """Take back what one proposed, before the close; doing it twice changes nothing. Locks the proposal.

    Whoever voted is told. Raises NotFound for who may not see it, NotAllowed for everybody but the proposer,
    Conflict once the vote is over.
    """
    proposal = _lock_seen(actor, proposal_id)
    require(policies.can_withdraw(actor, proposal), _("Only who proposed it can take it back."))
    if proposal.state == "withdrawn":
        return proposal
    if not proposal.takes_votes(now()):
        raise Conflict(_("This vote is over."))
    _end(proposal, "withdrawn")
    return proposal


@transactional
def close_vote(actor: Actor, proposal_id: int) -> Proposal:
    """Count the votes when the time is over: more yes than no, and enough of all, and it is the agreement.

    The house does it; doing it twice changes nothing. Locks the present version, then the proposal. Whoever
    voted is told, and everybody is asked to accept before they next speak.
    """
    require(policies.can_count(actor))
    found = db.session.get(Proposal, proposal_id)
    if found is None:
        raise NotFound
    present = _lock_present(found.project_id)
    proposal = lock(Proposal, proposal_id)
    if proposal.state != "open" or proposal.takes_votes(now()):
        return proposal
    if present.id != proposal.based_on_id and present.project_id == proposal.project_id:
        _end(proposal, "overtaken")
        return proposal
    if _is_carried(proposal):
        proposal.version_id = _publish(proposal).id
        _end(proposal, "adopted")
    else:
        _end(proposal, "fallen")
    return proposal


def _is_carried(proposal: Proposal) -> bool:
    counts = queries.count_votes(proposal)
    return counts["yes"] > counts["no"] and sum(counts.values()) >= proposal.quorum


def _publish(proposal: Proposal) -> AgreementVersion:
    return agreement.publish_agreement(
        SYSTEM, proposal.proposed, project_id=proposal.project_id, way="vote", reason=proposal.title
    )


def _end(proposal: Proposal, state: str) -> None:
    """Keep how it ended, with the votes, and tell who voted and who proposed it."""
    proposal.counts = queries.count_votes(proposal)
    proposal.state, proposal.ended_at = state, now()
    db.session.flush()
    actor_id = proposal.proposer_id if state == "withdrawn" else None
    told = [*queries.voter_ids(proposal), proposal.proposer_id]
    notify(told, f"rules_{state}", queries.KIND, proposal.id, actor_id=actor_id)


@transactional
def write_own_agreement(
    actor: Actor, project_id: int, wording: Wording, based_on: int = 0
) -> AgreementVersion:
    """Give a project rules of its own, before anybody speaks there; ``based_on`` 0: there were none yet.

    Locks its newest version, then the project. Raises NotFound for who may not see it, NotAllowed for all but
    its organizers, Conflict where people speak already (then rules are voted on), Invalid for no words.
    """
    agreement.lock_newest_version(project_id)
    project = lock(Project, project_id)
    if not can_see_project(actor, project):
        raise NotFound
    require(policies.can_write_own(actor, project), _("Only organizers of this project do this."))
    if queries.has_opened(project):
        raise Conflict(_("People speak here already, so a change of the rules is proposed and voted on."))
    return agreement.publish_agreement(SYSTEM, wording, based_on=based_on, project_id=project_id)


@transactional
def correct_agreement(
    actor: Actor, wording: Wording, reason: str, based_on: int, project_id: int | None = None
) -> AgreementVersion:
    """Publish at once what the law asks for; ``reason`` says which law, and everybody reads it.

    A vote that was open ends: what it was based on holds no more. Locks the newest version, then that
    proposal. Raises NotAllowed for all but administrators, Invalid without a reason, Conflict if the rules
    changed meanwhile.
    """
    project = _visible(actor, project_id)
    require(policies.can_correct(actor), _("Only an administrator changes the agreement."))
    if not 1 <= len(reason.strip()) <= MAX_WHY:
        raise Invalid(errors={"reason": [_("Say which law asks for it. Everybody reads this.")]})
    if project is not None and _lock_present(project.id).project_id is None:
        raise Conflict(_("This project has no rules of its own: the town's hold here."))
    version = agreement.publish_agreement(
        SYSTEM, wording, based_on, project_id, way="law", reason=clean_text(reason).strip()
    )
    proposal = queries.find_open(project_id, is_held=True)
    if proposal is not None:
        _end(proposal, "overtaken")
    return version
