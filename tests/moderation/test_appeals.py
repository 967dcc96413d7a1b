"""A second look: who asks, until when, who decides and who never does, and what becomes of it."""

from datetime import timedelta

import pytest
import time_machine
from factories import join, make_agreement, make_post, make_project, make_thread, make_user
from moderation.looks import (
    HIDE,
    LEAVE,
    age,
    ask,
    hide,
    make_volunteers,
    member_with_role,
    name_independent,
    partner_of,
    refuse_flag,
    speaker,
)
from sqlalchemy import select

from civicforum.accounts.models import SYSTEM, Guest, User
from civicforum.db import db, now, transaction
from civicforum.discussions.actions import post_reply, withdraw_post
from civicforum.discussions.models import Post
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.models import Appeal, Case, Flag, LogEntry
from civicforum.notifications.models import Notification

WHY = "The words are about wolves."


def told(user) -> list[str]:
    return list(
        db.session.scalars(
            select(Notification.reason).where(Notification.user_id == user.id).order_by(Notification.id)
        )
    )


def logged() -> list[tuple[str, str]]:
    rows = db.session.scalars(select(LogEntry).order_by(LogEntry.number))
    return [(row.action, row.actor_role) for row in rows]


def state_of(post) -> str:
    return db.session.get_one(Post, post.id).state


# --- asking ---


def test_whom_it_is_about_asks_once_and_those_who_may_decide_are_told(place):
    other, administrator = make_user("moderator"), make_user("administrator")
    appeal = ask(place)
    assert (appeal.state, appeal.side, appeal.version) == ("open", "author", 1)
    assert (told(other), told(place.moderator)) == (["appeal_asked"], ["appeal_of_yours"])
    assert told(administrator) == []
    with pytest.raises(Conflict):
        actions.appeal_measure(place.author, appeal.case_id, "Again.")
    assert logged() == [("hide", "moderator"), ("appealed", "author")]


def test_a_suspended_author_asks_withdraws_and_says_more(place):
    case = hide(place)
    with transaction():
        db.session.get_one(User, place.author.id).suspended_until = now() + timedelta(days=30)
    appeal = actions.appeal_measure(place.author, case.id, "Please.")
    actions.say_in_appeal(place.author, appeal.id, "And this.")
    actions.withdraw_appeal(place.author, appeal.id)
    assert actions.withdraw_appeal(place.author, appeal.id).state == "withdrawn"
    assert logged()[-1] == ("withdrawn", "author")


@pytest.mark.parametrize("days", [0, 1, 183, 186])
def test_within_six_months_one_may_ask(place, days):
    case = hide(place)
    age(case.measures[0], days=days)
    assert actions.appeal_measure(place.author, case.id, "Please.").state == "open"


def test_after_the_last_day_one_may_not(place):
    case = hide(place)
    age(case.measures[0], days=187)
    with pytest.raises(Conflict, match="over"):
        actions.appeal_measure(place.author, case.id, "Please.")


@pytest.mark.parametrize("text", ["", "  \n", "x" * 2001])
def test_it_needs_words_and_not_too_many(place, text):
    case = hide(place)
    with pytest.raises(Invalid) as refused:
        actions.appeal_measure(place.author, case.id, text)
    assert (list(refused.value.errors), db.session.scalars(select(Appeal)).all()) == (["text"], [])
    assert actions.appeal_measure(place.author, case.id, "x" * 2000).state == "open"


def test_nobody_else_asks(place):
    flagger = make_user()
    actions.flag_post(flagger, place.post.id, 2, "Look.")
    case = hide(place)
    for actor in (place.moderator, make_user(), Guest(), flagger, SYSTEM):
        with pytest.raises(NotFound):
            actions.appeal_measure(actor, case.id, "Please.")
    with pytest.raises(NotFound):
        actions.appeal_measure(place.author, 987654, "Please.")


def test_what_was_taken_back_or_never_done_is_not_contested(place):
    case = hide(place)
    actions.decide_case(place.moderator, case.id, Deed("restore", None, "I was wrong."), case.version)
    with pytest.raises(Conflict, match="taken back"):
        actions.appeal_measure(place.author, case.id, "Please.")
    with pytest.raises(NotFound):
        actions.appeal_measure(place.author, case.id, "Please.", measure_id=case.measures[1].id)
    assert actions.moderate(place.moderator, "post", place.post.id).measures == []


