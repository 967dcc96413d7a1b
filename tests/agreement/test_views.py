import re

from browser import forms_of, press, submit
from factories import make_agreement, make_user, save

from civicforum.accounts.models import SYSTEM
from civicforum.agreement import actions, queries
from civicforum.agreement.models import AgreementVersion, Rule
from civicforum.db import now

NASTY = "<script>window.PWNED=1</script>[x](javascript:alert(1))"


def test_every_rule_has_an_anchor(app, client):
    actions.install_shipped(SYSTEM)
    page = client.get("/agreement").text
    assert re.findall(r'id="rule-(\d+)"', page) == list("123456")


def test_the_agreement_is_read_in_the_readers_language(app, client):
    actions.install_shipped(SYSTEM)
    page = client.get("/agreement", headers={"Accept-Language": "es"}).text
    assert "Ninguna amenaza, nunca" in page
    assert "No threats, ever" not in page


def test_before_there_is_one_the_page_says_so(app, client):
    assert "Not written yet" in client.get("/agreement").text


def test_earlier_versions_stay_readable_and_say_that_they_are_earlier(app, client):
    make_agreement()
    actions.publish_agreement(SYSTEM, "New.", [actions.RuleWording("Be kind", "To all.")])
    earlier = client.get("/agreement/versions/1").text
    assert "Say what you saw" in earlier
    assert "earlier version" in earlier
    assert client.get("/agreement/versions/3").status_code == 404


def test_words_of_the_agreement_are_inert(app, client):
    save(
        AgreementVersion(
            number=1,
            introduction=NASTY,
            published_at=now(),
            rules=[Rule(number=1, title=NASTY[:120], text=NASTY)],
        )
    )
    page = client.get("/agreement").text
    assert "<script>window" not in page
    assert 'href="javascript' not in page


def test_somebody_signed_in_accepts_the_version_they_read(app, sign_in):
    version, ana = make_agreement(), make_user()
    browser = sign_in(ana)
    submit(browser, "/agreement", "accept")
    assert queries.has_accepted(ana, version)
    assert "not accepted" not in browser.get("/agreement").text


def test_the_next_version_is_written_in_a_form(app, sign_in):
    make_agreement()
    browser = sign_in(make_user("administrator"))
    page = browser.get("/agreement/edit")
    form = next(form for form in forms_of(page) if form["id"] == "agreement")
    fields = dict(form["fields"])
    assert fields["rules-0-title"] == "Say what you saw"
    fields |= {
        "introduction": "We begin anew.",
        "rules-1-title": "", "rules-1-text": "",
        "rules-2-title": "Bring cake", "rules-2-text": "Enough for all.", "rules-2-title_es": "Traiga pastel",
    }  # fmt: skip
    assert browser.post("/agreement/edit", data=fields).status_code == 302
    rules = queries.current_agreement().rules
    assert [(rule.number, rule.title) for rule in rules] == [(1, "Say what you saw"), (2, "Bring cake")]
    assert rules[1].title_in("es") == "Traiga pastel"
    assert browser.post("/agreement/edit", data=fields).status_code == 409


def test_only_an_administrator_sees_the_form(app, client, sign_in):
    assert client.get("/agreement/edit").location.startswith("/sign-in")
    assert sign_in(make_user("moderator")).get("/agreement/edit").status_code == 403


def test_moderators_keep_the_word_list(app, sign_in):
    browser = sign_in(make_user("moderator"))
    page = submit(browser, "/agreement/words", "list-word", word="<b>trash</b>", action="hold")
    assert "&lt;b&gt;trash&lt;/b&gt;" in page.text
    word_id = queries.list_words(SYSTEM)[0].id
    press(browser, "/agreement/words", f"/agreement/words/{word_id}/unlist")
    assert list(queries.list_words(SYSTEM)) == []


def test_the_word_list_is_nobody_elses_to_know(app, client, sign_in):
    assert sign_in(make_user("administrator")).get("/agreement/words").status_code == 404
    assert client.get("/agreement/words").status_code == 404


def test_vouching_is_a_button_on_a_newcomers_page(app, sign_in, client):
    newcomer = make_user(newcomer=True)
    url = f"/people/{newcomer.handle}"
    assert "newcomer" not in client.get(url).text
    assert "newcomer" not in sign_in(make_user()).get(url).text
    browser = sign_in(make_user("steward"))
    press(browser, url, f"{url}/vouch")
    assert not queries.is_newcomer(newcomer)
    assert "newcomer’s limits" not in browser.get(url).text
