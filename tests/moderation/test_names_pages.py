"""The pages about a name or profile: flagging it, deciding it, choosing anew; all without JavaScript."""

import pytest
from browser import press, submit
from factories import make_user
from moderation.naming import RUDE, act, flag

from civicforum.agreement.actions import list_word
from civicforum.db import db, transaction
from civicforum.moderation import actions, queries
from civicforum.moderation.models import Flag


@pytest.fixture
def moderator(place, sign_in):
    return sign_in(place.moderator)


def flag_url(person) -> str:
    return f"/people/{person.handle}/flag"


def test_a_person_is_flagged_from_their_page_and_the_flag_is_taken_back(place, rude, sign_in):
    browser = sign_in(place.flagger)
    assert flag_url(rude) in browser.get(f"/people/{rude.handle}").text
    assert submit(browser, flag_url(rude), part="profile", rule="2", note="Pigs.").status_code == 200
    row = db.session.query(Flag).one()
    assert (row.part, row.note) == ("profile", "Pigs.")
    assert "It is being looked at" in browser.get(flag_url(rude)).text
    press(browser, flag_url(rude), f"{flag_url(rude)}/withdraw")
    assert db.session.query(Flag).one().state == "withdrawn"


def test_a_flag_without_a_rule_keeps_what_was_typed(place, rude, sign_in):
    answer = submit(sign_in(place.flagger), flag_url(rude), part="profile", note="Pigs.")
    assert answer.status_code == 422
    assert "Choose a rule." in answer.text
    assert "Pigs.</textarea>" in answer.text


def test_nobody_flags_what_they_may_not(place, rude, sign_in, client):
    own = sign_in(rude)
    assert flag_url(rude) not in own.get(f"/people/{rude.handle}").text
    assert own.get(flag_url(rude)).status_code == 403
    assert client.get(flag_url(rude)).status_code in (302, 403)
    assert sign_in(place.flagger).get("/people/nobody-here/flag").status_code == 404


def test_whose_name_it_is_finds_no_trace_of_a_flag(place, rude, sign_in):
    flag(place, rude)
    own = sign_in(rude)
    pages = [
        own.get(url).text for url in (f"/people/{rude.handle}", "/settings/standing", "/inbox", "/settings")
    ]
    assert [page for page in pages if place.flagger.name in page or "Look at it." in page] == []
    assert own.get(f"/moderation/people/{rude.handle}").status_code == 404


def test_a_moderator_leaves_it_from_a_form(place, rude, moderator):
    flag(place, rude)
    url = f"/moderation/people/{rude.handle}"
    page = moderator.get(url).text
    assert "Look at it." in page
    assert place.flagger.name not in page
    assert submit(moderator, url, reason="").status_code == 422
    assert submit(moderator, url, reason="It is a joke on herself.").request.path == "/moderation"
    assert queries.find_case_about("person", rude.id).state == "closed"
    assert "Left as it was" in moderator.get(url).text


def test_a_moderator_takes_a_name_back_and_the_person_chooses_another(place, rude, moderator, sign_in):
    flag(place, rude)
    url = f"/moderation/people/{rude.handle}/measures/take_name"
    assert RUDE in moderator.get(url).text
    assert submit(moderator, url, rule="2", reason="It is about a person.").request.path == "/moderation"
    page = moderator.get(f"/moderation/people/{rude.handle}").text
    assert "measures/take_name" not in page
    assert "has not chosen another one yet" in page
    assert RUDE in page
    case = queries.find_case_about("person", rude.id)
    own = sign_in(rude)
    reasons = own.get(f"/cases/{case.id}/reasons").text
    assert "It is about a person." in reasons
    assert "Choose another name" in reasons
    assert submit(own, "/settings", name=RUDE).status_code == 422
    assert submit(own, "/settings", name="Robin Field").status_code == 200
    assert rude.name == "Robin Field"
    assert "chose other words" in moderator.get(f"/moderation/people/{rude.handle}").text


def test_a_moderator_who_saw_an_older_case_does_nothing(place, rude, moderator):
    flag(place, rude)
    url = f"/moderation/people/{rude.handle}/measures/clear_profile"
    version = queries.find_case_about("person", rude.id).version
    act(place, rude, "suspend", by=make_user("moderator"))
    answer = submit(moderator, url, rule="2", reason="Pigs.", version=str(version))
    assert answer.status_code in (409, 422)
    assert rude.about


def test_who_has_a_part_in_it_is_told_who_decides(place, rude, moderator, sign_in):
    flag(place, rude, by=place.moderator)
    page = moderator.get(f"/moderation/people/{rude.handle}").text
    assert "You flagged this yourself" in page
    assert "measures/take_name" not in page
    own = moderator.get(f"/moderation/people/{place.moderator.handle}").text
    assert "your own name and profile" in own
    for url in (f"/moderation/people/{rude.handle}", f"/moderation/people/{rude.handle}/measures/warn"):
        assert sign_in(place.flagger).get(url).status_code == 404


def test_who_flagged_reads_why_it_was_left(place, rude, sign_in):
    flag(place, rude)
    case = act(place, rude, "leave", None)
    page = sign_in(place.flagger).get(f"/cases/{case.id}/reasons").text
    assert "The name and the profile stay as they are." in page
    assert "comment" not in page.split("<main")[1].split("</main")[0].lower().replace("community", "")


def test_a_listed_word_at_sign_up_is_said_so_and_what_was_typed_stays(place, client):
    list_word(place.moderator, "toad", "mask")
    answer = submit(client, "/sign-up", "sign-up", email="new@example.org", name="A Toad", accepts="y")
    assert answer.status_code == 422
    assert "on the town’s list of words" in answer.text
    assert 'value="A Toad"' in answer.text


@pytest.mark.parametrize("why", ["flag", "second_look", "list", "moderator"])
def test_an_item_of_the_queue_says_what_and_why(place, rude, moderator, why):
    with transaction():
        case = actions.open_case(place.moderator, "person", rude.id, source=why)
        case.state = "second_look" if why == "second_look" else "open"
    if why == "flag":
        flag(place, rude)
    shown = " ".join(moderator.get("/moderation").text.split())
    says = {
        "flag": "flagged by 1 person, rule 2",
        "second_look": "chosen anew: please look again",
        "list": "it has a listed word",
        "moderator": "opened by a moderator",
    }[why]
    assert [
        part for part in (says, RUDE, "Sty", f"/moderation/people/{rude.handle}") if part not in shown
    ] == []
    assert ("A flag on the name says:" in shown) == (why == "flag")


def test_the_page_of_a_person_takes_as_many_queries_with_thirty_flags(place, rude, moderator, count_queries):
    def count() -> int:
        db.session.expire_all()
        with count_queries() as n:
            assert moderator.get(f"/moderation/people/{rude.handle}").status_code == 200
        return n.total

    flag(place, rude)
    count()
    one = count()
    for _each in range(29):
        flag(place, rude, by=make_user())
    assert count() == one
