from datetime import timedelta

import pytest
from browser import forms_of, press, submit
from factories import make_agreement, make_post, make_project, make_thread, make_user, save
from votes import OTHER, adopt, draft, let_time_run_out, propose, vote

from civicforum.accounts.models import SYSTEM
from civicforum.agreement import queries as agreement
from civicforum.agreement.actions import publish_agreement
from civicforum.agreement.wording import RuleWording, Wording, pack
from civicforum.db import now
from civicforum.partnerships.actions import edit_project
from civicforum.rulemaking import actions, queries
from civicforum.rulemaking.comparing import compare
from civicforum.rulemaking.models import Proposal

NASTY = "<script>window.PWNED=1</script>[x](javascript:alert(1))"


@pytest.fixture
def administrator(app):
    make_agreement()
    return make_user("administrator", name="Ada Admin")


def agreement_form(browser, address) -> dict:
    """The fields of the form in which an agreement is written, as they stand on the page."""
    page = browser.get(address)
    return dict(next(form for form in forms_of(page) if form["id"] == "agreement")["fields"])


CAKE = {"rules-2-title": "Bring cake", "rules-2-text": "Enough for all.", "rules-2-title_es": "Traiga pastel"}


def test_a_change_is_written_into_the_present_text_and_read_by_everybody(administrator, sign_in, client):
    browser, project = sign_in(administrator), make_project(title="The square")
    fields = agreement_form(browser, "/agreement/proposals/new")
    assert (fields["rules-0-title"], fields["talk_in"]) == ("Say what you saw", str(project.id))
    sent = fields | CAKE | {"title": "Rule 3: cake", "why": "We are *hungry*."}
    address = browser.post("/agreement/proposals/new", data=sent).location
    page = client.get(address).text
    assert "<ins>Bring cake</ins>" in page
    assert "<em>hungry</em>" in page
    assert "2 rules stay as they are." in page
    assert "<ins>Traiga pastel</ins>" in client.get(address, headers={"Accept-Language": "es"}).text
    assert "Rule 3: cake" in client.get(f"/projects/{project.slug}/threads").text
    assert "Rule 3: cake" in client.get("/agreement").text
    assert "Rule 3: cake" in client.get("/agreement/proposals").text


def test_a_proposal_that_is_refused_keeps_what_was_typed(administrator, sign_in):
    browser = sign_in(administrator)
    fields = agreement_form(browser, "/agreement/proposals/new")
    sent = fields | {"title": "The same", "why": "Because."}
    answer = browser.post("/agreement/proposals/new", data=sent)
    assert (answer.status_code, "Nothing is changed yet" in answer.text) == (422, True)
    propose(administrator)
    answer = browser.post("/agreement/proposals/new", data=sent | CAKE)
    assert "One change is voted on at a time" in answer.text
    assert 'value="The same"' in answer.text
    shown = browser.get("/agreement/proposals/new")
    assert shown.location == f"/agreement/proposals/{queries.find_open(None).id}"


def test_who_may_not_is_led_to_no_form(administrator, sign_in, client):
    for address in ("/agreement/proposals/new", "/agreement/correct"):
        assert client.get(address).location.startswith("/sign-in")
        assert sign_in(make_user()).get(address).status_code == 403
    assert "Propose a change" not in sign_in(make_user()).get("/agreement").text
    assert "Propose a change" in sign_in(administrator).get("/agreement").text


def test_before_there_are_rules_there_is_nothing_to_change(app, sign_in):
    browser = sign_in(make_user("administrator"))
    assert browser.get("/agreement/proposals/new").status_code == 404
    assert browser.get("/agreement/correct").status_code == 404
    assert "Nothing was proposed yet" in browser.get("/agreement/proposals").text


def test_one_votes_and_then_sees_how_others_did(administrator, sign_in, client):
    proposal = propose(administrator)
    vote(proposal, "no", "no")
    address = f"/agreement/proposals/{proposal.id}"
    browser = sign_in(make_user())
    assert "people voted" not in browser.get(address).text
    assert browser.post(f"{address}/vote", data=csrf(browser, address)).status_code == 422
    page = submit(browser, address, "cast", choice="yes")
    assert "3 people voted" in page.text
    assert "Change my vote" in page.text
    assert "people voted" not in client.get(address).text
    assert "sign in" in client.get(address).text


def csrf(browser, address) -> dict:
    form = next(form for form in forms_of(browser.get(address)) if form["action"].endswith("/vote"))
    return {"csrf_token": form["fields"]["csrf_token"]}


