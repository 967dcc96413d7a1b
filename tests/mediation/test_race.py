"""Several people at the same moment, on both databases: one order of things, and nobody finds two rooms."""

from factories import make_agreement
from mediation.odds import make_odds
from races import at_once
from sqlalchemy import select

from civicforum.accounts.models import User
from civicforum.db import db
from civicforum.errors import Conflict
from civicforum.mediation import actions
from civicforum.mediation.models import Mediation
from civicforum.moderation.models import LogEntry


def by_name(name: str) -> User:
    return db.session.scalars(select(User).where(User.name == name)).one()


def doing(action, name: str, *arguments):
    return lambda: action(by_name(name), *arguments) and None


def test_of_two_yeses_at_once_one_opens_the_room(town):
    with town.app_context():
        make_agreement()
        id_ = make_odds().offer()
    both = [doing(actions.accept_offer, name, id_) for name in ("Ben Baker", "Mo Mediator")]
    assert at_once(town, both, held=Mediation) == [None, None]
    with town.app_context():
        assert db.session.get_one(Mediation, id_).state == "in_session"
        assert len(db.session.scalars(select(LogEntry)).all()) == 1


def test_a_no_and_the_last_yes_at_once_leave_one_of_the_two(town):
    with town.app_context():
        make_agreement()
        odds = make_odds()
        id_ = odds.offer()
        actions.accept_offer(odds.ben, id_)
    deeds = [
        doing(actions.decline_offer, "Ben Baker", id_),
        doing(actions.accept_offer, "Mo Mediator", id_),
    ]
    declined, accepted = at_once(town, deeds, held=Mediation)
    with town.app_context():
        begun = db.session.get_one(Mediation, id_).state == "in_session"
    assert accepted is None
    assert isinstance(declined, Conflict) == begun


def test_a_button_pressed_twice_asks_once(town):
    with town.app_context():
        make_agreement()
        post_id = make_odds().post.id
    twice = [doing(actions.ask_for_mediation, "Ana Adler", post_id)] * 2
    outcomes = at_once(town, twice)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "NoneType"]
