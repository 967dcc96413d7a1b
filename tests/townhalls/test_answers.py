"""Seats: what each answer takes, who waits, and what a change does."""

from datetime import timedelta

import pytest
from factories import join, make_project, make_rsvp, make_town_hall, make_user, save

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.db import db, now
from civicforum.errors import Conflict, Invalid, NotAllowed, NotFound
from civicforum.jobs import Job
from civicforum.notifications.models import Notification
from civicforum.notifications.queries import list_inbox
from civicforum.partnerships.actions import edit_project
from civicforum.townhalls import actions, queries
from civicforum.townhalls.models import Need, Rsvp
from civicforum.townhalls.wishes import NeedWish, Wish


@pytest.fixture
def organizer(app):
    return make_user()


@pytest.fixture
def project(organizer):
    return make_project(organizer)


def states(hall):
    rows = db.session.query(Rsvp).filter_by(town_hall_id=hall.id).order_by(Rsvp.id)
    return [(row.state, queries.count_ahead(row)) for row in rows]


def come(hall, size=1, **wish):
    person = make_user()
    actions.rsvp(person, hall.id, "going", party_size=size, **wish)
    return person


def test_maybe_takes_no_seat(project):
    hall = make_town_hall(project, capacity=1)
    actions.rsvp(make_user(), hall.id, "maybe")
    assert actions.rsvp(make_user(), hall.id, "going").state == "going"


def test_online_counts_only_against_the_places_online(project):
    hall = make_town_hall(project, mode="hybrid", capacity=1, online_capacity=1)
    found = [
        actions.rsvp(make_user(), hall.id, "going", mode).state
        for mode in ("in_person", "online", "in_person", "online")
    ]
    assert found == ["going", "going", "waitlisted", "waitlisted"]


def test_a_small_party_does_not_overtake_a_larger_one(project):
    hall = make_town_hall(project, capacity=4)
    come(hall, 3), come(hall, 2), come(hall, 1)
    assert states(hall) == [("going", None), ("waitlisted", 1), ("waitlisted", 2)]


def test_answering_again_is_one_row_and_changes_it(project):
    hall, person = make_town_hall(project, capacity=5), make_user()
    for size in (1, 1, 3):
        actions.rsvp(person, hall.id, "going", party_size=size)
    assert [row.party_size for row in db.session.query(Rsvp)] == [3]


def test_a_larger_party_that_does_not_fit_keeps_its_old_seats(project):
    hall = make_town_hall(project, capacity=4)
    person = come(hall, 2)
    come(hall, 1)
    with pytest.raises(Conflict) as refused:
        actions.rsvp(person, hall.id, "going", party_size=4)
    assert refused.value.extra == {"free": 1}
    assert actions.rsvp(person, hall.id, "going", party_size=3).party_size == 3


def test_a_larger_party_does_not_overtake_those_who_wait(project):
    hall = make_town_hall(project, capacity=4)
    person = come(hall, 3)
    come(hall, 2)
    with pytest.raises(Conflict):
        actions.rsvp(person, hall.id, "going", party_size=4)


def test_a_smaller_party_lets_the_next_one_in(project):
    hall = make_town_hall(project, capacity=3)
    person = come(hall, 3)
    come(hall, 2)
    actions.rsvp(person, hall.id, "going", party_size=1)
    assert states(hall) == [("going", None), ("going", None)]


def test_a_smaller_wish_of_the_first_who_waits_may_find_its_seats(project):
    hall = make_town_hall(project, capacity=3)
    come(hall, 2)
    waiting = come(hall, 3)
    assert actions.rsvp(waiting, hall.id, "going", party_size=1).state == "going"
    assert db.session.query(Notification).filter_by(reason="promoted").count() == 0


def test_a_larger_wish_on_the_waiting_list_is_a_new_one(project):
    hall = make_town_hall(project, capacity=1)
    come(hall)
    first, _second = come(hall), come(hall)
    hall = db.session.merge(hall)
    actions.edit_town_hall(project.memberships[0].user, hall.id, {"capacity": 1})
    with pytest.raises(Invalid):  # no party is larger than the room
        actions.rsvp(first, hall.id, "going", party_size=2)


def test_who_asks_for_more_while_waiting_goes_to_the_end(project):
    hall = make_town_hall(project, capacity=3)
    come(hall, 3)
    first, _second = come(hall, 1), come(hall, 1)
    row = actions.rsvp(first, hall.id, "going", party_size=2)
    assert queries.count_ahead(row) == 2


