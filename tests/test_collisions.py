"""Two who want the same at the same moment: one has it, and the other is answered as if they came later."""

import pytest
from factories import make_agreement, make_user
from races import at_once
from sqlalchemy import func, select

from civicforum.accounts import actions as accounts
from civicforum.accounts.models import SYSTEM, EndedSession, Guest, RoleGrant, User
from civicforum.agreement import actions as agreement
from civicforum.agreement.models import AgreementVersion, ListedWord
from civicforum.agreement.wording import RuleWording, Wording
from civicforum.db import db
from civicforum.errors import Conflict, Invalid
from civicforum.partnerships import actions as partnerships
from civicforum.townhalls.actions import renew_calendar
from civicforum.web.models import Site

CROWD = 6
GUEST = Guest()


def as_user(user_id, deed):
    """The deed of this person, who is read anew as at the beginning of a request."""
    return lambda: deed(db.session.get_one(User, user_id))


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_an_address_that_signs_up_twice_at_once_has_one_account_and_nobody_sees_an_error(town):
    said = at_once(town, [lambda: accounts.sign_up(GUEST, "ana@example.org", "Ana Lopez")] * CROWD)
    assert said == [None] * CROWD
    with town.app_context():
        assert db.session.scalars(select(User.email)).all() == ["ana@example.org"]


def test_a_handle_that_many_choose_at_once_is_one_persons(town):
    with town.app_context():
        people = [(user.id, user.name) for user in (make_user() for _ in range(CROWD))]
    wishes = [
        as_user(id_, lambda me, name=name: accounts.update_profile(me, me, name=name, handle="rosa"))
        for id_, name in people
    ]
    said = at_once(town, wishes, held=User)
    refused = [answer.errors for answer in said if isinstance(answer, Invalid)]
    assert said.count(None) == 1
    assert refused == [{"handle": ["Somebody has this one already."]}] * (CROWD - 1)


def test_people_of_one_name_who_are_added_at_once_get_a_handle_each(town):
    added = [
        lambda n=n: accounts.add_person(SYSTEM, f"ana{n}@example.org", "Ana Lopez").handle for n in range(4)
    ]
    assert sorted(at_once(town, added)) == ["ana-lopez", "ana-lopez-2", "ana-lopez-3", "ana-lopez-4"]


def test_two_administrators_who_revoke_each_other_do_not_leave_the_town_without_one(town):
    with town.app_context():
        first, second = (make_user("administrator").id for _ in range(2))

    def revoking(who, whom):
        return as_user(
            who, lambda me: accounts.revoke_role(me, db.session.get_one(User, whom), "administrator")
        )

    at_once(town, [revoking(first, second), revoking(second, first)], held=User)
    with town.app_context():
        assert count(RoleGrant) == 1


def test_a_town_that_is_set_up_twice_at_once_has_one_administrator(town):
    def setting_up(n):
        return lambda: (
            accounts.set_up_site(
                GUEST,
                site_name="Tarrow Bend",
                sentence="We listen.",
                timezone="America/New_York",
                locale="en",
                contact_phone="555-0142",
                name=f"Ada {'ABCDEF'[n]}",
                email=f"ada{n}@example.org",
                password_hash="hash",
            ).email
        )

    said = at_once(town, [setting_up(n) for n in range(CROWD)])
    assert sum(isinstance(answer, Conflict) for answer in said) == CROWD - 1
    with town.app_context():
        assert [user.email in said for user in db.session.scalars(select(User))] == [True]
        assert count(Site) == 1


def test_a_session_that_two_tabs_end_at_once_has_ended(town):
    with town.app_context():
        user_id = make_user().id
    ending = as_user(user_id, lambda me: accounts.end_session(me, "key of the phone"))
    assert at_once(town, [ending] * CROWD) == [None] * CROWD
    with town.app_context():
        assert count(EndedSession) == 1


def test_a_word_that_moderators_list_at_once_is_listed_once(town):
    with town.app_context():
        moderator = make_user("moderator").id
    listing = as_user(moderator, lambda me: agreement.list_word(me, "Badger", "hold").word)
    assert at_once(town, [listing] * CROWD) == ["badger"] * CROWD
    with town.app_context():
        assert count(ListedWord) == 1


@pytest.mark.parametrize("has_one", [False, True])
def test_of_agreements_published_at_once_one_holds_and_the_others_are_told(town, has_one):
    with town.app_context():
        person = make_user().id
        if has_one:
            make_agreement()
    wording = Wording("Hello.", (RuleWording("Be kind", "To all."),))
    publishing = as_user(
        person,
        lambda _me: agreement.publish_agreement(SYSTEM, wording, based_on=int(has_one)).number,
    )
    said = at_once(town, [publishing] * CROWD)
    assert [answer for answer in said if not isinstance(answer, Conflict)] == [1 + has_one]
    with town.app_context():
        assert count(AgreementVersion) == 1 + has_one


def test_projects_and_organizations_of_one_name_get_an_address_each(town):
    with town.app_context():
        founder = make_user("organizer").id
    founding = as_user(founder, lambda me: partnerships.create_project(me, "Warm evenings", "v").slug)
    naming = as_user(founder, lambda me: partnerships.create_organization(me, "Green", "nonprofit").slug)
    said = at_once(town, [founding, naming] * 3)
    assert sorted(said) == ["green", "green-2", "green-3"] + [
        f"warm-evenings{end}" for end in ("", "-2", "-3")
    ]


def test_an_address_for_a_project_that_two_choose_at_once_is_refused_to_one(town):
    with town.app_context():
        founder = make_user("organizer").id
    founding = as_user(founder, lambda me: partnerships.create_project(me, "T", "v", slug="warm").slug)
    said = at_once(town, [founding] * 2)
    assert [answer for answer in said if not isinstance(answer, Invalid)] == ["warm"]


def test_a_calendar_that_is_renewed_by_two_at_once_is_renewed_twice(town):
    with town.app_context():
        user_id = make_user().id
    said = at_once(town, [as_user(user_id, renew_calendar)] * CROWD)
    assert sorted(said) == list(range(2, CROWD + 2))
