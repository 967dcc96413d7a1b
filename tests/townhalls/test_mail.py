"""Who is mailed what, in which order, and how often."""

from datetime import timedelta
from mailbox import deliver, link_in, mails_to, words

import pytest
from browser import press, submit
from factories import make_project, make_town_hall, make_user
from icalendar import Calendar

from civicforum.accounts.models import SYSTEM
from civicforum.db import db, now, transaction
from civicforum.jobs import Job
from civicforum.townhalls import actions, queries
from civicforum.townhalls.models import Rsvp, TownHall
from civicforum.townhalls.wishes import NeedWish


@pytest.fixture
def organizer(app):
    return make_user()


@pytest.fixture
def hall(organizer):
    return make_town_hall(make_project(organizer), title="Lantern Street", capacity=2)


def subjects(app, address):
    return [mail["Subject"] for mail in mails_to(app, address)]


def come(hall, **facts):
    person = make_user(**facts)
    actions.rsvp(person, hall.id, "going")
    return person


def at(hall, moment):
    """Put the meeting so that ``moment`` before it is now."""
    with transaction():
        row = db.session.get_one(TownHall, hall.id)
        length = row.ends_at - row.starts_at
        row.starts_at = now() + moment
        row.ends_at = row.starts_at + length


def test_an_answer_pressed_twice_is_one_mail_with_the_meeting_in_it(app, hall):
    person = make_user()
    for _twice in range(2):
        actions.rsvp(person, hall.id, "going")
    (mail,) = mails_to(app, person.email)
    (attached,) = mail.iter_attachments()
    event = Calendar.from_ical(attached.get_content()).events[0]
    assert (mail["Subject"], str(event["uid"]), event["sequence"]) == (
        "You are coming: Lantern Street",
        hall.uid,
        0,
    )


def test_who_moves_up_is_mailed_once(app, hall):
    first, _second, third = come(hall), come(hall), come(hall)
    deliver(app)
    actions.cancel_rsvp(first, hall.id)
    deliver(app)
    assert subjects(app, third.email) == [
        "You are on the waiting list: Lantern Street",
        "A seat is yours: Lantern Street",
    ]
    assert subjects(app, first.email) == ["You are coming: Lantern Street"]


def test_who_moved_up_before_the_mail_left_gets_one_mail(app, hall):
    first, _second, third = come(hall), come(hall), come(hall)
    actions.cancel_rsvp(first, hall.id)
    assert subjects(app, third.email) == ["A seat is yours: Lantern Street"]
    assert subjects(app, first.email) == []


def test_reminders_go_once_to_those_who_come_and_to_nobody_who_cancelled(app, hall):
    coming, cancelled = come(hall), come(hall)
    actions.cancel_rsvp(cancelled, hall.id)
    deliver(app)
    at(hall, timedelta(hours=47))
    for _twice in range(2):
        actions.remind(SYSTEM, hall.id, "two_days")
        deliver(app)
    assert subjects(app, coming.email)[1:] == ["In two days: Lantern Street"]
    assert subjects(app, cancelled.email) == []


def test_a_reminder_whose_meeting_was_moved_away_waits(app, hall):
    come(hall)
    assert actions.remind(SYSTEM, hall.id, "two_days") == 0  # the meeting is in a week


def test_a_meeting_moved_to_another_day_is_remembered_again(app, hall):
    come(hall)
    at(hall, timedelta(hours=47))
    counts = [actions.remind(SYSTEM, hall.id, "two_days")]
    at(hall, timedelta(hours=46))
    counts.append(actions.remind(SYSTEM, hall.id, "two_days"))
    at(hall, timedelta(hours=12))
    counts.append(actions.remind(SYSTEM, hall.id, "two_days"))
    assert counts == [1, 0, 1]


def test_all_are_told_once_that_it_is_cancelled_and_calendars_follow(app, hall, organizer):
    person = come(hall)
    deliver(app)
    actions.cancel_town_hall(organizer, hall.id, "The roof leaks.")
    waiting = db.session.query(Job).filter(Job.run_at <= now()).all()
    assert [job.task for job in waiting] == ["townhalls.tell_all"]
    mail = mails_to(app, person.email)[-1]
    (attached,) = mail.iter_attachments()
    event = Calendar.from_ical(attached.get_content()).events[0]
    assert (mail["Subject"], event["status"], event["sequence"]) == (
        "Cancelled: Lantern Street",
        "CANCELLED",
        1,
    )
    assert "The roof leaks." in words(mail)


def test_a_word_changed_after_a_move_does_not_swallow_the_news(app, hall, organizer):
    person = come(hall)
    deliver(app)
    actions.edit_town_hall(organizer, hall.id, {"location": "Church"})
    actions.edit_town_hall(organizer, hall.id, {"summary": "A comma."})
    assert subjects(app, person.email)[1:] == ["Changed: Lantern Street"]


