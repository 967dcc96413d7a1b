"""What is proposed, how the votes stand, and which of it a viewer may know."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select

from civicforum.accounts.models import Actor, User
from civicforum.accounts.queries import is_not_suspended
from civicforum.agreement.models import AgreementVersion
from civicforum.db import db
from civicforum.discussions.models import Thread
from civicforum.discussions.policies import can_see_thread
from civicforum.errors import NotFound
from civicforum.partnerships.models import Project
from civicforum.partnerships.policies import can_see_project
from civicforum.partnerships.queries import visible_projects_clause
from civicforum.rulemaking import policies
from civicforum.rulemaking.models import CHOICES, Proposal, Vote
from civicforum.web.pagination import Page, decode_cursor, page_of

KIND = "rule_proposal"


def get_proposal(viewer: Actor, proposal_id: int) -> Proposal:
    """The proposal; NotFound for who may not know of it."""
    proposal = db.session.get(Proposal, proposal_id)
    if proposal is None or not policies.can_see_proposal(viewer, proposal):
        raise NotFound
    return proposal


def find_proposals(viewer: Actor, ids: Sequence[int]) -> Mapping[int, Proposal]:
    """Those of these that the viewer may see, by id."""
    rows = db.session.scalars(select(Proposal).where(Proposal.id.in_(ids)))
    return {row.id: row for row in rows if policies.can_see_proposal(viewer, row)}


def list_proposals(
    viewer: Actor, project: Project | None, cursor: str | None = None, limit: int = 20
) -> Page[Proposal]:
    """What was ever proposed for the town's agreement, or for a project's own; newest first.

    The project is one that the viewer sees.
    """
    wanted = select(Proposal).where(Proposal.project_id == (project.id if project else None))
    before = decode_cursor(cursor, int)
    if before:
        wanted = wanted.where(Proposal.id < before[0])
    rows = db.session.scalars(wanted.order_by(Proposal.id.desc()).limit(limit + 1)).all()
    return page_of(rows, limit, lambda row: [row.id])


def find_open(project_id: int | None, is_held: bool = False) -> Proposal | None:
    """What is being voted on for this place; there is one at most.

    ``is_held``: for who ends it; asked for in one, because whoever held it may have ended it.
    """
    found = select(Proposal).where(Proposal.project_id == project_id, Proposal.state == "open")
    if is_held:
        held = found.with_for_update(key_share=True, of=Proposal)
        found = held.execution_options(populate_existing=True)
    return db.session.scalar(found)


def list_due(at: datetime) -> Sequence[int]:
    """Proposals whose time is over, for the clock."""
    return db.session.scalars(
        select(Proposal.id).where(Proposal.state == "open", Proposal.closes_at <= at).order_by(Proposal.id)
    ).all()


def find_vote(viewer: Actor, proposal: Proposal) -> Vote | None:
    """The viewer's own."""
    return db.session.scalar(
        select(Vote).where(Vote.proposal_id == proposal.id, Vote.user_id == (viewer.id or 0))
    )


def count_votes(proposal: Proposal) -> dict[str, int]:
    """How many say what. Whoever is suspended just now is not counted."""
    rows = db.session.execute(
        select(Vote.choice, func.count())
        .join(User, User.id == Vote.user_id)
        .where(Vote.proposal_id == proposal.id, is_not_suspended())
        .group_by(Vote.choice)
    )
    found = {row[0]: row[1] for row in rows}
    return {choice: found.get(choice, 0) for choice in CHOICES}


def seen_counts(viewer: Actor, proposal: Proposal) -> dict[str, int] | None:
    """The votes: at the end for everybody, before it for who has voted. None: not to be known yet."""
    if proposal.counts is not None:
        return proposal.counts
    if proposal.state == "open" and find_vote(viewer, proposal) is not None:
        return count_votes(proposal)
    return None


def voter_ids(proposal: Proposal) -> Sequence[int]:
    return db.session.scalars(select(Vote.user_id).where(Vote.proposal_id == proposal.id)).all()


def seen_thread(viewer: Actor, proposal: Proposal) -> Thread | None:
    """Where it is talked over, if the viewer may read there."""
    thread = proposal.thread
    return thread if thread is not None and can_see_thread(viewer, thread) else None


def has_opened(project: Project) -> bool:
    """Whether people speak in the project already: from then on its rules are theirs to change."""
    if project.status == "draft":
        return False
    said = select(Thread.id).where(Thread.project_id == project.id, Thread.status != "pending")
    return db.session.scalar(said.limit(1)) is not None


def places_to_talk(viewer: Actor) -> Sequence[Project]:
    """Open, public projects: where the town may talk over its own rules; by title."""
    is_open = Project.is_public & (Project.status == "active")
    return db.session.scalars(
        select(Project).where(is_open, visible_projects_clause(viewer)).order_by(Project.title).limit(50)
    ).all()


def proposals_of(versions: Sequence[AgreementVersion]) -> dict[int, Proposal]:
    """By which proposal each of these versions came, by the version's id."""
    rows = db.session.scalars(
        select(Proposal).where(Proposal.version_id.in_([version.id for version in versions]))
    )
    return {row.version_id: row for row in rows if row.version_id is not None}


def get_version(viewer: Actor, version_id: int) -> AgreementVersion:
    """A version of the town's agreement, or of a project's that the viewer sees; NotFound for all others."""
    version = db.session.get(AgreementVersion, version_id)
    project = find_project(version.project_id) if version is not None else None
    if version is None or (project is not None and not can_see_project(viewer, project)):
        raise NotFound
    return version


def find_project(project_id: int | None) -> Project | None:
    """For the address of its rules."""
    return db.session.get(Project, project_id) if project_id is not None else None
