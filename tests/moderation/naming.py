"""Somebody with a rude name, and what is done about it, for the tests of names and profiles."""

import pytest
from factories import make_post, make_user
from sqlalchemy import select

from civicforum.accounts import actions as accounts
from civicforum.accounts.models import User
from civicforum.db import db, transaction
from civicforum.moderation import actions
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Case, Flag, LogEntry
from civicforum.notifications.models import Notification

RUDE = "Ruth Is A Pig"


@pytest.fixture
def rude(place) -> User:
    """Somebody whose name and profile break rule 2, and who said something as well."""
    person = make_user(name=RUDE, handle="ruth-is-a-pig", about="Pigs moderate here.", neighbourhood="Sty")
    make_post(place.thread, person, "Good morning.")
    return person


def flag(place, person, part="name", by=None) -> Flag:
    return actions.flag_person(by or place.flagger, person.id, part, 2, "Look at it.")


def act(place, person, action: str, rule: int | None = 2, by=None) -> Case:
    return actions.moderate(by or place.moderator, "person", person.id, Deed(action, rule, "About a person."))


def change(person, **words) -> None:
    shown = {each: getattr(person, each) for each in ("name", "handle", "about", "neighbourhood")}
    accounts.update_profile(person, person, **shown | words)


def undo(case) -> None:
    with transaction():
        actions.undo_measure(make_user("moderator"), case.measures[-1], "It was fine.")


def told(user) -> list[str]:
    return list(db.session.scalars(select(Notification.reason).where(Notification.user_id == user.id)))


def lines() -> list[tuple[str, str, str]]:
    rows = db.session.scalars(select(LogEntry).order_by(LogEntry.number))
    return [(row.action, row.target, row.place) for row in rows]
