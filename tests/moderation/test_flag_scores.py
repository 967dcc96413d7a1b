"""Hiding by score: what happens, when it does not, and what it means for those who flagged."""

from datetime import timedelta

import pytest
import time_machine
from factories import join, make_organization, make_post, make_project, make_thread, make_user, save
from sqlalchemy import select

from civicforum.accounts.models import User
from civicforum.db import db, now, transaction
from civicforum.discussions.actions import edit_post
from civicforum.discussions.models import Post, Pseudonym
from civicforum.errors import Conflict, Invalid, TooMany
from civicforum.jobs import Job
from civicforum.moderation import actions, queries
from civicforum.moderation.actions import Deed
from civicforum.moderation.actions.flags import MOST_A_DAY, MOST_OF_NEWCOMERS
from civicforum.moderation.actions.recording import reverse_flags
from civicforum.moderation.models import Flag, LogEntry
from civicforum.notifications.models import Notification

LEAVE = Deed("leave", None, "I looked.")
RESTORE = Deed("restore", None, "It is fair.")


@pytest.fixture
def clock():
    with time_machine.travel(now(), tick=False) as machine:
        yield machine


def residents(count):
    """People whose accounts began at different times."""
    return [make_user(created_at=now() - timedelta(days=40 + 10 * n)) for n in range(count)]


def flag(clock, post, people, rule=2):
    """Each flags the post, some minutes after the one before; gives the case."""
    for person in people:
        clock.shift(timedelta(minutes=5))
        actions.flag_post(db.session.get_one(User, person.id), post.id, rule, "")
    return queries.find_case_about("post", post.id)


def states(post):
    return set(db.session.scalars(select(Flag.state).where(Flag.post_id == post.id)))


def told(user):
    return list(db.session.scalars(select(Notification.reason).where(Notification.user_id == user.id)))


def test_five_residents_hide_a_comment_until_somebody_has_looked(clock, place):
    people = residents(5)
    case = flag(clock, place.post, people[:4])
    assert (place.post.state, case.score) == ("visible", 8)
    flag(clock, place.post, people[4:])
    assert (place.post.state, case.state, case.awaits_person, case.obstacle) == (
        "hidden",
        "decided",
        True,
        None,
    )
    measure = case.measures[-1]
    assert (measure.action, measure.is_automated, measure.actor_id, measure.rule.number) == (
        "hide",
        True,
        None,
        2,
    )
    assert measure.reason.startswith("5 people asked the moderators")
    line = db.session.scalars(select(LogEntry)).one()
    assert (line.action, line.actor_role) == ("hide", "automatic")
    assert told(place.author) == ["post_hide"]
    assert db.session.scalars(select(Job.task)).all() == ["moderation.tell_author"]
    # It is no judgment yet: nobody who flagged is told, nor found right.
    assert (states(place.post), told(people[0])) == ({"open"}, [])
    assert [(item.post.id, item.why) for item in queries.list_queue(place.moderator)] == [
        (place.post.id, "score")
    ]
    assert queries.count_queue(place.moderator) == 1


def test_the_author_reads_the_reason_in_their_language(clock, place):
    with transaction():
        db.session.get_one(User, place.author.id).locale = "es"
    case = flag(clock, place.post, residents(5))
    assert "ninguna persona" in case.measures[-1].reason.lower()


def test_the_rule_most_cited_is_the_one_it_is_hidden_under(clock, place):
    people = residents(5)
    flag(clock, place.post, people[:2], rule=2)
    case = flag(clock, place.post, people[2:], rule=1)
    assert (case.measures[-1].rule.number, place.post.rule_number) == (1, 1)


def test_a_person_who_agrees_leaves_it_hidden_and_its_author_may_mend(clock, place):
    people = residents(5)
    case = flag(clock, place.post, people)
    actions.decide_case(place.moderator, case.id, LEAVE, case.version)
    assert (place.post.state, case.state, case.awaits_person) == ("hidden", "decided", False)
    assert (states(place.post), told(people[0])) == ({"agreed"}, ["flag_hide"])
    assert told(place.author) == ["post_hide", "post_leave"]
    assert queries.list_queue(place.moderator) == []
    actions.mend_post(place.author, place.post.id, "They are loud.")
    assert case.state == "second_look"


def test_a_person_who_disagrees_shows_it_again_and_the_flags_were_wrong(clock, place):
    people = residents(5)
    case = flag(clock, place.post, people)
    actions.decide_case(place.moderator, case.id, RESTORE, case.version)
    assert (place.post.state, case.state, case.awaits_person) == ("visible", "closed", False)
    assert (states(place.post), told(people[0])) == ({"disagreed"}, ["flag_leave"])


def test_flags_on_what_was_mended_were_right(clock, place):
    people = residents(5)
    case = flag(clock, place.post, people)
    actions.mend_post(place.author, place.post.id, "They are loud.")
    actions.decide_case(place.moderator, case.id, RESTORE, case.version)
    assert (states(place.post), told(people[0])) == ({"agreed"}, ["flag_mended"])


