import pytest
from factories import join, make_agreement, make_post, make_project, make_thread, make_user
from votes import OTHER, adopt, let_time_run_out, propose, vote

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.agreement import queries as agreement
from civicforum.agreement.actions import accept_agreement, list_word, publish_agreement
from civicforum.agreement.queries import find_hold
from civicforum.agreement.wording import RuleWording, Wording
from civicforum.db import db
from civicforum.discussions import actions as discussions
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.moderation import actions as moderation
from civicforum.moderation import queries as cases
from civicforum.moderation.actions import Deed
from civicforum.moderation.statements import statement_of
from civicforum.partnerships.actions import edit_project
from civicforum.rulemaking import actions, queries

THREE = Wording("Ours.", tuple(RuleWording(f"Own rule {n}", "Text.") for n in (1, 2, 3)))


@pytest.fixture(autouse=True)
def inside(app):
    """Statements have addresses in them."""
    with app.test_request_context(base_url=app.config["BASE_URL"]):
        yield


@pytest.fixture
def organizer(app):
    make_agreement()
    return make_user(name="Olga")


@pytest.fixture
def project(organizer):
    return make_project(organizer, title="Lanterns")


@pytest.fixture
def own(project, organizer):
    return actions.write_own_agreement(organizer, project.id, THREE)


def test_without_rules_of_its_own_the_towns_hold_in_a_project(project):
    assert agreement.current_agreement(project.id) is agreement.current_agreement()
    assert [rule.title for rule in cases.list_rules(project)] == [rule.title for rule in cases.list_rules()]


def test_its_own_rules_hold_there_and_nowhere_else(own, project):
    elsewhere = make_project()
    assert [len(agreement.list_rules(place)) for place in (project.id, elsewhere.id, None)] == [3, 2, 2]
    publish_agreement(SYSTEM, OTHER)
    assert agreement.current_agreement(project.id) is own
    assert [version.number for version in agreement.list_agreements(project.id)] == [1]
    with pytest.raises(NotFound):
        agreement.get_agreement(2, project.id)


def test_until_somebody_speaks_organizers_write_them_anew(own, project, organizer):
    assert actions.write_own_agreement(organizer, project.id, OTHER, based_on=1).number == 2
    with pytest.raises(Conflict):
        actions.write_own_agreement(organizer, project.id, THREE, based_on=1)
    make_post(make_thread(project, organizer), organizer)
    with pytest.raises(Conflict):
        actions.write_own_agreement(organizer, project.id, THREE, based_on=2)


def test_only_organizers_write_them(project, organizer):
    closed = make_project(organizer, visibility="members")
    with pytest.raises(NotAllowed):
        actions.write_own_agreement(make_user(), project.id, OTHER)
    with pytest.raises(NotFound):
        actions.write_own_agreement(make_user(), closed.id, OTHER)


def test_where_people_speak_rules_of_its_own_come_by_vote(project, organizer):
    make_post(make_thread(project, organizer), organizer)
    proposal = propose(organizer, project.id, wording=THREE)
    assert proposal.thread.project_id == project.id
    publish_agreement(SYSTEM, OTHER)
    version = adopt(proposal).version
    assert (version.project_id, version.number, version.way) == (project.id, 1, "vote")
    assert agreement.current_agreement().number == 2


def test_two_votes_in_two_places_do_not_touch_each_other(project, organizer):
    moderator = make_user("moderator")
    here, town = propose(organizer, project.id, wording=THREE), propose(moderator)
    assert (queries.find_open(project.id), queries.find_open(None)) == (here, town)
    assert adopt(town).state == "adopted"
    assert adopt(here).state == "adopted"


def test_a_vote_on_the_towns_words_ends_where_the_project_got_its_own(project, organizer):
    proposal = propose(organizer, project.id, wording=OTHER)
    vote(proposal, "yes")
    publish_agreement(SYSTEM, THREE, project_id=project.id)
    let_time_run_out(proposal)
    assert actions.close_vote(SYSTEM, proposal.id).state == "overtaken"


