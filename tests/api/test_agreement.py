from factories import make_agreement

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.actions import install_shipped


def test_the_rules_are_open_to_everybody(app, client):
    make_agreement()
    told = client.get("/api/v1/agreement").json
    assert (told["version"], told["rules"]) == (
        1,
        [
            {"number": 1, "title": "Say what you saw", "text": "As yourself."},
            {"number": 2, "title": "Speak about what people do", "text": "Not about what they are."},
        ],
    )


def test_before_there_is_an_agreement_there_are_no_rules(app, client):
    assert client.get("/api/v1/agreement").json == {
        "version": 0,
        "introduction": "",
        "published_at": None,
        "rules": [],
    }


def test_the_rules_are_told_in_the_readers_language(app, client):
    install_shipped(SYSTEM)
    told = client.get("/api/v1/agreement", headers={"Accept-Language": "es"}).json
    assert told["rules"][3]["title"] == "Ninguna amenaza, nunca"