def test_a_town_may_let_flags_never_hide_anything(app, clock, place):
    settings = app.config["SETTINGS"]
    object.__setattr__(settings, "hide_at_score", None)
    try:
        case = flag(clock, place.post, residents(5))
        assert (place.post.state, case.score) == ("visible", 10)
    finally:
        object.__setattr__(settings, "hide_at_score", 8.33)


def test_a_flag_taken_back_weighs_no_more(clock, place):
    people = residents(5)
    flag(clock, place.post, people[:2])
    actions.withdraw_flag(people[0], place.post.id)
    case = flag(clock, place.post, people[2:])
    assert (place.post.state, case.score) == ("visible", 8)
    flag(clock, place.post, people[:1])
    assert place.post.state == "hidden"


def test_who_got_it_hidden_cannot_take_the_flag_back_and_never_be_wrong(clock, place):
    people = residents(5)
    case = flag(clock, place.post, people)
    for person in people:
        with pytest.raises(Conflict, match="waits for a moderator"):
            actions.withdraw_flag(person, place.post.id)
    assert (place.post.state, case.state, case.awaits_person) == ("hidden", "decided", True)
    actions.decide_case(place.moderator, case.id, Deed("restore", None, "It is fair."), case.version)
    assert set(db.session.scalars(select(Flag.state))) == {"disagreed"}


def test_a_flag_is_taken_back_once_and_not_after_it_was_decided(place):
    first, second = make_user(), make_user()
    for person in (first, second):
        actions.flag_post(person, place.post.id, 2, "")
    for _twice in range(2):
        actions.withdraw_flag(first, place.post.id)
    assert sorted(db.session.scalars(select(Flag.state))) == ["open", "withdrawn"]
    case = queries.find_case_about("post", place.post.id)
    actions.decide_case(place.moderator, case.id, Deed("hide", 2, "Insult."), case.version)
    with pytest.raises(Conflict):
        actions.withdraw_flag(second, place.post.id)
    actions.withdraw_flag(first, place.post.id)
    with pytest.raises(Conflict):
        actions.flag_post(first, place.post.id, 2, "")
    with pytest.raises(Invalid):
        actions.flag_post(first, place.post.id, 2, "x" * 501)


# --- where a person has to look first ---


def test_no_organization_hides_a_comment_by_itself(clock, place):
    people = residents(6)
    make_organization(*people)
    case = flag(clock, place.post, people)
    assert (place.post.state, case.state, case.obstacle) == ("visible", "open", "organization")


def test_a_crowd_of_new_accounts_hides_nothing(clock, place):
    crowd = [make_user(created_at=now() - timedelta(hours=n)) for n in range(6)]
    case = flag(clock, place.post, crowd)
    assert (place.post.state, case.obstacle) == ("visible", "new_accounts")
    assert queries.list_queue(place.moderator)[0].case.obstacle == "new_accounts"


def test_flags_at_one_moment_hide_nothing(place):
    for person in residents(6):
        actions.flag_post(person, place.post.id, 2, "")
    case = queries.find_case_about("post", place.post.id)
    assert (place.post.state, case.obstacle) == ("visible", "at_once")


def test_what_somebody_with_a_role_said_is_never_hidden_by_a_count(clock, place):
    organizer = make_user()
    join(place.project, organizer, "organizer")
    post = make_post(place.thread, organizer, "We will see.")
    assert flag(clock, post, residents(6)).obstacle == "staff"


@pytest.mark.parametrize(
    "words",
    [
        "Ask @olga about it.",
        "OLGA RÍOS lies to us.",
        "Ms. Ríos lies to us.",
        "The Harbour  Trust wastes our money.",
        "The mayor is asleep.",
        "La alcaldesa duerme.",
    ],
)
def test_a_critic_of_those_with_power_is_not_hidden_by_a_count(clock, place, words):
    organizer, partner = make_user(name="Olga Rios", handle="olga"), make_user()
    project = make_project(organizer, make_organization(partner, name="Harbour Trust"))
    post = make_post(make_thread(project, make_user()), make_user(), words)
    assert flag(clock, post, residents(6)).obstacle == "criticism"


def test_answering_those_with_power_is_criticism_too(clock, place):
    organizer = make_user()
    join(place.project, organizer, "organizer")
    theirs = make_post(place.thread, organizer, "We will see.")
    answer = make_post(place.thread, make_user(), "You never do.", reply_to_id=theirs.id)
    begun = make_thread(place.project, organizer)
    below = make_post(begun, make_user(), "You never do.")
    aside = make_post(begun, make_user(), "Fool.", reply_to_id=below.id)
    people = residents(5)
    assert [flag(clock, post, people).obstacle for post in (answer, below, aside)] == [
        "criticism",
        "criticism",
        None,
    ]


def test_nobody_learns_from_a_count_whose_a_pseudonym_is(clock, place):
    organizer = make_user()
    pseudonym = save(Pseudonym(project_id=place.project.id, user_id=organizer.id, name="Heron"))
    said = make_post(place.thread, organizer, "Well.", pseudonym_id=pseudonym.id)
    join(place.project, organizer, "organizer")
    answer = make_post(place.thread, make_user(), "You fool.", reply_to_id=said.id)
    assert flag(clock, answer, residents(5)).obstacle is None


