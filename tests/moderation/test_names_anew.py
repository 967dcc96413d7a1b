"""After a name or profile was taken back: choosing anew, and getting it back."""

import pytest
from factories import make_user
from moderation.looks import make_volunteers, name_independent
from moderation.naming import RUDE, act, change, flag, lines, told, undo
from sqlalchemy import select

from civicforum.accounts.actions.taking import give_back
from civicforum.accounts.models import User
from civicforum.accounts.names import skeleton
from civicforum.db import db, now, transaction
from civicforum.errors import Invalid, NotAllowed
from civicforum.moderation import actions, queries
from civicforum.moderation.models import Flag


def test_a_new_name_is_shown_at_once_and_looked_at_once(place, rude):
    act(place, rude, "take_name")
    change(rude, name="Ruth Amadi Fan", handle="fan")
    case = queries.find_case_about("person", rude.id)
    assert (rude.name, case.state, case.mended_at is not None) == ("Ruth Amadi Fan", "second_look", True)
    left = act(place, rude, "leave", None)
    assert (left.id, left.state) == (case.id, "closed")
    change(rude, name="Another Name")
    assert queries.find_case_about("person", rude.id).state == "closed"


def test_what_is_typed_otherwise_and_stays_the_same_is_no_choice(place, rude):
    act(place, rude, "take_name")
    change(rude, name=f" {rude.name}")
    assert queries.find_case_about("person", rude.id).state == "decided"


def test_a_second_look_may_take_that_name_as_well(place, rude):
    act(place, rude, "take_name")
    change(rude, name="Ruth Is A Cow", handle="cow")
    assert act(place, rude, "take_name").state == "decided"
    assert rude.name.startswith("Resident ")


@pytest.mark.parametrize(
    "words",
    [
        {"name": RUDE},
        {"name": "ruth is a plg"},
        {"handle": "ruth-is-a-pig"},
        {"about": "Pigs moderate here."},
    ],
)
def test_what_was_taken_back_is_not_chosen_again(place, rude, words):
    act(place, rude, "take_name")
    act(place, rude, "clear_profile")
    with pytest.raises(Invalid) as refused:
        change(rude, **words)
    assert list(refused.value.errors) == list(words)


def test_a_neighborhood_is_typed_again(place, rude):
    act(place, rude, "clear_profile")
    change(rude, neighbourhood="Sty")
    assert rude.neighbourhood == "Sty"


def test_a_flag_while_it_waits_for_the_person_asks_the_moderators_again(place, rude):
    act(place, rude, "take_name")
    flag(place, rude, "profile")
    case = queries.find_case_about("person", rude.id)
    assert case.state == "open"
    actions.withdraw_flag_of_person(place.flagger, rude.id)
    assert (case.state, case.closed_at) == ("decided", None)


def test_who_was_right_may_flag_in_the_same_case_what_is_chosen_next(place, rude):
    flag(place, rude)
    act(place, rude, "take_name")
    change(rude, name="Ruth Is A Cow")
    again = flag(place, rude)
    assert (db.session.scalars(select(Flag)).all(), again.state) == ([again], "open")
    assert queries.find_case_about("person", rude.id).state == "second_look"
    assert act(place, rude, "take_name").state == "decided"
    assert again.state == "agreed"


def test_what_was_flagged_since_waits_also_when_the_first_measure_is_undone(place, rude):
    case = act(place, rude, "take_name")
    flag(place, rude, "profile")
    undo(case)
    assert (rude.name, case.state, case.closed_at) == (RUDE, "open", None)
    assert act(place, rude, "clear_profile").id == case.id


def test_a_flag_taken_back_leaves_what_a_moderator_opened(place, rude):
    case = actions.moderate(place.moderator, "person", rude.id)
    flag(place, rude)
    actions.withdraw_flag_of_person(place.flagger, rude.id)
    assert case.state == "open"


@pytest.mark.parametrize("action", ["take_name", "clear_profile"])
def test_an_appeal_gives_back_what_was_taken(place, rude, action):
    flag(place, rude)
    case = act(place, rude, action)
    judge = make_user("moderator")
    appeal = actions.appeal_measure(rude, case.id, "It is my name.")
    assert told(judge) == ["appeal_asked"]
    with pytest.raises(NotAllowed):
        actions.decide_appeal(place.moderator, appeal.id, "overturned", "So it is.", 1)
    assert queries.list_to_decide(judge) == [appeal]
    actions.decide_appeal(judge, appeal.id, "overturned", "So it is.", 1)
    assert (rude.name, rude.handle, rude.about, rude.neighbourhood) == (
        RUDE,
        "ruth-is-a-pig",
        "Pigs moderate here.",
        "Sty",
    )
    assert db.session.scalars(select(Flag.state)).all() == ["disagreed"]
    assert (case.state, lines()[-1]) == ("closed", ("overturned", "person", "site"))
    change(rude, about="Anew.")
    assert case.state == "closed"


def test_what_the_person_chose_since_stays(place, rude):
    case = act(place, rude, "take_name")
    change(rude, name="Robin Field", handle="robin")
    undo(case)
    assert (rude.name, rude.handle) == ("Robin Field", "robin")


def test_what_somebody_else_is_called_by_now_is_not_given_back(place, rude):
    case = act(place, rude, "take_name")
    given = (rude.name, rude.handle)
    make_user(name=RUDE, name_skeleton=skeleton(RUDE), handle="ruth-is-a-pig")
    undo(case)
    assert (rude.name, rude.handle) == given


def test_who_has_left_gets_nothing_back(place, rude):
    case = act(place, rude, "clear_profile")
    with transaction():
        db.session.get_one(User, rude.id).erased_at = now()
    undo(case)
    assert rude.about == ""


def test_words_written_since_stay_and_the_rest_comes_back(place, rude):
    with transaction():
        db.session.get_one(User, rude.id).about = "Mine."
        give_back(rude, {"about": "Old.", "neighbourhood": "Old."})
    assert (rude.about, rude.neighbourhood) == ("Mine.", "Sty")


@pytest.mark.parametrize(("part", "action"), [("name", "take_name"), ("profile", "clear_profile")])
def test_who_flagged_may_contest_that_it_was_left(place, rude, part, action):
    flag(place, rude, part)
    case = act(place, rude, "leave", None)
    judge = name_independent()
    appeal = actions.appeal_measure(place.flagger, case.id, "Please look again.")
    actions.decide_appeal(judge, appeal.id, "overturned", "It does break it.", 1)
    assert (rude.name == RUDE, rude.about == "") == (part == "profile", part == "profile")
    assert case.state == "decided"
    assert {line[0] for line in lines()} == {"leave", "appealed", action, "overturned"}
    assert f"post_{action}" in told(rude)
    assert db.session.scalars(select(Flag.state)).all() == ["agreed"]


def test_where_nothing_is_left_to_take_the_flag_is_right_all_the_same(place, rude):
    flag(place, rude, "profile")
    case = act(place, rude, "leave", None)
    change(rude, about="", neighbourhood="")
    appeal = actions.appeal_measure(place.flagger, case.id, "Please look again.")
    actions.decide_appeal(name_independent(), appeal.id, "overturned", "It did break it.", 1)
    assert [line[0] for line in lines()] == ["leave", "appealed", "overturned"]


def test_three_residents_may_decide_about_a_name(place, rude):
    make_volunteers(3)
    case = act(place, rude, "take_name")
    assert actions.appeal_measure(rude, case.id, "It is my name.", by_lot=True).way == "panel"
