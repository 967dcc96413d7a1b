"""Three residents drawn by lot: who may be drawn, how, what two of three do, and who comes next."""

import hashlib
from datetime import timedelta

import pytest
from factories import join, make_project, make_user
from moderation.looks import (
    age,
    ask,
    hide,
    make_volunteers,
    member_with_role,
    partner_of,
    seated,
    speaker,
)
from sqlalchemy import select

from civicforum.accounts.models import SYSTEM, Guest, User
from civicforum.db import db, now, transaction
from civicforum.discussions.actions import post_reply
from civicforum.discussions.models import Post
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.jobs import Job
from civicforum.moderation import actions, queries
from civicforum.moderation.lots import in_order_of_lot, seed_of
from civicforum.moderation.models import Appeal, LogEntry, PanelSeat
from civicforum.notifications.models import Notification

WHY = "It is about wolves."


@pytest.fixture
def panel(place):
    """An appeal with five volunteers, of whom three were drawn."""
    make_volunteers(5)
    appeal = ask(place, by_lot=True)
    actions.draw_panel(SYSTEM, appeal.id)
    return appeal


def states(appeal) -> list[str]:
    db.session.expire_all()
    return [seat.state for seat in db.session.get_one(Appeal, appeal.id).seats]


def told(user_id) -> list[str]:
    return list(db.session.scalars(select(Notification.reason).where(Notification.user_id == user_id)))


# --- the draw ---


def test_an_outsider_draws_the_same_three(panel):
    """From what is public: the log's line, the number of the appeal, and the numbers of the volunteers."""
    line = db.session.get_one(LogEntry, panel.lot_line)
    seed = f"{line.hash}:{panel.id}:{panel.lot_secret}"

    def code(number: int) -> str:
        return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()

    assert [seat.number for seat in panel.seats] == sorted(panel.lot_pool, key=code)[:3]
    assert (line.action, queries.verify_log()[1]) == ("appealed", None)


def test_the_seed_was_published_before_the_lot_was_drawn(panel):
    actions_ = db.session.scalars(select(LogEntry.action).order_by(LogEntry.number)).all()
    assert actions_ == ["hide", "appealed"]
    assert panel.lot_line == 2


def test_another_seed_draws_others():
    numbers = range(1, 30)
    assert in_order_of_lot("a", numbers) != in_order_of_lot("b", numbers)
    assert sorted(in_order_of_lot("a", numbers)) == list(numbers)


def test_drawing_twice_changes_nothing_and_only_the_house_draws(panel, place):
    before = (panel.lot_hash, [seat.number for seat in panel.seats])
    actions.draw_panel(SYSTEM, panel.id)
    assert (panel.lot_hash, [seat.number for seat in panel.seats]) == before
    with pytest.raises(NotAllowed):
        actions.draw_panel(place.moderator, panel.id)
    with pytest.raises(NotAllowed):
        actions.replace_juror(place.moderator, panel.seats[0].id)
    with pytest.raises(NotFound):
        actions.draw_panel(SYSTEM, 987654)


TIED = {
    "moderator": lambda place: make_user("moderator"),
    "steward": lambda place: make_user("steward"),
    "organizer": lambda place: member_with_role(place, "organizer"),
    "partner": partner_of,
    "speaker": speaker,
    "flagger": lambda place: _flagger(place),
    "suspended": lambda place: make_user(),
    "unconfirmed": lambda place: make_user(),
    "too_late": lambda place: make_user(),
    "off_again": lambda place: make_user(),
}


def _flagger(place) -> User:
    person = make_user()
    actions.flag_post(person, place.post.id, 2, "Look.")
    return person


def test_who_has_a_part_or_a_role_is_not_drawn(place):
    tied = {tie: make(place) for tie, make in TIED.items()}
    for person in tied.values():
        actions.volunteer(person, True)
    case, free = hide(place), make_volunteers(1)[0]
    with transaction():
        db.session.get_one(User, tied["suspended"].id).suspended_until = now() + timedelta(days=1)
        db.session.get_one(User, tied["unconfirmed"].id).email_confirmed_at = None
        queries.find_volunteer(tied["too_late"]).since = now() + timedelta(hours=1)
    actions.volunteer(tied["off_again"], False)
    drawn = set(queries.eligible_volunteers(case).values())
    assert [tie for tie, person in tied.items() if person.id in drawn] == []
    assert drawn == {free.id}


def test_in_a_closed_project_its_members_are_drawn(place):
    member, stranger = make_volunteers(2)
    join(place.project, member)
    case = hide(place)
    with transaction():
        place.project.visibility = "members"
    assert list(queries.eligible_volunteers(case).values()) == [member.id]
    assert stranger.id