def test_a_raised_capacity_lets_exactly_that_many_in(project, organizer):
    hall = make_town_hall(project, capacity=1)
    for _person in range(4):
        come(hall)
    actions.edit_town_hall(organizer, hall.id, {"capacity": 3})
    assert states(hall) == [("going", None)] * 3 + [("waitlisted", 1)]
    assert db.session.query(Notification).filter_by(reason="promoted").count() == 2


def test_the_inbox_promises_no_seat_that_was_given_back(app, project):
    hall = make_town_hall(project, capacity=1)
    first, second = come(hall), come(hall)
    actions.cancel_rsvp(first, hall.id)
    assert f"A seat is yours: you are coming to “{hall.title}”" in newest_notice(app, second)
    actions.cancel_rsvp(second, hall.id)
    assert newest_notice(app, second) == f"There is something new about “{hall.title}”."


def newest_notice(app, person) -> str:
    with app.test_request_context():
        return str(list_inbox(person).entries[0].notice.text)


def test_a_lowered_capacity_throws_nobody_out(project, organizer):
    hall = make_town_hall(project, capacity=3)
    people = [come(hall) for _person in range(3)]
    actions.edit_town_hall(organizer, hall.id, {"capacity": 1})
    come(hall)
    assert states(hall) == [("going", None)] * 3 + [("waitlisted", 1)]
    actions.cancel_rsvp(people[0], hall.id)
    assert states(hall)[3] == ("waitlisted", 1)


def test_whoever_cancels_is_told_as_cancelled_and_may_come_again_at_the_end(project):
    hall = make_town_hall(project, capacity=1)
    person, _next = come(hall), come(hall)
    assert actions.cancel_rsvp(person, hall.id).state == "cancelled"
    assert actions.cancel_rsvp(person, hall.id).state == "cancelled"
    row = actions.rsvp(person, hall.id, "going")
    assert (row.state, queries.count_ahead(row)) == ("waitlisted", 1)


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "cancelled"},
        {"starts_at": now() - timedelta(minutes=1)},
        {"starts_at": now() - timedelta(days=2)},
    ],
    ids=["cancelled", "begun", "over"],
)
def test_no_answer_is_taken_when_it_is_too_late(project, facts):
    hall = make_town_hall(project, **facts)
    with pytest.raises(Conflict):
        actions.rsvp(make_user(), hall.id, "going")


def test_a_draft_is_not_there_for_residents_and_not_open_for_organizers(project, organizer):
    hall = make_town_hall(project, status="draft")
    with pytest.raises(NotFound):
        actions.rsvp(make_user(), hall.id, "going")
    with pytest.raises(Conflict):
        actions.rsvp(organizer, hall.id, "going")


def test_a_members_meeting_is_not_there_for_others(organizer):
    hall = make_town_hall(make_project(organizer, visibility="members"))
    with pytest.raises(NotFound):
        actions.rsvp(make_user(), hall.id, "going")
    with pytest.raises(NotFound):
        actions.ask_by_mail(Guest(), hall.id, "Ana", "ana@example.com", Wish("going", "in_person"), "en")


def test_an_unconfirmed_address_may_not_answer(project):
    hall = make_town_hall(project)
    with pytest.raises(NotAllowed):
        actions.rsvp(make_user(email_confirmed_at=None), hall.id, "going")


@pytest.mark.parametrize("size", [0, -5, 10**9])
def test_a_party_is_of_a_size_that_makes_sense(project, size):
    with pytest.raises(Invalid):
        actions.rsvp(make_user(), make_town_hall(project).id, "going", party_size=size)


def test_promotion_keeps_what_was_asked_for(project):
    hall = make_town_hall(project, capacity=1)
    first = come(hall)
    second = come(hall, needs=[NeedWish("childcare", "two, 4 and 7")])
    actions.cancel_rsvp(first, hall.id)
    row = queries.find_own(second, hall)
    assert (row.state, [(n.kind, n.note, n.state) for n in row.needs]) == (
        "going",
        [("childcare", "two, 4 and 7", "requested")],
    )


def test_asking_again_with_the_same_needs_keeps_their_answers(project, organizer):
    hall = make_town_hall(project)
    needs = [NeedWish("childcare"), NeedWish("food")]
    person = come(hall, needs=needs)
    need = queries.find_own(person, hall).needs[0]
    actions.settle_need(organizer, hall.id, need.id, "confirmed", "Ms. Ortiz, room 3.")
    actions.rsvp(person, hall.id, "going", party_size=2, needs=needs[:1])
    found = [(n.kind, n.state, n.reply) for n in queries.find_own(person, hall).needs]
    assert found == [("childcare", "confirmed", "Ms. Ortiz, room 3.")]