def test_who_is_suspended_reads_that_they_cannot_vote(administrator, sign_in):
    proposal = propose(administrator)
    suspended = make_user(suspended_until=now() + timedelta(days=1))
    assert "Your account cannot" in sign_in(suspended).get(f"/agreement/proposals/{proposal.id}").text


def test_how_it_ended_is_said_in_words(administrator, sign_in, client):
    address = "/agreement/proposals"
    withdrawn = propose(administrator)
    press(sign_in(administrator), f"{address}/{withdrawn.id}", f"{address}/{withdrawn.id}/withdraw")
    assert "took it back" in client.get(f"{address}/{withdrawn.id}").text
    few, against = propose(administrator, quorum=9), None
    let_time_run_out(few)
    assert "being counted" in client.get(f"{address}/{few.id}").text
    actions.close_vote(SYSTEM, few.id)
    assert "Too few people voted" in client.get(f"{address}/{few.id}").text
    against = propose(administrator)
    vote(against, "no")
    let_time_run_out(against)
    actions.close_vote(SYSTEM, against.id)
    assert "Not more people said yes" in client.get(f"{address}/{against.id}").text
    overtaken = propose(administrator, wording=Wording("Other.", OTHER.rules))
    actions.correct_agreement(administrator, OTHER, "Ordinance 7.", 1)
    assert "The law changed the rules" in client.get(f"{address}/{overtaken.id}").text
    adopted = adopt(propose(administrator, wording=Wording("Third.", OTHER.rules)))
    assert "More people said yes than no" in client.get(f"{address}/{adopted.id}").text
    versions = client.get("/agreement").text
    assert "Required by law: Ordinance 7." in versions
    assert "By vote: Bring cake" in versions


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("adopted", "The rules changed by vote"),
        ("fallen", "the rules stay as they were"),
        ("withdrawn", "was taken back"),
        ("overtaken", "because the law changed"),
    ],
)
def test_the_inbox_says_how_a_vote_ended(administrator, sign_in, reason, said):
    proposal = propose(administrator, quorum=1 if reason == "adopted" else 9)
    (voter,) = vote(proposal, "yes")
    if reason == "withdrawn":
        actions.withdraw_proposal(administrator, proposal.id)
    elif reason == "overtaken":
        actions.correct_agreement(administrator, OTHER, "Ordinance 7.", 1)
    else:
        let_time_run_out(proposal)
        actions.close_vote(SYSTEM, proposal.id)
    assert said in sign_in(voter).get("/inbox").text


def test_what_the_law_asks_for_is_written_in_a_form(administrator, sign_in):
    browser = sign_in(administrator)
    sent = agreement_form(browser, "/agreement/correct") | CAKE | {"reason": "Ordinance 7."}
    assert browser.post("/agreement/correct", data=sent).status_code == 302
    assert [rule.title for rule in agreement.current_agreement().rules][-1] == "Bring cake"
    again = browser.post("/agreement/correct", data=sent)
    assert "Somebody published version 2 meanwhile" in again.text
    assert browser.get(f"/projects/{make_project().slug}/agreement/correct").status_code == 404


def test_organizers_write_rules_of_the_projects_own_in_a_form(administrator, sign_in, client):
    organizer = make_user()
    project = make_project(organizer, title="Lanterns")
    browser, home = sign_in(organizer), f"/projects/{project.slug}/agreement"
    assert "agreement holds in this project" in client.get(home).text
    assert "Write rules of its own" in browser.get(home).text
    sent = agreement_form(browser, f"{home}/write") | CAKE
    assert browser.post(f"{home}/write", data=sent).location == home
    page = client.get(home).text
    assert "has rules of its own" in page
    assert "Bring cake" in page
    assert "Bring cake" not in client.get("/agreement").text
    assert "Somebody published version 1 meanwhile" in browser.post(f"{home}/write", data=sent).text
    make_post(make_thread(project, organizer), organizer)
    assert "proposed and voted on" in browser.get(f"{home}/write").text
    assert "Write rules of its own" not in browser.get(home).text
    assert sign_in(make_user()).get(f"{home}/write").status_code == 403


