"""Who may what, as tables: role by state."""

import pytest
from factories import join, make_organization, make_project, make_user

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.db import db, now
from civicforum.partnerships import policies
from civicforum.partnerships.queries import get_organization_by_id

ROLES = (
    "guest",
    "resident",
    "member",
    "steward",
    "moderator",
    "organizer",
    "partner",
    "site organizer",
    "site moderator",
    "site steward",
    "administrator",
    "system",
)
WORKS_IN_IT = {
    "member",
    "steward",
    "moderator",
    "organizer",
    "partner",
    "site organizer",
    "administrator",
    "system",
}
RUNS_IT = {"organizer", "site organizer", "administrator", "system"}


@pytest.fixture
def town(app):
    """``town(**facts)`` gives a project and everybody of ROLES towards it."""

    def build(**facts):
        seated = make_user()
        project = make_project(None, make_organization(seated), **facts)
        people = {
            "guest": Guest(),
            "resident": make_user(),
            "partner": seated,
            "site organizer": make_user("organizer"),
            "site moderator": make_user("moderator"),
            "site steward": make_user("steward"),
            "administrator": make_user("administrator"),
            "system": SYSTEM,
        }
        for role in ("member", "steward", "moderator", "organizer"):
            people[role] = make_user()
            join(project, people[role], role)
        assert people.keys() == set(ROLES)
        return project, people

    return build


def allowed(policy, people, thing):
    return {role for role, person in people.items() if policy(person, thing)}


@pytest.mark.parametrize(
    ("visibility", "status", "expected"),
    [
        ("public", "active", set(ROLES)),
        ("public", "completed", set(ROLES)),
        ("public", "archived", set(ROLES)),
        ("public", "draft", WORKS_IN_IT),
        ("members", "active", WORKS_IN_IT),
        ("members", "draft", WORKS_IN_IT),
    ],
)
def test_who_sees_a_project(town, visibility, status, expected):
    project, people = town(visibility=visibility, status=status)
    assert allowed(policies.can_see_project, people, project) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (policies.is_organizer, RUNS_IT),
        (policies.is_steward, RUNS_IT | {"steward", "site steward"}),
        (policies.is_member, {"member", "steward", "moderator", "organizer", "partner", "system"}),
        (policies.can_moderate, {"moderator", "site moderator", "system"}),
        (policies.can_speak_in, set(ROLES) - {"guest"}),
        (policies.can_edit_project, RUNS_IT),
        (policies.can_invite, RUNS_IT),
        (policies.can_see_members, RUNS_IT),
        (policies.can_publish_update, RUNS_IT),
    ],
)
def test_who_may_what_in_a_public_project(town, policy, expected):
    project, people = town()
    assert allowed(policy, people, project) == expected


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (policies.is_steward, RUNS_IT | {"steward"}),
        (policies.can_moderate, {"moderator", "system"}),
        (policies.can_speak_in, WORKS_IN_IT),
    ],
)
def test_a_site_wide_office_opens_no_closed_project(town, policy, expected):
    project, people = town(visibility="members")
    assert allowed(policy, people, project) == expected


@pytest.mark.parametrize("status", ["completed", "archived"])
def test_nobody_speaks_in_a_project_that_has_ended(town, status):
    project, people = town(status=status)
    assert allowed(policies.can_speak_in, people, project) == set()


def test_who_may_found_projects_and_organizations(town):
    _project, people = town()
    founders = {role for role, person in people.items() if policies.can_found_project(person)}
    assert founders == {"site organizer", "administrator", "system"}
    founders = {role for role, person in people.items() if policies.can_found_organization(person)}
    assert founders == {"site organizer", "administrator", "system"}


def test_a_partner_edits_its_own_entry_and_no_other(town):
    project, people = town()
    own = get_organization_by_id(SYSTEM, project.partners[0].organization_id)
    other = make_organization()
    partner = people["partner"]
    assert [policies.can_edit_partner(partner, project, o) for o in (own, other)] == [True, False]
    assert [policies.can_edit_organization(partner, o) for o in (own, other)] == [True, False]


def test_who_may_change_an_organization(town):
    project, people = town()
    own = get_organization_by_id(SYSTEM, project.partners[0].organization_id)
    assert allowed(policies.can_edit_organization, people, own) == {
        "partner",
        "administrator",
        "system",
    }


@pytest.mark.parametrize(
    "policy",
    [
        policies.is_organizer,
        policies.can_moderate,
        policies.is_steward,
        policies.can_speak_in,
        policies.can_invite,
    ],
)
def test_a_suspension_takes_every_power(app, policy):
    person = make_user("organizer", "moderator", "administrator")
    project = make_project(person)
    join(project, person, "moderator")
    person.suspended_until = now().replace(year=now().year + 1)
    db.session.flush()
    assert policy(person, project) is False


def test_a_suspended_member_still_reads_their_closed_project(app):
    member = make_user(suspended_until=now().replace(year=now().year + 1))
    project = make_project(visibility="members")
    join(project, member)
    assert policies.can_see_project(member, project) is True


def test_an_unconfirmed_address_gives_no_power(app):
    person = make_user(email_confirmed_at=None)
    project = make_project(person)
    assert policies.is_organizer(person, project) is False
    assert policies.can_speak_in(person, project) is False


def test_everybody_may_lay_down_their_own_role(app):
    member, other = make_user(), make_user()
    membership = join(make_project(), member)
    assert policies.can_remove_member(member, membership) is True
    assert policies.can_remove_member(other, membership) is False
    assert policies.can_remove_member(Guest(), membership) is False
