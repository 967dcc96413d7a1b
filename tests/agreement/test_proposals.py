from datetime import timedelta

import pytest
from factories import join, make_agreement, make_post, make_project, make_thread, make_user, save
from sqlalchemy import select
from votes import OTHER, adopt, draft, let_time_run_out, propose, vote

from civicforum.accounts.models import SYSTEM, Guest, RoleGrant
from civicforum.agreement import queries as agreement
from civicforum.agreement.actions import publish_agreement
from civicforum.agreement.models import AgreementVersion
from civicforum.agreement.wording import RuleWording, Wording, wording_of
from civicforum.db import db, now, transaction
from civicforum.discussions.actions import take_pseudonym
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.notifications.models import Notification
from civicforum.partnerships.actions import edit_project
from civicforum.rulemaking import actions, policies, queries
from civicforum.rulemaking.tasks import close_votes


@pytest.fixture
def present(app):
    return make_agreement()


@pytest.fixture
def administrator(present):
    return make_user("administrator")


def told(reason) -> set[int]:
    return set(db.session.scalars(select(Notification.user_id).where(Notification.reason == reason)))


@pytest.mark.parametrize("role", ["administrator", "moderator"])
def test_administrators_and_moderators_propose_what_everybody_reads(present, role):
    person = make_user(role)
    proposal = propose(person)
    read = queries.get_proposal(Guest(), proposal.id)
    assert (read.title, read.why, read.proposer, read.proposed) == (
        "Bring cake", "We are hungry.", person, OTHER,
    )  # fmt: skip
    assert agreement.current_agreement().number == 1


def test_nobody_else_proposes_for_the_town(present):
    for person in (Guest(), make_user(), make_user("organizer"), SYSTEM):
        with pytest.raises(NotAllowed):
            propose(person)


@pytest.mark.parametrize(
    ("changes", "days", "field"),
    [
        ({"title": " "}, 14, "title"),
        ({"title": "x" * 121}, 14, "title"),
        ({"why": " "}, 14, "why"),
        ({}, 2, "days"),
        ({}, 91, "days"),
        ({"wording": Wording(" ", OTHER.rules)}, 14, "introduction"),
    ],
)
def test_a_proposal_says_what_and_why_and_gives_time(administrator, changes, days, field):
    with pytest.raises(Invalid) as refused:
        actions.propose_change(administrator, draft(**changes), days=days)
    assert list(refused.value.errors) == [field]


def test_what_changes_nothing_is_no_proposal(present, administrator):
    with pytest.raises(Invalid) as refused:
        propose(administrator, wording=wording_of(agreement.current_agreement()))
    assert list(refused.value.errors) == ["rules"]


def test_before_there_is_an_agreement_nothing_can_be_changed(app):
    with pytest.raises(NotFound):
        actions.propose_change(make_user("administrator"), actions.Draft("x", "y", OTHER, 0))


def test_one_change_is_voted_on_at_a_time_and_on_the_rules_as_they_are(administrator):
    stale = draft()
    publish_agreement(SYSTEM, OTHER)
    with pytest.raises(Conflict):
        actions.propose_change(administrator, stale)
    propose(administrator, wording=Wording("Third.", OTHER.rules))
    with pytest.raises(Conflict):
        propose(administrator, wording=Wording("Fourth.", OTHER.rules))


def test_a_thread_is_opened_to_talk_it_over(administrator):
    project = make_project()
    proposal = propose(administrator, talk_in=project.id)
    thread = queries.seen_thread(Guest(), proposal)
    assert (thread.title, thread.project_id) == ("Bring cake", project.id)
    assert queries.seen_thread(Guest(), adopt(proposal)) is thread


def test_who_proposes_speaks_by_name_also_where_they_had_a_pseudonym(administrator):
    project, moderator = make_project(allows_pseudonyms=True), make_user()
    take_pseudonym(moderator, project.id, "a secret")
    save(RoleGrant(user_id=moderator.id, role="moderator"))
    db.session.refresh(moderator)
    assert propose(moderator, talk_in=project.id).thread.author is moderator


def test_a_resident_votes_once_and_may_think_again(administrator):
    proposal, ana = propose(administrator), make_user()
    actions.cast_vote(ana, proposal.id, "yes")
    actions.cast_vote(ana, proposal.id, "no")
    assert queries.count_votes(proposal) == {"yes": 0, "no": 1, "abstain": 0}