def test_a_law_changes_a_projects_own_rules_too(own, project):
    administrator = make_user("administrator")
    version = actions.correct_agreement(administrator, OTHER, "Ordinance 7.", 1, project.id)
    assert (version.project_id, version.number, version.way) == (project.id, 2, "law")
    with pytest.raises(Conflict):
        actions.correct_agreement(administrator, OTHER, "Ordinance 7.", 1, make_project().id)
    with pytest.raises(NotFound):
        actions.correct_agreement(make_user(), OTHER, "x", 1, make_project(visibility="members").id)


def test_flags_and_measures_cite_the_rules_of_the_place(own, project):
    moderator, author, flagger = make_user("moderator"), make_user(), make_user()
    here = make_post(make_thread(project, author), author)
    elsewhere = make_post(make_thread(make_project(), author), author)
    assert moderation.flag_post(flagger, here.id, 3, "").rule.title == "Own rule 3"
    with pytest.raises(Invalid) as refused:
        moderation.flag_post(flagger, elsewhere.id, 3, "")
    assert "rule" in refused.value.errors
    case = moderation.moderate(moderator, "post", here.id, Deed("hide", 3, "Because."))
    cited = statement_of(case.measures[-1]).rule
    assert (cited.title, cited.source) == ("Own rule 3", "Version 1 of the agreement of Lanterns")
    with pytest.raises(Invalid):
        moderation.moderate(moderator, "post", elsewhere.id, Deed("hide", 3, "Because."))
    town = moderation.moderate(moderator, "post", elsewhere.id, Deed("hide", 2, "Because."))
    assert statement_of(town.measures[-1]).rule.source == "Version 1 of the agreement"


def test_what_was_held_is_declined_under_the_rules_of_the_place(own, project):
    moderator, author = make_user("moderator"), make_user()
    list_word(moderator, "holdme", "hold")
    accept_agreement(author, 1, project.id)
    held = discussions.post_reply(author, make_thread(project, moderator).id, "Do holdme.")
    deed = Deed("decline", 3, "Because.")
    moderation.decide_hold(moderator, find_hold("post", held.id).id, deed)
    assert held.rule_title == "Own rule 3"


def test_reasons_that_were_written_for_the_towns_rules_name_none_of_a_projects(own, project):
    assert any(each.rule for each in cases.list_templates("en"))
    assert any(each.rule for each in cases.list_templates("en", make_project()))
    assert not any(each.rule for each in cases.list_templates("en", project))


def test_the_public_log_names_no_rule_of_a_closed_project(own, project, organizer):
    author = make_user()
    post = make_post(make_thread(project, author), author)
    assert "Own rule 3" in {rule.title for rule in cases.rules_ever()}
    edit_project(organizer, project, visibility="members")
    assert "Own rule 3" not in {rule.title for rule in cases.rules_ever()}
    moderator = make_user()
    join(project, moderator, "moderator")
    moderation.moderate(moderator, "post", post.id, Deed("hide", 3, "Because."))
    assert cases.list_log(None, 10).items[0].rule == "3 (members-only project)"


def test_a_closed_projects_version_is_read_by_who_may_see_it(own, project, organizer):
    assert queries.get_version(Guest(), own.id) is own
    edit_project(organizer, project, visibility="members")
    assert queries.get_version(organizer, own.id) is own
    for viewer, version_id in ((Guest(), own.id), (organizer, 999)):
        with pytest.raises(NotFound):
            queries.get_version(viewer, version_id)


def test_the_api_tells_the_rules_of_a_project(own, project, client):
    told = client.get(f"/api/v1/projects/{project.slug}/agreement").json
    assert (told["version"], len(told["rules"])) == (1, 3)
    assert len(client.get("/api/v1/agreement").json["rules"]) == 2


def test_a_rule_that_was_cited_stays_as_it_read_then(own, project, organizer):
    author = make_user()
    post = make_post(make_thread(project, author), author)
    case = moderation.moderate(make_user("moderator"), "post", post.id, Deed("hide", 3, "Because."))
    adopt(propose(organizer_who_accepted(organizer, project), project.id, wording=OTHER))
    db.session.refresh(case)
    assert statement_of(case.measures[-1]).rule.title == "Own rule 3"


def organizer_who_accepted(organizer, project):
    accept_agreement(organizer, 1, project.id)
    return organizer
