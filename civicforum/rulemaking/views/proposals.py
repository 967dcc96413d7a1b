"""Proposing a change of the rules, reading what is proposed, and voting."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from civicforum.agreement.forms import filled
from civicforum.agreement.queries import current_agreement
from civicforum.agreement.wording import wording_of
from civicforum.clock import now
from civicforum.discussions.addresses import thread_url
from civicforum.errors import NotFound, require
from civicforum.partnerships.models import Project
from civicforum.rulemaking import actions, policies, queries
from civicforum.rulemaking.forms import ProposalForm, VoteForm, numbers
from civicforum.rulemaking.models import Proposal
from civicforum.rulemaking.views.blueprint import (
    address_in,
    bp,
    compared,
    home_of,
    place,
    submits,
    vote_days,
    vote_quorum,
    written,
)
from civicforum.web.limits import limited
from civicforum.web.viewer import viewer


@bp.get("/agreement/proposals", defaults={"slug": None})
@bp.get("/projects/<slug>/agreement/proposals")
def list_proposals(slug: str | None) -> str:
    """What was ever proposed for these rules, and what became of it."""
    project = place(slug)
    page = queries.list_proposals(viewer(), project, request.args.get("cursor"))
    return render_template(
        "rulemaking/proposals.html",
        project=project,
        home_url=home_of(project),
        page=page,
        new_url=_new_url(project),
        at=now(),
    )


def _new_url(project: Project | None) -> str | None:
    """Where this person proposes something; None while they cannot."""
    if not policies.can_propose(viewer(), project) or queries.find_open(project.id if project else None):
        return None
    return address_in(project, "new_proposal")


@bp.route("/agreement/proposals/new", methods=["GET", "POST"], defaults={"slug": None})
@bp.route("/projects/<slug>/agreement/proposals/new", methods=["GET", "POST"])
@limited("write")
def new_proposal(slug: str | None) -> Any:
    """Write the next version, with why; the present one holds until people have voted."""
    project = place(slug)
    require(policies.can_propose(viewer(), project), _("Administrators and moderators propose rules."))
    project_id = project.id if project else None
    is_open = queries.find_open(project_id)
    if is_open is not None and request.method == "GET":
        flash(_("One change is voted on at a time. Yours can be proposed when that vote is over."), "info")
        return redirect(url_for("rulemaking.show_proposal", proposal_id=is_open.id))
    version = current_agreement(project_id)
    if version is None:
        raise NotFound
    form = ProposalForm(data=filled(version, version.id))
    form.offer(queries.places_to_talk(viewer()) if project is None else None)
    made = submits(
        form, lambda: actions.propose_change(viewer(), _draft(form), project_id, vote_days(), vote_quorum())
    )
    if made is not None:
        flash(_("It is proposed. Everybody can read it, and vote until the end."), "success")
        return redirect(url_for("rulemaking.show_proposal", proposal_id=made.id))
    page = render_template(
        "rulemaking/new_proposal.html",
        form=form,
        project=project,
        home_url=home_of(project),
        days=vote_days(),
        quorum=vote_quorum(),
    )
    return page, (422 if form.errors else 200)


def _draft(form: ProposalForm) -> actions.Draft:
    return actions.Draft(form.title.data, form.why.data, form.wording(), form.based_on.data or 0, form.place)


@bp.get("/agreement/proposals/<int:proposal_id>")
def show_proposal(proposal_id: int) -> str:
    return _page(queries.get_proposal(viewer(), proposal_id))


def _page(proposal: Proposal, form: VoteForm | None = None) -> str:
    """What would change, why, and how people vote; the numbers for who has voted, and at the end for all."""
    person = viewer()
    vote = queries.find_vote(person, proposal)
    is_open = proposal.takes_votes(now())
    counts = queries.seen_counts(person, proposal)
    thread = queries.seen_thread(person, proposal)
    return render_template(
        "rulemaking/proposal.html",
        proposal=proposal,
        home_url=home_of(proposal.project),
        list_url=address_in(proposal.project, "list_proposals"),
        is_open=is_open,
        vote=vote,
        form=form or VoteForm(formdata=None, choice=vote.choice if vote else None),
        can_vote=is_open and policies.can_vote(person, proposal),
        can_withdraw=is_open and policies.can_withdraw(person, proposal),
        counts=numbers(counts),
        voted=sum(counts.values()) if counts else 0,
        thread=thread,
        thread_url=thread_url(thread) if thread else None,
        why=written(proposal.why),
        at=now(),
        **compared(wording_of(proposal.based_on), proposal.proposed),
    )


@bp.post("/agreement/proposals/<int:proposal_id>/vote")
@limited("write")
def vote(proposal_id: int) -> Any:
    form = VoteForm()
    proposal = queries.get_proposal(viewer(), proposal_id)
    if form.submits(lambda: actions.cast_vote(viewer(), proposal_id, form.choice.data)) is None:
        return _page(proposal, form), 422
    flash(_("Your vote is counted. You can change it until the end."), "success")
    return redirect(url_for("rulemaking.show_proposal", proposal_id=proposal_id))


@bp.post("/agreement/proposals/<int:proposal_id>/withdraw")
@limited("write")
def withdraw(proposal_id: int) -> Response:
    actions.withdraw_proposal(viewer(), proposal_id)
    flash(_("You took your proposal back. It stays readable."), "success")
    return redirect(url_for("rulemaking.show_proposal", proposal_id=proposal_id))
