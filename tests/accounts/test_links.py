import pytest
from factories import make_user

from civicforum.accounts import links
from civicforum.db import transaction


@pytest.fixture
def person(app):
    return make_user(password_hash="old hash")


def change(person, **facts):
    with transaction():
        for name, value in facts.items():
            setattr(person, name, value)


def test_a_fresh_link_fits(person):
    assert links.check_token(person, links.make_token(person, "reset", "more"), "reset") == "more"


@pytest.mark.parametrize("purpose", sorted(set(links.LIFETIMES) - {"reset"}))
def test_a_link_serves_no_other_purpose(person, purpose):
    with pytest.raises(links.DeadLink):
        links.check_token(person, links.make_token(person, "reset"), purpose)


def test_a_link_is_not_somebody_elses(person):
    with pytest.raises(links.DeadLink):
        links.check_token(make_user(), links.make_token(person, "reset"), "reset")


@pytest.mark.parametrize(
    "facts",
    [
        {"password_hash": "new"},
        {"email": "new@example.org"},
        {"link_version": 2},
        {"pending_email": "x@y.org"},
    ],
)
def test_a_link_dies_when_what_it_is_bound_to_changes(person, facts):
    token = links.make_token(person, "sign-in")
    change(person, **facts)
    with pytest.raises(links.DeadLink):
        links.check_token(person, token, "sign-in")


@pytest.mark.parametrize("purpose", ["confirm", "reset", "sign-in"])
def test_a_link_lives_for_its_time_alone(person, purpose, monkeypatch):
    token = links.make_token(person, purpose)
    alive = links.LIFETIMES[purpose].total_seconds()
    clock = links.URLSafeTimedSerializer.default_signer.get_timestamp
    monkeypatch.setattr(
        links.URLSafeTimedSerializer.default_signer,
        "get_timestamp",
        lambda self: clock(self) + int(alive) - 5,
    )
    assert links.read_token(token, purpose) == (person.id, "")
    monkeypatch.setattr(
        links.URLSafeTimedSerializer.default_signer,
        "get_timestamp",
        lambda self: clock(self) + int(alive) + 5,
    )
    with pytest.raises(links.DeadLink):
        links.read_token(token, purpose)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é" * 50, "W10.x.y", "." * 5000])
def test_nonsense_is_a_dead_link(app, token):
    with pytest.raises(links.DeadLink):
        links.read_token(token, "reset")


def test_the_promised_lifetimes_hold():
    minutes = {purpose: life.total_seconds() / 60 for purpose, life in links.LIFETIMES.items()}
    assert (minutes["confirm"], minutes["reset"], minutes["sign-in"]) == (24 * 60, 60, 15)