def test_where_nobody_may_decide_the_administrators_are_told(place):
    administrator = make_user("administrator")
    ask(place)
    assert told(administrator) == ["appeal_alone"]


def test_a_case_without_a_comment_can_be_contested(place):
    """As measures against a person are: there is no thread to be held."""
    case = hide(place)
    with transaction():
        about = db.session.get_one(Case, case.id)
        about.target_type, about.target_id = "person", place.author.id
        about.project_id = None
    independent = name_independent()
    appeal = actions.appeal_measure(place.author, case.id, "Please.")
    with pytest.raises(Conflict, match="hidden"):
        actions.decide_appeal(independent, appeal.id, "varied", WHY, 1)
    assert actions.decide_appeal(independent, appeal.id, "upheld", WHY, 1).outcome == "upheld"
    assert logged()[-1] == ("upheld", "independent person")


# --- one more message on each side ---


def test_each_side_says_one_more_thing(place):
    other = make_user("moderator")
    appeal = ask(place)
    actions.say_in_appeal(place.moderator, appeal.id, "I read it otherwise.")
    actions.say_in_appeal(place.author, appeal.id, "Read it again.")
    for person in (place.author, place.moderator, other):
        with pytest.raises(Conflict):
            actions.say_in_appeal(person, appeal.id, "And another thing.")
    assert told(place.author)[-1] == "appeal_message"
    assert told(other) == ["appeal_asked", "appeal_message"]
    with pytest.raises(Invalid):
        actions.say_in_appeal(place.author, ask_again(place).id, " ")
    with pytest.raises(NotFound):
        actions.say_in_appeal(make_user(), appeal.id, "I have an opinion.")


def ask_again(place) -> Appeal:
    """About the next comment of the same author."""
    post = make_post(place.thread, place.author, "And those.")
    case = actions.moderate(place.moderator, "post", post.id, HIDE)
    return actions.appeal_measure(place.author, case.id, "Please.")


# --- deciding: every role ---

STRANGERS = (
    *("guest", "system", "resident", "organizer", "administrator", "moderator_elsewhere", "partner"),
    *("suspended_moderator", "unconfirmed_namesake"),
)
TIED = (
    *("author", "who_acted", "who_acted_later", "who_opened", "who_flagged", "who_spoke"),
    *("who_began_the_thread", "who_decided_the_hold"),
)
FREE = ("moderator", "project_moderator", "independent")


def test_who_is_nobody_here_finds_nothing_to_decide(place):
    appeal = ask(place)
    for role in STRANGERS:
        actor = PLAIN[role](place)
        with pytest.raises(NotFound):
            actions.decide_appeal(actor, appeal.id, "overturned", WHY, appeal.version)
        assert (role, queries.list_to_decide(actor)) == (role, [])
        assert actor.id not in queries.list_deciders(appeal)
    assert (appeal.state, state_of(place.post)) == ("open", "hidden")


@pytest.mark.parametrize("role", TIED)
def test_nobody_acts_and_judges(place, role):
    actor, appeal = cast(place, role)
    with pytest.raises(NotAllowed):
        actions.decide_appeal(actor, appeal.id, "overturned", WHY, appeal.version)
    assert (appeal.state, state_of(place.post)) == ("open", "hidden")
    assert queries.list_to_decide(actor) == []
    assert actor.id not in queries.list_deciders(appeal)


@pytest.mark.parametrize("role", FREE)
def test_who_has_no_part_in_it_decides(place, role):
    actor, appeal = cast(place, role)
    assert [row.id for row in queries.list_to_decide(actor)] == [appeal.id]
    assert actor.id in queries.list_deciders(appeal)
    assert actions.decide_appeal(actor, appeal.id, "upheld", WHY, appeal.version).outcome == "upheld"
    assert queries.list_to_decide(actor) == []


PLAIN = {
    "guest": lambda place: Guest(),
    "system": lambda place: SYSTEM,
    "resident": lambda place: make_user(),
    "organizer": lambda place: member_with_role(place, "organizer"),
    "administrator": lambda place: make_user("administrator"),
    "moderator_elsewhere": lambda place: _join(make_project(), "moderator"),
    "partner": partner_of,
    "suspended_moderator": lambda place: make_user("moderator", suspended_until=now() + timedelta(days=1)),
    "unconfirmed_namesake": lambda place: name_independent(email_confirmed_at=None),
    "author": lambda place: place.author,
    "who_acted": lambda place: place.moderator,
    "moderator": lambda place: make_user("moderator"),
    "project_moderator": lambda place: member_with_role(place, "moderator"),
    "independent": lambda place: name_independent(),
}


