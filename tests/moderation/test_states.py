"""Every path of a case: where it goes with each measure, and where it cannot go."""

import pytest
from factories import make_post, make_user

from civicforum.accounts.models import RoleGrant, User
from civicforum.db import db, transaction
from civicforum.errors import Conflict, NotAllowed
from civicforum.moderation import actions
from civicforum.moderation.actions import Deed
from civicforum.moderation.kinds import KINDS

STATES = ("open", "decided", "asked", "second_look", "second_look_shown", "closed")
# What stands at a state and a measure; what is not here is a Conflict, and changes nothing.
NEXT = {
    "open": {
        "leave": "closed",
        "hide": "decided",
        "remove": "closed",
        "request_edit": "decided",
        "redact": "closed",
        "warn": "closed",
        "slow": "open",
        "lock": "open",
        "delay": "open",
        "mute": "open",
        "silence": "open",
        "suspend": "open",
    },
    "decided": {
        "restore": "closed",
        "remove": "closed",
        "redact": "decided",
        "warn": "decided",
        "slow": "decided",
        "lock": "decided",
        "delay": "decided",
        "mute": "decided",
        "silence": "decided",
        "suspend": "decided",
    },
    "asked": {
        "leave": "closed",
        "hide": "decided",
        "remove": "closed",
        "redact": "decided",
        "warn": "decided",
        "slow": "decided",
        "lock": "decided",
        "delay": "decided",
        "mute": "decided",
        "silence": "decided",
        "suspend": "decided",
    },
    "second_look": {
        "leave": "closed",
        "restore": "closed",
        "remove": "closed",
        "redact": "second_look",
        "warn": "second_look",
        "slow": "second_look",
        "lock": "second_look",
        "delay": "second_look",
        "mute": "second_look",
        "silence": "second_look",
        "suspend": "second_look",
    },
    "second_look_shown": {
        "leave": "closed",
        "hide": "decided",
        "remove": "closed",
        "redact": "second_look",
        "warn": "second_look",
        "slow": "second_look",
        "lock": "second_look",
        "delay": "second_look",
        "mute": "second_look",
        "silence": "second_look",
        "suspend": "second_look",
    },
    "closed": {},
}


def deed(action: str) -> Deed:
    return Deed(action, 2, "Because.", passages=("animals",) if action == "redact" else ())


def bring_to(place, state: str):
    """A case about a new comment of a new person, flagged, in this state."""
    author = make_user()
    post = make_post(place.thread, author, "These people are animals.")
    actions.flag_post(place.flagger, post.id, 2, "Look.")
    case = actions.open_case(place.moderator, "post", post.id)
    for action in {
        "open": (),
        "decided": ("hide",),
        "asked": ("request_edit",),
        "second_look": ("hide", "mend"),
        "second_look_shown": ("request_edit", "mend"),
        "closed": ("leave",),
    }[state]:
        if action == "mend":
            actions.mend_post(author, post.id, "They did harm, those animals.")
        else:
            actions.decide_case(place.moderator, case.id, deed(action), case.version)
    return case


def refused(place, case, action: str) -> bool:
    version, state = case.version, case.state
    with pytest.raises(Conflict):
        actions.decide_case(place.moderator, case.id, deed(action), case.version)
    db.session.rollback()
    return (case.version, case.state) == (version, state)


@pytest.mark.parametrize("state", STATES)
def test_each_state_takes_the_measures_it_takes_and_no_other(place, state):
    case = bring_to(place, state)
    others = [
        action for action, kind in KINDS.items() if "post" in kind.targets and action not in NEXT[state]
    ]
    assert [action for action in others if not refused(place, case, action)] == []


@pytest.mark.parametrize("state", STATES)
def test_a_case_goes_where_the_measure_takes_it(place, state):
    for action, expected in NEXT[state].items():
        case = bring_to(place, state)
        version = case.version
        actions.decide_case(place.moderator, case.id, deed(action), version)
        assert (case.state, case.version) == (expected, version + 1), action
        assert (case.closed_at is not None) == (case.state == "closed")
        assert case.measures[-1].action == action


def test_where_nobody_asked_about_the_words_nothing_is_left_to_decide(place):
    for action in ("slow", "lock", "delay", "mute", "silence", "suspend"):
        post = make_post(place.thread, make_user())
        case = actions.moderate(place.moderator, "post", post.id, deed(action))
        assert (case.state, post.state) == ("closed", "visible"), action


@pytest.mark.parametrize("state", [state for state in STATES if state != "closed"])
def test_in_no_state_does_who_has_a_part_in_it_judge(place, state):
    case = bring_to(place, state)
    for person_id in (case.target_author_id, place.flagger.id):
        person = db.session.get_one(User, person_id)
        with transaction():
            person.grants.append(RoleGrant(role="moderator"))
        assert [action for action in NEXT[state] if _acts(person, case, action)] == []


def _acts(person, case, action: str) -> bool:
    try:
        actions.decide_case(person, case.id, deed(action), case.version)
    except NotAllowed:
        db.session.rollback()
        return False
    return True
