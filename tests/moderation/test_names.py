"""A person's name and profile: who may flag them, and what a moderator does about it."""

from datetime import timedelta
from mailbox import mails_to
from mailbox import words as read

import pytest
from factories import make_user
from moderation.looks import age
from moderation.naming import RUDE, act, change, flag, lines, told
from sqlalchemy import select

from civicforum import jobs
from civicforum.accounts.models import Guest
from civicforum.db import db, now, transaction
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from civicforum.live.changes import changes_since
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Case, Flag
from civicforum.moderation.notices import describe_flagged, describe_own


def test_a_flag_on_a_name_opens_one_case_for_moderators_of_the_site(place, rude):
    first = flag(place, rude)
    second = flag(place, rude, "profile", make_user())
    case = db.session.scalars(select(Case)).one()
    assert (case.target_type, case.target_id, case.source, case.state) == ("person", rude.id, "flag", "open")
    assert {first.case_id, second.case_id} == {case.id}
    assert [each.part for each in queries.open_flags(case)] == ["name", "profile"]
    assert case.score == 4.0


def test_flagging_again_changes_what_was_said_and_counts_once(place, rude):
    flag(place, rude)
    again = actions.flag_person(place.flagger, rude.id, "profile", 1, "This, rather.")
    assert db.session.scalars(select(Flag)).one() is again
    assert (again.part, again.rule.number, again.note) == ("profile", 1, "This, rather.")


def test_nobody_is_hidden_by_what_flags_weigh(place, rude):
    for _each in range(6):
        flag(place, rude, by=make_user())
    assert (rude.name, queries.find_case_about("person", rude.id).state) == (RUDE, "open")
    assert lines() == []


def test_who_has_no_standing_or_flags_themselves_is_refused(place, rude):
    suspended = make_user(suspended_until=now() + timedelta(days=1))
    for person in (Guest(), suspended, rude):
        with pytest.raises(NotAllowed):
            flag(place, rude, by=person)
    assert db.session.scalars(select(Case)).all() == []


def test_who_has_no_profile_is_not_there_to_be_flagged(place):
    for person in (make_user(email_confirmed_at=None), make_user(erased_at=now())):
        with pytest.raises(NotFound):
            flag(place, person)
    with pytest.raises(NotFound):
        actions.flag_person(place.flagger, 987654, "name", 2, "")


@pytest.mark.parametrize("wrong", [("hair", 2, ""), ("name", 99, ""), ("name", 2, "x" * 501)])
def test_a_flag_says_what_it_is_about_and_which_rule(place, rude, wrong):
    with pytest.raises(Invalid):
        actions.flag_person(place.flagger, rude.id, *wrong)


def test_flags_on_names_count_with_all_others_of_the_day(place, with_limits):
    newcomer = make_user(newcomer=True)
    for _each in range(5):
        flag(place, make_user(), by=newcomer)
    with pytest.raises(TooMany):
        flag(place, make_user(), by=newcomer)


def test_a_flag_is_taken_back_and_nothing_waits_any_more(place, rude):
    flag(place, rude)
    for _twice in range(2):
        actions.withdraw_flag_of_person(place.flagger, rude.id)
    case = db.session.scalars(select(Case)).one()
    assert (case.state, case.closed_at is not None) == ("closed", True)
    again = flag(place, rude)
    assert (again.state, db.session.scalars(select(Flag)).all()) == ("open", [again])


def test_a_flag_taken_back_leaves_what_others_asked(place, rude):
    flag(place, rude)
    flag(place, rude, by=make_user())
    actions.withdraw_flag_of_person(place.flagger, rude.id)
    case = db.session.scalars(select(Case)).one()
    assert (case.state, case.score) == ("open", 2.0)
    with pytest.raises(NotFound):
        actions.withdraw_flag_of_person(make_user(), rude.id)


def test_a_decided_flag_is_not_taken_back(place, rude):
    flag(place, rude)
    act(place, rude, "leave", None)
    with pytest.raises(Conflict):
        actions.withdraw_flag_of_person(place.flagger, rude.id)


def test_what_was_left_is_flagged_again_once_it_changed_or_a_day_is_over(place, rude):
    act(place, rude, "leave", None)
    with pytest.raises(Conflict, match="this very name"):
        flag(place, rude)
    change(rude, about="Cows moderate here.")
    assert flag(place, rude).state == "open"
    actions.withdraw_flag_of_person(place.flagger, rude.id)
    change(rude, about="Pigs moderate here.")
    with transaction():
        age(queries.find_last_leaving(rude.id), hours=25)
    assert flag(place, rude).state == "open"


