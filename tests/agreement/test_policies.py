from datetime import timedelta

import pytest
from factories import join, make_organization, make_project, make_user

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.agreement import policies
from civicforum.db import now


@pytest.fixture
def people(app):
    seated, project_steward, member = make_user(), make_user(), make_user()
    make_organization(seated)
    project = make_project()
    join(project, project_steward, "steward")
    join(project, member)
    return {
        "guest": Guest(),
        "system": SYSTEM,
        "resident": make_user(),
        "member": member,
        "partner's person": seated,
        "project's steward": project_steward,
        "moderator": make_user("moderator"),
        "administrator": make_user("administrator"),
        "suspended moderator": make_user("moderator", suspended_until=now() + timedelta(days=1)),
    }


@pytest.mark.parametrize(
    ("policy", "allowed"),
    [
        ("can_publish_agreement", {"system"}),
        ("can_edit_words", {"system", "moderator"}),
        (
            "can_accept_agreement",
            {
                "resident", "member", "partner's person", "project's steward", "moderator", "administrator",
                "suspended moderator",
            },
        ),
    ],
)  # fmt: skip
def test_who_may_what(people, policy, allowed):
    assert {who for who in people if getattr(policies, policy)(people[who])} == allowed


def test_whoever_holds_a_role_vouches(people):
    newcomer = make_user(newcomer=True)
    assert {who for who in people if policies.can_vouch(people[who], newcomer)} == {
        "system", "partner's person", "project's steward", "moderator", "administrator",
    }  # fmt: skip


def test_nobody_vouches_for_themselves(people):
    assert not policies.can_vouch(people["administrator"], people["administrator"])
