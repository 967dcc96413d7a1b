"""Listed words in names and profiles: refused, or taken and looked at."""

from mailbox import mails_to
from mailbox import words as read

import pytest
from factories import make_user
from moderation.naming import act, change
from sqlalchemy import select

from civicforum.accounts import actions as accounts
from civicforum.accounts.models import Guest
from civicforum.agreement.actions import list_word
from civicforum.db import db
from civicforum.errors import Invalid
from civicforum.moderation import queries
from civicforum.moderation.models import Case


@pytest.fixture
def listed(place):
    list_word(place.moderator, "toad", "mask")
    list_word(place.moderator, "captain", "flag")
    return place


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("name", "Holdme Now"),
        ("name", "A Toad"),
        ("handle", "a-toad"),
        ("about", "I say holdme."),
        ("neighbourhood", "Toad"),
    ],
)
def test_what_is_held_or_masked_in_a_comment_stands_in_no_profile(listed, rude, field, words):
    with pytest.raises(Invalid) as refused:
        change(rude, **{field: words})
    assert list(refused.value.errors) == [field]
    assert "list of words" in refused.value.errors[field][0]
    assert getattr(rude, field) != words


def test_what_stood_there_before_it_was_listed_bars_nothing_else(listed):
    person = make_user(name="Old Toad", handle="old-one")
    change(person, about="Hello.")
    assert (person.name, person.about) == ("Old Toad", "Hello.")


@pytest.mark.parametrize(
    "words", [{"name": "Captain Hook"}, {"about": "Aye, Captain."}, {"handle": "captain-1"}]
)
def test_what_is_worth_a_look_is_taken_and_looked_at(listed, words):
    person = make_user()
    change(person, **words)
    case = queries.find_case_about("person", person.id)
    assert (case.source, case.state, case.opened_by_id) == ("list", "open", None)
    assert act(listed, person, "suspend").state == "open"


def test_a_sign_up_and_an_import_are_asked_alike(listed):
    administrator = make_user("administrator")
    for make in (
        lambda name: accounts.sign_up(Guest(), "new@example.org", name),
        lambda name: accounts.add_person(administrator, "new@example.org", name),
    ):
        with pytest.raises(Invalid) as refused:
            make("A Toad")
        assert list(refused.value.errors) == ["name"]
    person = accounts.add_person(administrator, "new@example.org", "Captain Hook")
    assert queries.find_case_about("person", person.id).source == "list"


def test_a_name_asked_for_at_sign_up_is_looked_at_once_it_is_somebodys(listed, app):
    accounts.sign_up(Guest(), "hook@example.org", "Captain Hook")
    assert db.session.scalars(select(Case)).all() == []
    (mail,) = mails_to(app, "hook@example.org")
    accounts.confirm_address(Guest(), read(mail).split("/confirm/")[1].split()[0].rstrip(")>"))
    assert db.session.scalars(select(Case.source)).all() == ["list"]
