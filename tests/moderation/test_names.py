"""A person's name and profile: who may flag them, what a moderator does, and how it is taken back."""

from datetime import timedelta
from mailbox import mails_to
from mailbox import words as read

import pytest
from factories import make_post, make_user
from moderation.looks import age, make_volunteers, name_independent
from sqlalchemy import select

from civicforum import jobs
from civicforum.accounts import actions as accounts
from civicforum.accounts.actions.taking import give_back
from civicforum.accounts.models import Guest, User
from civicforum.accounts.names import skeleton
from civicforum.agreement.actions import list_word
from civicforum.db import db, now, transaction
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound, TooMany
from civicforum.live.changes import changes_since
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Case, Flag, LogEntry
from civicforum.moderation.notices import describe_flagged, describe_own
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


# --- flags ---


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


# --- what is done ---


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


# --- choosing anew ---


def test_a_new_name_is_shown_at_once_and_looked_at_once(place, rude):
    act(place, rude, "take_name")
    change(rude, name="Ruth Amadi Fan", handle="fan")
    case = queries.find_case_about("person", rude.id)
    assert (rude.name, case.state, case.mended_at is not None) == ("Ruth Amadi Fan", "second_look", True)
    left = act(place, rude, "leave", None)
    assert (left.id, left.state) == (case.id, "closed")
    change(rude, name="Another Name")
    assert queries.find_case_about("person", rude.id).state == "closed"


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


def test_a_flag_taken_back_leaves_what_a_moderator_opened(place, rude):
    case = actions.moderate(place.moderator, "person", rude.id)
    flag(place, rude)
    actions.withdraw_flag_of_person(place.flagger, rude.id)
    assert case.state == "open"


# --- taking it back ---


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


# --- listed words ---


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