def test_the_number_stays_while_one_pauses(app):
    person = make_user()
    number = actions.volunteer(person, True).id
    since = actions.volunteer(person, True).since
    assert actions.volunteer(person, False).is_on is False
    again = actions.volunteer(person, True)
    assert (again.id, again.is_on, again.since > since) == (number, True, True)


def test_a_suspended_resident_steps_back_and_does_not_offer(app):
    person = make_user(suspended_until=now() + timedelta(days=1))
    assert actions.volunteer(person, False).is_on is False
    for nobody in (person, Guest(), SYSTEM):
        with pytest.raises(NotAllowed):
            actions.volunteer(nobody, True)


# --- voting ---


def test_two_of_three_decide(panel, place):
    first, second, third = seated(panel)
    actions.vote_on_appeal(first, panel.id, "overturned", WHY)
    actions.vote_on_appeal(second, panel.id, "upheld", "It is not.")
    assert panel.state == "open"
    actions.vote_on_appeal(third, panel.id, "overturned", "So I think.")
    line = db.session.scalars(select(LogEntry).order_by(LogEntry.number.desc())).first()
    assert (line.action, line.actor_role) == ("overturned", "three residents")
    assert (panel.state, panel.outcome, panel.decided_by_id) == ("decided", "overturned", None)
    assert panel.reason == f"{WHY}\n\nSo I think."
    assert db.session.get_one(Post, place.post.id).state == "visible"
    assert told(place.author.id)[-1] == "appeal_overturned"


def test_after_two_the_third_is_not_needed(panel):
    first, second, third = seated(panel)
    for person in (first, second):
        actions.vote_on_appeal(person, panel.id, "upheld", WHY)
    line = db.session.scalars(select(LogEntry).order_by(LogEntry.number.desc())).first()
    assert (panel.outcome, line.action, line.actor_role) == ("upheld", "upheld", "three residents")
    for late in (actions.leave_panel, lambda *who: actions.vote_on_appeal(*who, "upheld", WHY)):
        with pytest.raises(Conflict):
            late(third, panel.id)


def test_one_votes_once(panel):
    first = seated(panel)[0]
    actions.vote_on_appeal(first, panel.id, "upheld", WHY)
    for again in (actions.leave_panel, lambda *who: actions.vote_on_appeal(*who, "overturned", WHY)):
        with pytest.raises(Conflict):
            again(first, panel.id)


@pytest.mark.parametrize(("vote", "reason", "field"), [("varied", WHY, "vote"), ("upheld", "", "reason")])
def test_a_vote_needs_a_reason_and_is_yes_or_no(panel, vote, reason, field):
    with pytest.raises(Invalid) as refused:
        actions.vote_on_appeal(seated(panel)[0], panel.id, vote, reason)
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize("who", ["author", "who_acted", "moderator", "not_drawn", "guest", "system"])
def test_nobody_else_votes_or_decides_alone(panel, place, who):
    drawn = {person.id for person in seated(panel)}
    actor = {
        "author": place.author,
        "who_acted": place.moderator,
        "moderator": make_user("moderator"),
        "not_drawn": next(
            db.session.get_one(User, each)
            for each in queries.eligible_volunteers(panel.case).values()
            if each not in drawn
        ),
        "guest": Guest(),
        "system": SYSTEM,
    }[who]
    deeds = [
        lambda: actions.vote_on_appeal(actor, panel.id, "upheld", WHY),
        lambda: actions.leave_panel(actor, panel.id),
        lambda: actions.decide_appeal(actor, panel.id, "upheld", WHY, 1),
    ]
    for deed in deeds:
        with pytest.raises((NotAllowed, NotFound, Conflict)):
            deed()
    assert panel.state == "open"


def test_who_was_drawn_and_then_spoke_does_not_judge(panel, place):
    first = seated(panel)[0]
    post_reply(first, place.thread.id, "I have an opinion.")
    with pytest.raises(NotAllowed):
        actions.vote_on_appeal(first, panel.id, "upheld", WHY)
    actions.leave_panel(first, panel.id)
    assert states(panel) == ["declined", "asked", "asked", "asked"]


def test_who_was_drawn_and_suspended_does_not_judge(panel):
    first = seated(panel)[0]
    with transaction():
        db.session.get_one(User, first.id).suspended_until = now() + timedelta(days=1)
    for deed in (actions.say_in_appeal, lambda *who: actions.vote_on_appeal(*who[:2], "upheld", WHY)):
        with pytest.raises(NotAllowed):
            deed(first, panel.id, "I am angry.")


def test_who_was_drawn_in_a_project_that_closed_reads_nothing_any_more(panel, place):
    first = seated(panel)[0]
    assert queries.get_appeal(first, panel.id).id == panel.id
    with transaction():
        place.project.visibility = "members"
    with pytest.raises(NotFound):
        queries.get_appeal(first, panel.id)