def cast(place, role: str):
    """The person of this role, and the appeal."""
    if role in PLAIN:
        return PLAIN[role](place), ask(place)
    actor = make_user("moderator")
    return actor, tie(place, role, actor)


def _join(project, role) -> User:
    person = make_user()
    join(project, person, role)
    return person


def tie(place, role: str, actor: User) -> Appeal:
    """Give this moderator a part in it."""
    if role == "who_opened":
        actions.open_case(actor, "post", place.post.id)
    if role == "who_flagged":
        actions.flag_post(actor, place.post.id, 2, "Look.")
    if role == "who_began_the_thread":
        with transaction():
            place.thread.author_id = actor.id
    if role == "who_decided_the_hold":
        post, hold = place.hold()
        place.post = post
        actions.decide_hold(actor, hold.id, Deed("approve", None, ""))
    appeal = ask(place)
    if role == "who_spoke":  # after it was asked for: what counts is who spoke when it is decided
        post_reply(actor, place.thread.id, "Let us stay calm.")
    if role == "who_acted_later":
        case = db.session.get_one(Case, appeal.case_id)
        actions.mend_post(place.author, place.post.id, "They are loud.")
        actions.decide_case(actor, case.id, Deed("leave", None, "It says the same."), case.version)
    return appeal


def test_who_spoke_and_took_it_back_spoke(place):
    other = make_user("moderator")
    said = post_reply(other, place.thread.id, "Quite right.")
    withdraw_post(other, said.id)
    appeal = ask(place)
    with pytest.raises(NotAllowed):
        actions.decide_appeal(other, appeal.id, "upheld", WHY, 1)


def test_the_independent_person_who_acted_does_not_judge(place):
    independent = name_independent()
    with transaction():
        db.session.get_one(User, independent.id).grants = make_user("moderator").grants
    place.moderator = independent
    appeal = ask(place)
    with pytest.raises(NotAllowed):
        actions.decide_appeal(independent, appeal.id, "upheld", WHY, 1)


def test_a_moderator_never_decides_about_their_own_flag_or_learns_who_flagged(place):
    flagger, author = make_user("moderator"), make_user("moderator")
    place.post = make_post(place.thread, author, "Nobody is nice here.")
    case = refuse_flag(place, flagger)
    appeal = actions.appeal_measure(flagger, case.id, "It is not fair at all.")
    for judge, error in ((flagger, NotAllowed), (author, NotFound), (place.moderator, NotAllowed)):
        with pytest.raises(error):
            actions.decide_appeal(judge, appeal.id, "overturned", WHY, 1)


# --- the paths of its states ---