def test_mails_speak_the_readers_language_and_the_meetings_clock(app, hall):
    person = come(hall, locale="es", timezone="Asia/Tokyo")
    (mail,) = mails_to(app, person.email)
    assert "hora estándar oriental" in words(mail)


def test_a_need_that_is_answered_is_told_without_its_words(app, hall, organizer):
    person = make_user()
    actions.rsvp(person, hall.id, "going", needs=[NeedWish("childcare", "Two, 4 and 7")])
    deliver(app)
    need = queries.find_own(person, hall).needs[0]
    actions.settle_need(organizer, hall.id, need.id, "confirmed", "Ms. Ortiz, room 3.")
    mail = mails_to(app, person.email)[-1]
    assert mail["Subject"] == "What you need at: Lantern Street"
    assert "Ortiz" not in words(mail)
    assert "childcare" not in words(mail).lower()


# --- without an account ---


def ask(client, hall, **fields):
    answer = {"name": "Ana Ruiz", "email": "ana@example.com", "party_size": "2", **fields}
    return submit(client, f"/town-halls/{hall.id}", **answer)


def rows():
    return [(row.state, row.party_size) for row in db.session.query(Rsvp).order_by(Rsvp.id)]


def test_a_guest_has_a_seat_once_the_button_in_the_mail_is_pressed(app, client, hall):
    page = ask(client, hall)
    assert "Open it and press the button" in page.text
    link = link_in(mails_to(app, "ana@example.com")[-1])
    hall_page = link_of(app, "ana@example.com")
    assert hall_page == link
    for _scanner in range(3):
        assert client.get(link).status_code == 200
    assert rows() == [("unconfirmed", 2)]
    page = press(client, link, f"{link}/confirm")
    assert "You are coming, 2 people." in page.text
    assert rows() == [("going", 2)]


def link_of(app, address):
    return link_in(mails_to(app, address)[-1])


def test_a_guest_changes_and_cancels_by_the_same_link(app, client, hall):
    ask(client, hall)
    link = link_of(app, "ana@example.com")
    press(client, link, f"{link}/confirm")
    submit(client, link, form_id="answer", party_size="1")
    assert rows() == [("going", 1)]
    press(client, link, f"{link}/cancel")
    assert rows() == [("cancelled", 1)]


def test_a_guest_waits_like_everybody(app, client, hall):
    come(hall), come(hall)
    ask(client, hall, party_size="1")
    link = link_of(app, "ana@example.com")
    page = press(client, link, f"{link}/confirm")
    assert "You are number 1 on the waiting list." in page.text


def test_the_page_says_the_same_for_a_known_address(app, client, hall):
    member = make_user(email="ana@example.com")
    actions.rsvp(member, hall.id, "going")
    deliver(app)
    known = ask(client, hall).text
    unknown = ask(client, hall, email="bo@example.com").text
    assert known.count("Almost done") == unknown.count("Almost done") == 1
    assert rows() == [("going", 1), ("unconfirmed", 2)]
    link = link_of(app, "ana@example.com")
    assert "You are coming." in client.get(link).text


def test_what_was_asked_as_a_guest_belongs_to_the_account_made_later(app, client, hall):
    ask(client, hall)
    link = link_of(app, "ana@example.com")
    press(client, link, f"{link}/confirm")
    member = make_user(email="ana@example.com")
    actions.rsvp(member, hall.id, "going", party_size=2)
    assert [(r.state, r.user_id, r.guest_email) for r in db.session.query(Rsvp)] == [
        ("going", member.id, None)
    ]


@pytest.mark.parametrize("token", ["x", "WzFd.abc", "WzFd"])
def test_a_link_that_was_made_up_opens_nothing(client, hall, token):
    come(hall)
    assert client.get(f"/answers/{token}").status_code == 404


def test_a_link_to_a_meeting_that_has_begun_takes_nothing(app, client, hall):
    ask(client, hall)
    link = link_of(app, "ana@example.com")
    at(hall, timedelta(minutes=-5))
    press(client, link, f"{link}/confirm")
    assert rows() == [("unconfirmed", 2)]


def test_addresses_are_named_nowhere_in_public(app, client, sign_in, hall, organizer):
    ask(client, hall)
    link = link_of(app, "ana@example.com")
    press(client, link, f"{link}/confirm")
    for path in ("", "/door", "/people", "/people.csv", ".ics"):
        page = sign_in(organizer).get(f"/town-halls/{hall.id}{path}")
        assert page.status_code == 200
        assert "ana@example.com" not in page.text
        assert ("Ana Ruiz" in page.text) == (path in ("/door", "/people", "/people.csv"))


def test_a_summary_reaches_guests_too(app, client, hall, organizer):
    ask(client, hall)
    link = link_of(app, "ana@example.com")
    press(client, link, f"{link}/confirm")
    at(hall, timedelta(days=-1))
    actions.publish_summary(organizer, hall.id, "We met.")
    assert subjects(app, "ana@example.com")[-1] == "What came of it: Lantern Street"