# --- needs ---


def test_a_no_needs_a_reason(project, organizer):
    hall = make_town_hall(project)
    person = come(hall, needs=[NeedWish("transport")])
    need = queries.find_own(person, hall).needs[0]
    with pytest.raises(Invalid):
        actions.settle_need(organizer, hall.id, need.id, "cannot_provide", " ")


def test_only_helpers_settle_needs_and_only_of_their_meeting(project, organizer):
    hall, other = make_town_hall(project), make_town_hall(project)
    person = come(hall, needs=[NeedWish("transport")])
    need_id = queries.find_own(person, hall).needs[0].id
    with pytest.raises(NotAllowed):
        actions.settle_need(person, hall.id, need_id, "confirmed")
    with pytest.raises(NotFound):
        actions.settle_need(organizer, other.id, need_id, "confirmed")
    helper = make_user()
    join(project, helper, "steward")
    assert actions.settle_need(helper, hall.id, need_id, "confirmed").state == "confirmed"


def test_needs_are_forgotten_weeks_after_and_their_number_stays(project):
    hall = make_town_hall(project, starts_at=now() - timedelta(days=40))
    row = make_rsvp(hall, make_user())
    save(
        Need(rsvp_id=row.id, kind="food", state="provided"),
        Need(rsvp_id=row.id, kind="other", note="a secret", state="requested"),
    )
    actions.purge_needs(SYSTEM, hall.id)
    assert db.session.query(Need).count() == 0
    assert queries.count_needs(queries.get_town_hall(SYSTEM, hall.id)) == (2, 1)