def test_a_name_taken_back_is_a_neutral_one_everywhere_at_once(place, rude, app):
    flag(place, rude)
    case = act(place, rude, "take_name")
    assert rude.name.startswith("Resident ")
    assert rude.handle == f"resident-{rude.name.split()[1]}"
    assert (case.state, case.measures[-1].was["name"]) == ("decided", RUDE)
    assert lines() == [("take_name", "person", "site")]
    revision = changes_since(place.thread.channel, 0).revision
    db.session.rollback()
    jobs.run_due(app)
    assert [kind for kind, _id in changes_since(place.thread.channel, revision).objects] == ["post"]


def test_a_profile_is_cleared_with_the_neighborhood(place, rude):
    act(place, rude, "clear_profile")
    assert (rude.name, rude.about, rude.neighbourhood) == (RUDE, "", "")
    with pytest.raises(Conflict, match="says nothing"):
        act(place, rude, "clear_profile")


def test_a_neutral_name_is_not_taken_back_again(place, rude):
    act(place, rude, "take_name")
    with pytest.raises(Conflict, match="given by the moderators"):
        act(place, rude, "take_name")


@pytest.mark.parametrize(
    ("action", "words"),
    [
        ("take_name", "Your name and handle were taken back."),
        ("clear_profile", "your profile said was cleared"),
    ],
)
def test_whose_it_is_is_told_at_once_why_and_what_to_do(place, rude, app, action, words):
    flag(place, rude)
    case = act(place, rude, action)
    assert told(rude) == [f"post_{action}"]
    with app.test_request_context():
        assert "read why" in describe_own(rude, f"post_{action}", [case.id])[case.id].text.lower()
    (mail,) = mails_to(app, rude.email)
    said = " ".join(read(mail).split())
    parts = (words, "About a person.", "2. Speak about", "in your settings", "ask for a second look")
    assert [part for part in parts if part not in said] == []
    assert place.flagger.name not in said


def test_who_flagged_is_told_what_became_of_it_and_not_whose_it_was(place, rude, app):
    flag(place, rude)
    case = act(place, rude, "take_name")
    assert told(place.flagger) == ["name_acted"]
    with app.test_request_context():
        notice = describe_flagged(place.flagger, "name_acted", [case.id])[case.id]
        assert describe_flagged(rude, "name_acted", [case.id]) == {}
    assert RUDE not in notice.text + notice.url
    assert db.session.scalars(select(Flag.state)).all() == ["agreed"]


def test_a_flag_on_what_stays_was_wrong(place, rude, app):
    flag(place, rude)
    case = act(place, rude, "leave", None)
    assert (case.state, rude.name, told(place.flagger), told(rude)) == ("closed", RUDE, ["name_left"], [])
    with app.test_request_context():
        assert "stays" in describe_flagged(place.flagger, "name_left", [case.id])[case.id].text
    assert db.session.scalars(select(Flag.state)).all() == ["disagreed"]


def test_a_suspension_leaves_the_name_to_be_decided(place, rude):
    assert act(place, rude, "suspend").state == "closed"
    flag(place, rude)
    assert act(place, rude, "suspend").state == "open"
    assert act(place, rude, "warn").state == "closed"


def test_only_moderators_of_the_site_judge_and_never_who_flagged_or_whose_it_is(place, rude):
    second = make_user("moderator")
    flag(place, rude, by=place.moderator)
    case = queries.find_case_about("person", rude.id)
    for person, refusal in ((place.moderator, NotAllowed), (make_user("organizer"), NotFound)):
        with pytest.raises(refusal):
            actions.decide_case(person, case.id, Deed("take_name", 2, "Because."), case.version)
    with pytest.raises(NotAllowed):
        act(place, second, "take_name", by=second)
    assert queries.count_free_of_person(place.moderator, rude) == 1
    assert queries.ties_to_person(second, rude.id) == ()
    assert queries.ties_to_person(Guest(), rude.id) == ()


def test_a_list_of_cases_leaves_out_what_one_has_a_part_in(place, rude):
    flag(place, rude, by=place.moderator)
    second = make_user("moderator")
    for person, found in ((place.moderator, 0), (second, 1), (rude, 0)):
        free = select(Case).where(queries.is_free_of_person(person, Case))
        assert len(db.session.scalars(free).all()) == found


def test_two_moderators_never_both_act(place, rude):
    flag(place, rude)
    case = queries.find_case_about("person", rude.id)
    seen = case.version
    actions.decide_case(place.moderator, case.id, Deed("clear_profile", 2, "Because."), seen)
    with pytest.raises(Conflict):
        actions.decide_case(make_user("moderator"), case.id, Deed("take_name", 2, "Because."), seen)
    assert rude.name == RUDE
