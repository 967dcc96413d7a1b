"""The town's rules: one change that was voted in, one that is being voted on, and who accepted what."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from civicforum.accounts.models import SYSTEM, User
from civicforum.agreement.actions import publish_agreement
from civicforum.agreement.models import Acceptance, AgreementVersion
from civicforum.agreement.queries import newest_version
from civicforum.agreement.wording import Wording, pack, wording_of
from civicforum.db import db
from civicforum.demo.stage import Stage
from civicforum.rulemaking.models import Proposal, Vote

QUORUM = 5
OPEN_FOR = timedelta(days=14)
BEGAN_DAYS_AGO = {"adopted": 15, "open": 5}
# Which rule, what is added to it in each language, and where.
MACHINES = (
    1,
    "say so.",
    " If a machine wrote or translated it for you, say that, too.",
    "dígalo.",
    " Si lo escribió o lo tradujo una máquina, dígalo también.",
)
PICTURES = (
    3,
    "for what they do in that role.",
    " Ask before you post a picture in which somebody can be recognized.",
    "por lo que hace en ese papel.",
    " Pregunte antes de publicar una foto en la que se reconozca a alguien.",
)
WHY_MACHINES = (
    "Three comments in a week turned out to be written by a program. Nobody minds help with spelling or with"
    " a language. People want to know whom they are answering."
)
WHY_PICTURES = (
    "At the rain walk somebody posted pictures with children in them. It was meant kindly. Two parents asked"
    " us to write down what most of us do anyway."
)
VOTED = {"adopted": ("yes", "yes", "no", "yes", "abstain", "yes", "no"), "open": ("yes", "no", "yes")}


def add_rulemaking(stage: Stage) -> None:
    """After everything else: what was decided before cites the rules as they were then."""
    first = newest_version(None)
    assert first is not None
    adopted_at = stage.clock.ago(days=BEGAN_DAYS_AGO["adopted"]) + OPEN_FOR
    wording = _with(wording_of(first), *MACHINES)
    proposal = _propose(stage, "adopted", "Rule 1: say if a machine wrote it", WHY_MACHINES, wording, first)
    second = publish_agreement(SYSTEM, wording, way="vote", reason=proposal.title)
    second.published_at = adopted_at
    proposal.version_id, proposal.state, proposal.ended_at = second.id, "adopted", adopted_at
    said = VOTED["adopted"]
    proposal.counts = {choice: said.count(choice) for choice in ("yes", "no", "abstain")}
    _let_people_accept(stage, first, second)
    pictures = _with(wording, *PICTURES)
    title = "Rule 3: ask before you post a picture of somebody"
    _propose(stage, "open", title, WHY_PICTURES, pictures, second)
    db.session.flush()


def _with(wording: Wording, number: int, after: str, added: str, after_es: str, added_es: str) -> Wording:
    """The agreement with a sentence more in one rule."""
    rules = list(wording.rules)
    rule = rules[number - 1]
    spanish = dict(rule.translations["es"])
    spanish["text"] = spanish["text"].replace(after_es, after_es + added_es, 1)
    text = rule.text.replace(after, after + added, 1)
    rules[number - 1] = replace(rule, text=text, translations={"es": spanish})
    return replace(wording, rules=tuple(rules))


def _propose(
    stage: Stage, state: str, title: str, why: str, wording: Wording, based_on: AgreementVersion
) -> Proposal:
    at = stage.clock.ago(days=BEGAN_DAYS_AGO[state])
    proposer = _with_role(stage.people.values(), "moderator")
    proposal = Proposal(
        based_on_id=based_on.id,
        proposer_id=proposer.id,
        title=title,
        why=why,
        wording=pack(wording),
        created_at=at,
        closes_at=at + OPEN_FOR,
        quorum=QUORUM,
    )
    db.session.add(proposal)
    db.session.flush()
    voters = [user for user in stage.people.values() if user.created_at < at and user is not proposer]
    db.session.add_all(
        Vote(proposal_id=proposal.id, user_id=user.id, choice=choice, created_at=at + timedelta(hours=hour))
        for hour, (user, choice) in enumerate(zip(voters, VOTED[state], strict=False), 2)
    )
    if state == "adopted":
        told = [user.id for user in voters[: len(VOTED[state])]]
        stage.tell([*told, proposer.id], "rules_adopted", "rule_proposal", proposal.id, None, at + OPEN_FOR)
    return proposal


def _with_role(people: Iterable[User], role: str) -> User:
    return next(user for user in people if user.has_role(role))


def _let_people_accept(stage: Stage, first: AgreementVersion, second: AgreementVersion) -> None:
    """Everybody accepted the rules that they found, and by now the new ones."""
    for key, user in stage.people.items():
        is_later = user.created_at >= second.published_at
        if not is_later:
            _accept(user, first, max(user.created_at, first.published_at))
        _accept(user, second, max(user.created_at, second.published_at + timedelta(hours=1)))
        stage.standings[key].accepted_version = second.number


def _accept(user: User, version: AgreementVersion, at: datetime) -> None:
    db.session.add(Acceptance(user_id=user.id, version_id=version.id, created_at=at))