# --- how often somebody was right ---


def decided(person, state, count):
    with transaction():
        for _n in range(count):
            post = Post(thread_id=make_thread(make_project()).id, body="", html="", author_id=None)
            db.session.add(post)
            db.session.flush()
            db.session.add(Flag(post_id=post.id, user_id=person.id, rule_id=1, state=state))


def test_having_been_right_makes_a_flag_weigh_more_and_wrong_less(clock, place):
    right, wrong, third, fourth = residents(4)
    decided(right, "agreed", 10)
    decided(wrong, "disagreed", 10)
    assert flag(clock, place.post, [wrong]).score == 0
    assert flag(clock, place.post, [right]).score == 11.3
    # Whoever was right so often hides nothing with an account beside them that weighs nothing.
    assert place.post.state == "visible"
    assert flag(clock, place.post, [fourth]).score == 13.3
    assert place.post.state == "hidden"
    other = make_post(place.thread, place.author, "Again.")
    assert flag(clock, other, [third]).score == 2


def test_undoing_a_decision_changes_who_was_right(clock, place):
    person = residents(1)[0]
    case = flag(clock, place.post, [person])
    actions.decide_case(place.moderator, case.id, Deed("hide", 2, "Insult."), case.version)
    assert states(place.post) == {"agreed"}
    actions.decide_case(place.moderator, case.id, RESTORE, case.version)
    assert states(place.post) == {"disagreed"}
    actions.moderate(place.moderator, "post", place.post.id, Deed("hide", 2, "After all."))
    assert states(place.post) == {"agreed"}
    with transaction():
        reverse_flags(case, "disagreed")
    assert states(place.post) == {"disagreed"}


def test_hiding_other_words_later_does_not_make_a_wrong_flag_right(clock, place):
    case = flag(clock, place.post, residents(1))
    actions.decide_case(place.moderator, case.id, LEAVE, case.version)
    clock.shift(timedelta(minutes=1))
    edit_post(place.author, place.post.id, "You are animals, too.", place.post.revision)
    actions.moderate(place.moderator, "post", place.post.id, Deed("hide", 2, "Insult."))
    assert states(place.post) == {"disagreed"}


# --- limits ---


def test_words_that_were_left_are_not_flagged_again_for_a_day(clock, place):
    first, second = residents(2)
    case = flag(clock, place.post, [first])
    actions.decide_case(place.moderator, case.id, LEAVE, case.version)
    with pytest.raises(Conflict):
        flag(clock, place.post, [second])
    clock.shift(timedelta(hours=24))
    again = flag(clock, place.post, [first])
    assert (again.id != case.id, again.state) == (True, "open")
    # The flag that was found wrong goes on counting as wrong.
    assert db.session.scalars(select(Flag.state).order_by(Flag.id)).all() == ["disagreed", "open"]
    assert queries.get_own_flag(first, place.post.id).state == "open"


def test_words_that_were_changed_may_be_flagged_at_once(clock, place):
    first, second = residents(2)
    case = flag(clock, place.post, [first])
    actions.decide_case(place.moderator, case.id, LEAVE, case.version)
    clock.shift(timedelta(minutes=1))
    edit_post(place.author, place.post.id, "You are animals, too.", place.post.revision)
    assert flag(clock, place.post, [second]).state == "open"


@pytest.mark.parametrize(("is_newcomer", "most"), [(True, MOST_OF_NEWCOMERS), (False, MOST_A_DAY)])
@pytest.mark.usefixtures("with_limits")
def test_a_person_flags_so_many_comments_a_day(clock, place, is_newcomer, most):
    person = make_user(newcomer=is_newcomer)
    posts = [make_post(place.thread, place.author, f"Words {n}.") for n in range(most + 1)]
    for post in posts[:most]:
        actions.flag_post(person, post.id, 2, "")
    with pytest.raises(TooMany):
        actions.flag_post(person, posts[most].id, 2, "")
    actions.flag_post(person, posts[0].id, 1, "The other rule fits better.")
    clock.shift(timedelta(hours=24))
    actions.flag_post(person, posts[most].id, 2, "")


def test_weighing_costs_the_same_with_many_flags(clock, place, count_queries):
    def cost(person):
        db.session.expunge_all()
        person = db.session.get_one(User, person)
        clock.shift(timedelta(minutes=5))
        with count_queries() as count:
            actions.flag_post(person, post_id, 2, "")
        return count.total

    people, post_id = [person.id for person in residents(4)], place.post.id
    costs = [cost(person) for person in people]
    assert costs[3] == costs[1]


def test_a_moderator_who_may_not_judge_it_does_not_do_so_by_a_flag(clock, place):
    tied, friend = make_user("moderator"), make_user("mediator")
    make_post(place.thread, tied, "I know better.")
    assert flag(clock, place.post, [tied, friend]).score == 6
    assert place.post.state == "visible"
    other = make_post(make_thread(place.project), place.author, "These people are wolves.")
    assert flag(clock, other, [tied, friend]).score == 9
    assert other.state == "hidden"