def test_a_project_proposes_and_votes_on_its_own(administrator, sign_in, client):
    organizer = make_user()
    project = make_project(organizer, title="Lanterns")
    browser, home = sign_in(organizer), f"/projects/{project.slug}/agreement"
    sent = agreement_form(browser, f"{home}/proposals/new") | CAKE
    assert "talk_in" not in sent
    made = browser.post(f"{home}/proposals/new", data=sent | {"title": "Cake here", "why": "Because."})
    assert "Cake here" in client.get(f"{home}/proposals").text
    assert "Cake here" not in client.get("/agreement/proposals").text
    vote(queries.find_open(project.id), *["yes"] * 4)
    adopt(queries.find_open(project.id))
    page = client.get(home).text
    assert "By vote: Cake here" in page
    publish_agreement(SYSTEM, OTHER, project_id=project.id)
    assert "earlier version" in client.get(f"{home}/versions/1").text
    assert "have not accepted these rules" in sign_in(organizer).get(home).text
    edit_project(organizer, project, visibility="members")
    for address in (home, f"{home}/proposals", f"{home}/versions/1", made.location):
        assert client.get(address).status_code == 404


def test_the_api_and_the_pages_tell_the_same_rules(administrator, client):
    project = make_project()
    assert client.get(f"/api/v1/projects/{project.slug}/agreement").json["version"] == 1


def test_words_of_a_proposal_are_inert(administrator, client):
    nasty = Wording(NASTY, (RuleWording(NASTY[:100], NASTY),))
    proposal = propose(administrator, title=NASTY[:100], why=NASTY, wording=nasty)
    page = client.get(f"/agreement/proposals/{proposal.id}").text
    assert "<script>window" not in page
    assert 'href="javascript' not in page


def test_many_proposals_cost_no_more_than_one(administrator, client, count_queries):
    def cost() -> int:
        client.get("/agreement/proposals")
        with count_queries() as count:
            assert client.get("/agreement/proposals").status_code == 200
        return count.total

    base = draft().based_on

    def plant(number: int) -> None:
        facts = {"title": f"Change {number}", "why": "x", "wording": pack(OTHER), "state": "fallen"}
        counts = {"yes": 1, "no": 2, "abstain": 0}
        proposer = make_user()
        save(
            Proposal(
                based_on_id=base, proposer_id=proposer.id, closes_at=now(), ended_at=now(), quorum=5,
                counts=counts, **facts,
            )
        )  # fmt: skip

    plant(0)
    few = cost()
    for number in range(1, 15):
        plant(number)
    assert cost() == few


def test_the_page_of_the_rules_costs_no_more_with_many_versions(administrator, client, count_queries):
    def cost() -> int:
        client.get("/agreement")
        with count_queries() as count:
            client.get("/agreement")
        return count.total

    adopt(propose(administrator))
    few = cost()
    for number in range(5):
        publish_agreement(SYSTEM, Wording(f"Again {number}.", OTHER.rules), way="law", reason="x")
    assert cost() == few


def rules(*titles, **texts) -> Wording:
    return Wording("Hello.", tuple(RuleWording(title, texts.get(title, "Text.")) for title in titles))


def kinds(before, after) -> list[tuple]:
    return [(change.kind, change.was, change.number) for change in compare(before, after, "en").rules]


def test_a_rule_that_comes_between_leaves_the_others_as_they_are():
    assert kinds(rules("A", "B"), rules("A", "X", "B")) == [
        ("same", 1, 1), ("added", None, 2), ("same", 2, 3),
    ]  # fmt: skip
    assert kinds(rules("A", "B", "C"), rules("A", "C")) == [
        ("same", 1, 1), ("removed", 2, None), ("same", 3, 2),
    ]  # fmt: skip
    assert kinds(rules("A", "B"), rules("A", "Z")) == [("same", 1, 1), ("changed", 2, 2)]


def test_what_is_added_at_the_end_of_a_paragraph_stays_in_it():
    before, after = rules("A", A="One.\n\nTwo."), rules("A", A="One. More.\n\nTwo.")
    (change,) = compare(before, after, "en").rules
    assert "".join(text for kind, text in change.text if kind != "removed") == "One. More.\n\nTwo."
    assert "".join(text for kind, text in change.text if kind != "added") == "One.\n\nTwo."
    assert ("same", "Two.") in [tuple(piece) for piece in change.text]


def test_that_nobody_is_asked_to_sit_down_about_it_is_a_change_of_its_own():
    hard = Wording("Hello.", (RuleWording("A", "Text.", no_mediation=True),))
    assert [c.no_mediation for c in compare(rules("A"), hard, "en").rules] == [True]
    assert [c.no_mediation for c in compare(hard, rules("A"), "en").rules] == [False]
    assert [c.no_mediation for c in compare(Wording("Hello.", ()), hard, "en").rules] == [True]
    assert compare(hard, hard, "en").is_same