PATHS = {
    (): "open",
    ("upheld",): "decided",
    ("overturned",): "decided",
    ("varied",): "decided",
    ("withdraw",): "withdrawn",
    ("upheld", "overturned"): None,
    ("overturned", "upheld"): None,
    ("varied", "withdraw"): None,
    ("upheld", "say"): None,
    ("withdraw", "upheld"): None,
    ("withdraw", "say"): None,
    ("withdraw", "ask"): None,
    ("overturned", "ask"): None,
    ("say", "upheld"): "decided",
    ("say", "withdraw"): "withdrawn",
    ("withdraw", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: "-".join(path) or "nothing")
def test_every_path_of_a_second_look(place, path):
    """None: the last step is refused, and nothing is changed by it."""
    judge = make_user("moderator")
    appeal = ask(place)
    steps = {
        "ask": lambda: actions.appeal_measure(place.author, appeal.case_id, "Again."),
        "say": lambda: actions.say_in_appeal(place.author, appeal.id, "One more thing."),
        "withdraw": lambda: actions.withdraw_appeal(place.author, appeal.id),
    }
    for step in path[:-1] if PATHS[path] is None else path:
        _step(steps, step, judge, appeal)
    if PATHS[path] is not None:
        assert appeal.state == PATHS[path]
        return
    before = (appeal.state, appeal.outcome, appeal.version, logged())
    with pytest.raises(Conflict):
        _step(steps, path[-1], judge, appeal)
    assert (appeal.state, appeal.outcome, appeal.version, logged()) == before


def _step(steps, step, judge, appeal) -> None:
    if step in steps:
        steps[step]()
    else:
        actions.decide_appeal(judge, appeal.id, step, WHY, appeal.version)


@pytest.mark.parametrize(
    ("outcome", "reason", "field"),
    [("upheld", " ", "reason"), ("upheld", "x" * 2001, "reason"), ("burned", "Because.", "outcome")],
)
def test_a_decision_needs_an_outcome_and_a_reason(place, outcome, reason, field):
    judge, appeal = make_user("moderator"), ask(place)
    with pytest.raises(Invalid) as refused:
        actions.decide_appeal(judge, appeal.id, outcome, reason, 1)
    assert (list(refused.value.errors), appeal.state) == ([field], "open")


def test_a_decision_about_an_older_version_is_refused(place):
    judge, appeal = make_user("moderator"), ask(place)
    with pytest.raises(Conflict, match="changed"):
        actions.decide_appeal(judge, appeal.id, "upheld", WHY, 7)


def test_only_who_asked_withdraws(place):
    judge, appeal = make_user("moderator"), ask(place)
    with pytest.raises(NotAllowed):
        actions.withdraw_appeal(judge, appeal.id)
    with pytest.raises(NotFound):
        actions.withdraw_appeal(make_user(), appeal.id)


# --- what becomes of it ---


def test_overturned_brings_back_words_counts_and_the_flaggers_accuracy(place):
    flagger, judge = make_user(), make_user("moderator")
    actions.flag_post(flagger, place.post.id, 2, "Look.")
    appeal = ask(place)
    actions.decide_appeal(judge, appeal.id, "overturned", WHY, 1)
    flag = db.session.scalars(select(Flag)).one()
    assert (state_of(place.post), flag.state, appeal.case.state) == ("visible", "disagreed", "closed")
    assert logged()[-1][0] == "overturned"
    assert (told(place.author)[-1], told(place.moderator)[-1]) == ("appeal_overturned", "yours_overturned")


def test_what_was_declined_is_published_when_it_is_overturned(place):
    post, hold = place.hold()
    actions.decide_hold(place.moderator, hold.id, Deed("decline", 2, "No."))
    case = queries.find_case_about("post", post.id)
    appeal = actions.appeal_measure(place.author, case.id, "Why not?")
    actions.decide_appeal(make_user("moderator"), appeal.id, "overturned", WHY, 1)
    assert (state_of(post), db.session.get_one(Post, post.id).seq) == ("visible", 2)


def test_what_was_restored_meanwhile_is_still_answered(place):
    appeal = ask(place)
    restore = Deed("restore", None, "I was wrong.")
    actions.decide_case(place.moderator, appeal.case_id, restore, appeal.case.version)
    actions.decide_appeal(make_user("moderator"), appeal.id, "overturned", WHY, 1)
    assert (state_of(place.post), appeal.outcome) == ("visible", "overturned")


def test_varied_lets_the_author_mend_once_more(place):
    case = hide(place)
    actions.mend_post(place.author, place.post.id, "They are beasts.")
    actions.decide_case(place.moderator, case.id, Deed("leave", None, "The same."), case.version)
    appeal = actions.appeal_measure(place.author, case.id, "Let me try.")
    actions.decide_appeal(make_user("moderator"), appeal.id, "varied", WHY, 1)
    assert (state_of(place.post), case.state, logged()[-1]) == ("hidden", "decided", ("varied", "moderator"))
    actions.mend_post(place.author, place.post.id, "They are loud.")
    assert case.state == "second_look"


# --- by who flagged ---


def test_a_refused_flag_is_contested_and_what_it_named_is_hidden_after_all(place):
    flagger, judge, another = make_user(), make_user("moderator"), make_user()
    case = refuse_flag(place, flagger)
    appeal = actions.appeal_measure(flagger, case.id, "It calls them animals.")
    assert appeal.side == "flagger"
    with time_machine.travel(now() + timedelta(hours=25)):
        actions.flag_post(another, place.post.id, 2, "Me too.")
    actions.decide_appeal(judge, appeal.id, "overturned", "It does.", 1)
    post = db.session.get_one(Post, place.post.id)
    assert (post.state, post.rule_number) == ("hidden", 2)
    assert [flag.state for flag in db.session.scalars(select(Flag))] == ["agreed", "agreed"]
    assert (told(place.author), told(another)) == (["post_hide"], ["flag_hide"])
    assert logged()[-2:] == [("hide", "moderator"), ("overturned", "moderator")]


def test_whoever_hid_by_deciding_does_not_judge_that(place):
    flagger, judge = make_user(), make_user("moderator")
    case = refuse_flag(place, flagger)
    first = actions.appeal_measure(flagger, case.id, "It calls them animals.")
    actions.decide_appeal(judge, first.id, "overturned", "It does.", 1)
    second = actions.appeal_measure(place.author, case.id, "I spoke of wolves.")
    for person in (judge, flagger, place.moderator):
        with pytest.raises((NotAllowed, NotFound)):
            actions.decide_appeal(person, second.id, "upheld", WHY, 1)
    other = make_user("moderator")
    assert actions.decide_appeal(other, second.id, "overturned", WHY, 1).outcome == "overturned"


@pytest.mark.parametrize("meanwhile", ["withdrawn", "flag_changed", "hidden_anew"])
def test_where_nothing_is_left_to_hide_it_is_still_answered(place, meanwhile):
    flagger = make_user()
    case = refuse_flag(place, flagger)
    appeal = actions.appeal_measure(flagger, case.id, "It is.")
    if meanwhile == "withdrawn":
        withdraw_post(place.author, place.post.id)
    elif meanwhile == "hidden_anew":
        actions.moderate(make_user("moderator"), "post", place.post.id, Deed("hide", 2, "It does."))
    else:
        with time_machine.travel(now() + timedelta(hours=25)):
            actions.flag_post(flagger, place.post.id, 1, "Rather this one.")
    actions.decide_appeal(make_user("moderator"), appeal.id, "overturned", WHY, 1)
    is_hidden = state_of(place.post) == "hidden"
    assert (appeal.outcome, is_hidden) == ("overturned", meanwhile != "withdrawn")


# --- reading ---


def test_a_comment_in_a_closed_project_is_judged_by_its_own(app):
    make_agreement()
    owner, author, elsewhere = make_user(), make_user(), make_user("moderator")
    project = make_project(owner, visibility="members")
    moderators = [_member(project), _member(project)]
    join(project, author)
    post = make_post(make_thread(project), author, "They are animals.")
    case = actions.moderate(moderators[0], "post", post.id, HIDE)
    appeal = actions.appeal_measure(author, case.id, "No.")
    assert queries.list_deciders(appeal) == [moderators[1].id]
    with pytest.raises(NotFound):
        queries.get_appeal(elsewhere, appeal.id)
    assert queries.get_appeal(name_independent(), appeal.id).id == appeal.id


def _member(project) -> User:
    person = make_user()
    join(project, person, "moderator")
    return person


def test_lists_are_each_persons_own(place):
    judge, mine = make_user("moderator"), make_user("moderator")
    appeal = ask(place)
    speaker(place)
    assert [row.id for row in queries.list_to_decide(judge)] == [appeal.id]
    assert (queries.count_to_decide(judge), queries.count_to_decide(Guest())) == (1, 0)
    assert [row.id for row in queries.list_own_appeals(place.author)] == [appeal.id]
    assert queries.list_own_appeals(mine) == []
    assert queries.find_appeal_in(judge, appeal.case_id).id == appeal.id
    with pytest.raises(NotFound):
        queries.find_appeal_in(make_user(), appeal.case_id)


def test_the_statement_is_for_whom_it_is_about_and_for_moderators(place):
    case = hide(place)
    for reader in (place.author, place.moderator):
        assert queries.get_told(reader, case.id)[1].action == "hide"
    for stranger in (make_user(), Guest()):
        with pytest.raises(NotFound):
            queries.get_told(stranger, case.id)
    flagger = make_user()
    place.post = make_post(place.thread, place.author, "Sharp.")
    refused = refuse_flag(place, flagger)
    assert queries.get_told(flagger, refused.id)[1].action == "leave"
    with pytest.raises(NotFound):
        queries.get_told(place.moderator, refused.id)


def test_by_lot_needs_three_who_have_no_part(place):
    case = hide(place)
    make_volunteers(2)
    with pytest.raises(Invalid) as refused:
        actions.appeal_measure(place.author, case.id, "Please.", by_lot=True)
    assert list(refused.value.errors) == ["way"]
    assert LEAVE.action == "leave"