def test_who_may_not_speak_has_no_vote(administrator):
    proposal = propose(administrator)
    suspended = make_user(suspended_until=now() + timedelta(days=1))
    for person in (Guest(), SYSTEM, suspended, make_user(email_confirmed_at=None)):
        with pytest.raises(NotAllowed):
            actions.cast_vote(person, proposal.id, "yes")
    with pytest.raises(Invalid):
        actions.cast_vote(make_user(), proposal.id, "perhaps")
    with pytest.raises(NotFound):
        actions.cast_vote(make_user(), 999, "yes")


def test_numbers_are_known_to_who_has_voted_and_at_the_end_to_all(administrator):
    proposal, reader = propose(administrator), make_user()
    (voter,) = vote(proposal, "yes")
    assert queries.seen_counts(reader, proposal) is None
    assert queries.seen_counts(voter, proposal) == {"yes": 1, "no": 0, "abstain": 0}
    let_time_run_out(proposal)
    assert queries.seen_counts(reader, proposal) is None
    actions.close_vote(SYSTEM, proposal.id)
    assert queries.seen_counts(Guest(), proposal) == {"yes": 1, "no": 0, "abstain": 0}


@pytest.mark.parametrize(
    ("votes", "quorum", "state"),
    [
        (("yes", "yes", "no"), 3, "adopted"),
        (("yes", "yes", "abstain"), 3, "adopted"),
        (("yes", "no"), 2, "fallen"),
        (("yes", "no", "no"), 2, "fallen"),
        (("yes", "yes"), 3, "fallen"),
        ((), 1, "fallen"),
    ],
)
def test_more_yes_than_no_and_enough_of_all_make_it_the_agreement(administrator, votes, quorum, state):
    proposal = propose(administrator, quorum=quorum)
    voters = vote(proposal, *votes)
    let_time_run_out(proposal)
    assert actions.close_vote(SYSTEM, proposal.id).state == state
    assert agreement.current_agreement().number == 1 + (state == "adopted")
    assert told(f"rules_{state}") == {administrator.id, *(voter.id for voter in voters)}


def test_what_is_adopted_is_published_word_for_word_and_once(administrator):
    proposal = propose(administrator)
    vote(proposal, "yes")
    let_time_run_out(proposal)
    close_votes()
    close_votes()
    actions.close_vote(SYSTEM, proposal.id)
    version = agreement.current_agreement()
    assert (version.number, version.way, version.reason) == (2, "vote", "Bring cake")
    assert wording_of(version) == OTHER
    assert queries.proposals_of([version]) == {version.id: proposal}


def test_the_votes_of_who_is_suspended_by_then_do_not_count(administrator):
    proposal = propose(administrator)
    (voter,) = vote(proposal, "yes")
    with transaction():
        db.session.merge(voter).suspended_until = now() + timedelta(days=1)
    let_time_run_out(proposal)
    assert actions.close_vote(SYSTEM, proposal.id).state == "fallen"


def test_a_vote_is_counted_by_the_clock_and_not_before(administrator):
    proposal = propose(administrator)
    with pytest.raises(NotAllowed):
        actions.close_vote(administrator, proposal.id)
    with pytest.raises(NotFound):
        actions.close_vote(SYSTEM, 999)
    assert actions.close_vote(SYSTEM, proposal.id).state == "open"
    let_time_run_out(proposal)
    with pytest.raises(Conflict):
        vote(proposal, "yes")


def test_who_proposed_it_takes_it_back_and_who_voted_is_told(administrator):
    proposal = propose(administrator)
    voters = vote(proposal, "yes", "no")
    with pytest.raises(NotAllowed):
        actions.withdraw_proposal(make_user("administrator"), proposal.id)
    for _time in range(2):
        assert actions.withdraw_proposal(administrator, proposal.id).state == "withdrawn"
    assert told("rules_withdrawn") == {voter.id for voter in voters}
    with pytest.raises(Conflict):
        vote(proposal, "yes")
    assert propose(administrator).state == "open"


def test_what_is_over_cannot_be_taken_back(administrator):
    proposal = adopt(propose(administrator))
    with pytest.raises(Conflict):
        actions.withdraw_proposal(administrator, proposal.id)


