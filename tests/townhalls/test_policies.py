import pytest
from factories import join, make_project, make_rsvp, make_town_hall, make_user

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.townhalls import policies

# Who sees a public project's published and draft meeting, and a members' project's published one.
SEES = {
    "guest": (True, False, False),
    "resident": (True, False, False),
    "member": (True, False, True),
    "steward": (True, True, True),
    "organizer": (True, True, True),
    "site organizer": (True, True, True),
    "site moderator": (True, False, False),
    "system": (True, True, True),
}
# Who runs it, helps at it, answers it (of a public, published meeting).
MAY = {
    "guest": (False, False, False),
    "resident": (False, False, True),
    "unconfirmed": (False, False, False),
    "member": (False, False, True),
    "steward": (False, True, True),
    "organizer": (True, True, True),
    "site organizer": (True, True, True),
    "site moderator": (False, False, True),
    "system": (True, True, False),
}


def people(*projects):
    member, steward, organizer = make_user(), make_user(), make_user()
    for project in projects:
        for person, role in ((member, "member"), (steward, "steward"), (organizer, "organizer")):
            join(project, person, role)
    return {
        "guest": Guest(),
        "resident": make_user(),
        "unconfirmed": make_user(email_confirmed_at=None),
        "member": member,
        "steward": steward,
        "organizer": organizer,
        "site organizer": make_user("organizer"),
        "site moderator": make_user("moderator"),
        "system": SYSTEM,
    }


def test_who_sees_a_meeting(app):
    open_, closed = make_project(), make_project(visibility="members")
    who = people(open_, closed)
    halls = [make_town_hall(open_), make_town_hall(open_, status="draft"), make_town_hall(closed)]
    found = {name: tuple(policies.can_see(who[name], hall) for hall in halls) for name in SEES}
    assert found == SEES


def test_who_runs_helps_and_answers(app):
    project = make_project()
    who, hall = people(project), make_town_hall(project)
    asked = (policies.can_run, policies.can_help, policies.can_rsvp)
    assert {name: tuple(can(who[name], hall) for can in asked) for name in MAY} == MAY


@pytest.mark.parametrize(
    ("email", "allowed"), [("ana@example.org", True), ("other@example.org", False), ("", False)]
)
def test_only_the_address_that_was_written_to_answers_by_mail(app, email, allowed):
    row = make_rsvp(make_town_hall(make_project()), make_user(), user_id=None, guest_email="ana@example.org")
    assert policies.can_answer_by_mail(Guest(email=email), row) is allowed


def test_needs_are_seen_by_helpers_alone(app):
    project = make_project()
    who, hall = people(project), make_town_hall(project)
    seen = {name for name, person in who.items() if policies.can_settle_needs(person, hall)}
    assert seen == {"steward", "organizer", "site organizer", "system"}