# --- what is refused, and what changes nothing ---


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"answer": "perhaps"}, "answer"),
        ({"mode": "online"}, "mode"),
        ({"mode": "boat"}, "mode"),
        ({"party_size": 4}, "party_size"),
        ({"needs": [NeedWish("champagne")]}, "needs"),
        ({"needs": [NeedWish("food", "x" * 301)]}, "needs"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused_by_field(project, wish, field):
    hall, person = make_town_hall(project, capacity=3), make_user()
    with pytest.raises(Invalid) as refused:
        actions.rsvp(person, hall.id, **{"answer": "going", **wish})
    assert list(refused.value.errors) == [field]
    assert queries.find_own(person, hall) is None


def waiting_mails():
    return [job.arguments["what"] for job in db.session.query(Job).filter_by(task="townhalls.mail_answer")]


def test_who_says_no_before_the_mail_left_gets_none(project):
    hall, person = make_town_hall(project), make_user()
    actions.rsvp(person, hall.id, "going")
    assert waiting_mails() == ["answered"]
    actions.rsvp(person, hall.id, "not_going")
    assert waiting_mails() == []


def test_nobody_moves_up_once_the_meeting_has_begun(project):
    hall = make_town_hall(project, starts_at=now() - timedelta(minutes=5), capacity=1)
    first = make_rsvp(hall, make_user())
    make_rsvp(hall, make_user(), "waitlisted")
    actions.cancel_rsvp(first.user, hall.id)
    assert states(hall) == [("cancelled", None), ("waitlisted", 1)]
    assert db.session.query(Notification).filter_by(reason="promoted").count() == 0


def test_after_a_meeting_there_is_nothing_to_cancel(project):
    hall = make_town_hall(project, starts_at=now() - timedelta(days=1))
    row = make_rsvp(hall, make_user())
    with pytest.raises(Conflict):
        actions.cancel_rsvp(row.user, hall.id)
    assert states(hall) == [("going", None)]


def test_a_need_that_is_asked_for_in_other_words_is_open_again(project, organizer):
    hall = make_town_hall(project)
    person = come(hall, needs=[NeedWish("childcare", "one child")])
    need = queries.find_own(person, hall).needs[0]
    actions.settle_need(organizer, hall.id, need.id, "confirmed", "Room 3.")
    actions.rsvp(person, hall.id, "going", needs=[NeedWish("childcare", "two  children")])
    found = [(n.kind, n.note, n.state, n.reply) for n in queries.find_own(person, hall).needs]
    assert found == [("childcare", "two children", "requested", "")]


@pytest.mark.parametrize(
    ("state", "reply", "field"),
    [("promised", "", "state"), ("confirmed", "x" * 501, "reply"), ("cannot_provide", "\n", "reply")],
)
def test_a_need_is_settled_in_words_that_there_are(project, organizer, state, reply, field):
    hall = make_town_hall(project)
    person = come(hall, needs=[NeedWish("transport")])
    need = queries.find_own(person, hall).needs[0]
    with pytest.raises(Invalid) as refused:
        actions.settle_need(organizer, hall.id, need.id, state, reply)
    assert list(refused.value.errors) == [field]
    assert (need.state, need.reply) == ("requested", "")


def test_settling_a_need_twice_tells_its_person_once(project, organizer):
    hall = make_town_hall(project)
    person = come(hall, needs=[NeedWish("transport")])
    row = queries.find_own(person, hall)
    revisions = []
    for _twice in range(2):
        actions.settle_need(organizer, hall.id, row.needs[0].id, "confirmed", "Ms. Ortiz drives.")
        revisions.append(row.revision)
    assert revisions[0] == revisions[1]
    told = db.session.query(Notification).filter_by(reason="need").all()
    assert [notice.user_id for notice in told] == [person.id]


def test_the_needs_of_a_meeting_one_may_not_see_are_not_there(organizer):
    hall = make_town_hall(make_project(organizer, visibility="members"))
    row = make_rsvp(hall, make_user())
    need = save(Need(rsvp_id=row.id, kind="food", state="requested"))
    with pytest.raises(NotFound):
        actions.settle_need(make_user(), hall.id, need.id, "confirmed")
    for viewer in (make_user(), row.user, Guest()):
        with pytest.raises(NotFound):
            queries.get_need(viewer, hall, need.id)
    assert queries.get_need(organizer, hall, need.id) == need


def test_needs_are_not_forgotten_before_the_meeting_is_over_and_counted_once(project):
    hall = make_town_hall(project)
    row = make_rsvp(hall, make_user())
    save(Need(rsvp_id=row.id, kind="food", state="provided"))
    actions.purge_needs(SYSTEM, hall.id)
    assert db.session.query(Need).count() == 1
    over = make_town_hall(project, starts_at=now() - timedelta(days=40), needs_asked=5, needs_met=4)
    actions.purge_needs(SYSTEM, over.id)
    assert (over.needs_asked, over.needs_met) == (5, 4)


# --- without an account ---


WISH = Wish("going", "in_person", 1, None)


def ask(hall, email="bo@example.org", name="Bo", wish=WISH):
    actions.ask_by_mail(Guest(), hall.id, name, email, wish, "en")
    return db.session.query(Rsvp).filter_by(town_hall_id=hall.id).order_by(Rsvp.id.desc()).first()


@pytest.mark.parametrize(
    ("name", "email", "fields"),
    [
        ("", "bo@example.org", ["name"]),
        ("Moderator", "bo@example.org", ["name"]),
        ("Bo", "no address", ["email"]),
        ("<b>", "@", ["name", "email"]),
    ],
)
def test_a_guest_has_a_name_and_an_address(project, name, email, fields):
    hall = make_town_hall(project)
    with pytest.raises(Invalid) as refused:
        actions.ask_by_mail(Guest(), hall.id, name, email, WISH, "en")
    assert list(refused.value.errors) == fields
    assert states(hall) == []


def test_what_is_asked_with_the_address_of_an_account_belongs_to_the_account(project):
    hall, person = make_town_hall(project), make_user()
    row = ask(hall, person.email, "Somebody Else")
    assert (row.user, row.guest_email, row.name, row.state) == (person, None, person.name, "unconfirmed")
    waits = make_user(email_confirmed_at=None)
    assert ask(hall, waits.email).user is None


def test_a_button_in_a_mail_that_is_pressed_twice_is_one_answer(project):
    hall = make_town_hall(project)
    row = ask(hall, wish=Wish("going", "in_person", 2, None))
    guest = Guest(email="bo@example.org")
    revisions = [actions.answer_by_mail(guest, row.id).revision for _twice in range(2)]
    assert revisions[0] == revisions[1]
    assert (row.state, row.party_size) == ("going", 2)


def test_the_answer_of_another_address_is_neither_confirmed_nor_cancelled(project):
    hall = make_town_hall(project)
    row = ask(hall)
    for deed in (actions.answer_by_mail, actions.cancel_by_mail):
        with pytest.raises(NotAllowed):
            deed(Guest(email="eve@example.org"), row.id)
    assert row.state == "unconfirmed"


def test_a_link_opens_nothing_once_its_meeting_is_closed_to_guests_or_gone(organizer):
    project = make_project(organizer)
    hall = make_town_hall(project)
    row, guest = ask(hall), Guest(email="bo@example.org")
    with pytest.raises(NotFound):
        actions.answer_by_mail(guest, 999)
    edit_project(organizer, project, visibility="members")
    with pytest.raises(NotFound):
        actions.answer_by_mail(guest, row.id)
    assert row.state == "unconfirmed"