def test_what_the_law_asks_for_holds_at_once_and_says_why(administrator):
    proposal = propose(administrator)
    (voter,) = vote(proposal, "yes")
    version = actions.correct_agreement(administrator, OTHER, " Ordinance 7. ", 1)
    assert (version.number, version.way, version.reason) == (2, "law", "Ordinance 7.")
    assert proposal.state == "overtaken"
    assert told("rules_overtaken") == {administrator.id, voter.id}
    assert actions.correct_agreement(administrator, OTHER, "Ordinance 8.", 2).number == 3


def test_only_an_administrator_publishes_for_the_law_and_says_which(administrator):
    for person in (Guest(), make_user("moderator"), SYSTEM):
        with pytest.raises(NotAllowed):
            actions.correct_agreement(person, OTHER, "Ordinance 7.", 1)
    with pytest.raises(Invalid):
        actions.correct_agreement(administrator, OTHER, " ", 1)
    with pytest.raises(Conflict):
        actions.correct_agreement(administrator, OTHER, "Ordinance 7.", 0)


def test_a_vote_whose_ground_was_taken_away_ends_overtaken(administrator):
    proposal = propose(administrator)
    vote(proposal, "yes")
    publish_agreement(SYSTEM, Wording("Set by the house.", OTHER.rules))
    let_time_run_out(proposal)
    assert actions.close_vote(SYSTEM, proposal.id).state == "overtaken"
    assert db.session.scalars(select(AgreementVersion.number)).all() == [1, 2]


def test_a_list_of_proposals_goes_on_where_it_ended(administrator):
    made = []
    for number in range(3):
        wording = Wording(f"Wording {number}.", (RuleWording("One", "Text."),))
        made.append(propose(administrator, wording=wording))
        actions.withdraw_proposal(administrator, made[-1].id)
    page = queries.list_proposals(Guest(), None, limit=2)
    assert page.items == made[:0:-1]
    assert queries.list_proposals(Guest(), None, page.next, limit=2).items == made[:1]


def test_the_town_talks_where_everybody_may(present):
    organizer = make_user()
    project = make_project(organizer, title="B open")
    other = make_project(title="A open")
    make_project(organizer, visibility="members")
    make_project(organizer, status="completed")
    assert queries.places_to_talk(organizer) == [other, project]


def test_who_proposes_and_votes_in_a_project_may_speak_there(present):
    organizer, moderator, member = make_user(), make_user(), make_user()
    project = make_project(organizer, visibility="members")
    join(project, moderator, "moderator")
    join(project, member)
    people = {
        "guest": Guest(), "house": SYSTEM, "resident": make_user(), "organizer": organizer,
        "moderator": moderator, "member": member, "site moderator": make_user("moderator"),
        "administrator": make_user("administrator"),
    }  # fmt: skip
    assert {who for who in people if policies.can_propose(people[who], project)} == {
        "organizer", "moderator", "administrator",
    }  # fmt: skip
    proposal = propose(organizer, project.id)
    assert {who for who in people if policies.can_vote(people[who], proposal)} == {
        "organizer", "moderator", "member", "administrator",
    }  # fmt: skip
    with pytest.raises(NotFound):
        queries.get_proposal(people["resident"], proposal.id)
    with pytest.raises(NotFound):
        actions.cast_vote(people["resident"], proposal.id, "yes")
    assert queries.find_proposals(people["resident"], [proposal.id]) == {}
    assert queries.find_proposals(member, [proposal.id]) == {proposal.id: proposal}


def test_a_thread_that_closed_its_doors_is_not_shown_beside_the_proposal(administrator):
    organizer = make_user()
    project = make_project(organizer)
    proposal = propose(administrator, talk_in=project.id)
    edit_project(organizer, project, visibility="members")
    assert queries.seen_thread(Guest(), proposal) is None


def test_a_project_has_opened_once_somebody_spoke(present):
    organizer = make_user()
    project, drafted = make_project(organizer), make_project(organizer, status="draft")
    assert not queries.has_opened(project)
    for place in (project, drafted):
        make_post(make_thread(place, organizer), organizer)
    assert queries.has_opened(project)
    assert not queries.has_opened(drafted)
