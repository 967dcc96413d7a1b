import re

from browser import press, submit
from factories import make_agreement, make_user, save

from civicforum.accounts.models import SYSTEM
from civicforum.agreement import actions, queries
from civicforum.agreement.models import AgreementVersion, Rule
from civicforum.agreement.wording import RuleWording, Wording
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
    actions.publish_agreement(SYSTEM, Wording("New.", (RuleWording("Be kind", "To all."),)))
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