# --- who comes next ---


def test_who_does_not_answer_in_five_days_is_followed_by_the_next_of_the_same_lot(panel, place):
    order = in_order_of_lot(f"{panel.lot_hash}:{panel.id}:{panel.lot_secret}", panel.lot_pool)
    first = panel.seats[0]
    actions.replace_juror(SYSTEM, first.id)
    assert states(panel) == ["asked"] * 3  # it was too early
    age(first, days=5)
    actions.replace_juror(SYSTEM, first.id)
    actions.replace_juror(SYSTEM, first.id)
    assert states(panel) == ["replaced", "asked", "asked", "asked"]
    assert [seat.number for seat in panel.seats] == order[:4]
    late = db.session.get_one(User, panel.seats[0].user_id)
    with pytest.raises(NotFound):
        actions.vote_on_appeal(late, panel.id, "upheld", WHY)
    actions.replace_juror(SYSTEM, 987654)


def test_the_clock_asks_the_next(panel):
    due = db.session.scalars(select(Job).where(Job.task == "moderation.replace_juror")).all()
    assert [job.run_at for job in due] == [seat.due_at for seat in panel.seats]
    actions.vote_on_appeal(seated(panel)[0], panel.id, "upheld", WHY)
    assert len(db.session.scalars(select(Job).where(Job.task == "moderation.replace_juror")).all()) == 2


def test_the_next_who_spoke_meanwhile_is_passed_over(panel, place):
    order = in_order_of_lot(f"{panel.lot_hash}:{panel.id}:{panel.lot_secret}", panel.lot_pool)
    fourth = queries.eligible_volunteers(panel.case)[order[3]]
    post_reply(db.session.get_one(User, fourth), place.thread.id, "Hear me.")
    actions.leave_panel(seated(panel)[0], panel.id)
    assert states(panel) == ["declined", "asked", "asked", "replaced", "asked"]
    assert panel.seats[4].number == order[4]


def test_at_the_end_of_the_lot_one_person_decides(panel, place):
    judge = make_user("moderator")
    voter = seated(panel)[0]
    actions.vote_on_appeal(voter, panel.id, "overturned", WHY)
    for _time in range(3):
        actions.leave_panel(seated(panel)[0], panel.id)
    assert (panel.way, panel.state, seated(panel)) == ("person", "open", [])
    assert (told(place.author.id)[-1], told(judge.id)) == ("appeal_handed", ["appeal_asked"])
    assert actions.decide_appeal(judge, panel.id, "upheld", WHY, panel.version).outcome == "upheld"


def test_with_too_few_left_when_it_is_drawn_one_person_decides(place):
    people = make_volunteers(3)
    appeal = ask(place, by_lot=True)
    actions.volunteer(people[0], False)
    actions.draw_panel(SYSTEM, appeal.id)
    assert (appeal.way, appeal.lot_hash, states(appeal)) == ("person", None, [])


def test_what_was_withdrawn_is_not_drawn(place):
    make_volunteers(3)
    appeal = ask(place, by_lot=True)
    actions.withdraw_appeal(place.author, appeal.id)
    actions.draw_panel(SYSTEM, appeal.id)
    assert states(appeal) == []


def test_an_added_message_is_told_to_those_who_were_drawn(panel, place):
    actions.say_in_appeal(place.author, panel.id, "One more thing.")
    assert all("appeal_message" in told(person.id) for person in seated(panel))


def test_lists_and_the_lot(panel, place):
    first, other = seated(panel)[0], make_user()
    assert [seat.appeal_id for seat in queries.list_to_judge(first)] == [panel.id]
    assert (queries.count_to_decide(first), queries.list_to_judge(other)) == (1, [])
    assert queries.get_lot(Guest(), panel.id).id == panel.id
    assert queries.find_asked_seat(panel.seats[0].id) is not None
    with transaction():
        place.project.visibility = "members"
    for missing in (panel.id, 987654):
        with pytest.raises(NotFound):
            queries.get_lot(other, missing)
    assert db.session.scalars(select(PanelSeat)).first() is not None
    assert make_project().id


def test_whoever_asks_cannot_compute_in_advance_whom_the_lot_falls_on(panel):
    """All else is public or can be guessed, second by second. Lots of the first days had no secret."""
    numbers = list(range(1, 30))
    known = seed_of(panel.lot_hash, panel.id, None)
    assert known == f"{panel.lot_hash}:{panel.id}"
    drawn = in_order_of_lot(seed_of(panel.lot_hash, panel.id, panel.lot_secret), numbers)
    assert (len(panel.lot_secret), in_order_of_lot(known, numbers) == drawn) == (64, False)
