"""Meetings, answers, the door, and what came of it."""

from datetime import timedelta
from typing import Any

from model.recipes import GUEST, Act, does
from model.town import Town

from civicforum.accounts.models import SYSTEM, Guest
from civicforum.db import now
from civicforum.townhalls import actions as townhalls
from civicforum.townhalls.agenda import Item
from civicforum.townhalls.calendar import ImportedEvent
from civicforum.townhalls.wishes import NeedWish, Wish


def _plan(**facts: Any) -> dict[str, Any]:
    starts_at = now() + timedelta(days=20)
    return {
        "title": "A meeting",
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=1),
        "timezone": "UTC",
        "mode": "in_person",
        "location": "Library",
        **facts,
    }


@does(townhalls.create_town_hall)
def a_meeting_is_called(town: Town) -> Act:
    return lambda: townhalls.create_town_hall(town.organizer, town.project.id, _plan(), "published")


@does(townhalls.edit_town_hall)
def a_meeting_is_moved_and_gets_seats(town: Town) -> Act:
    facts = {"starts_at": town.meeting.starts_at - timedelta(hours=1), "capacity": 9, "title": "Otherwise"}
    return lambda: townhalls.edit_town_hall(
        town.organizer, town.meeting.id, facts, agenda=[Item("Welcome", 5)]
    )


@does(townhalls.publish_town_hall)
def a_draft_is_published(town: Town) -> Act:
    return lambda: townhalls.publish_town_hall(town.organizer, town.draft.id)


@does(townhalls.cancel_town_hall)
def a_meeting_is_cancelled(town: Town) -> Act:
    return lambda: townhalls.cancel_town_hall(town.organizer, town.meeting.id, "The river came.")


@does(townhalls.change_town_hall)
def a_meeting_is_changed_and_cancelled(town: Town) -> Act:
    return lambda: townhalls.change_town_hall(
        town.organizer, town.meeting.id, {"summary": "Sorry."}, "cancelled", "Rain."
    )


@does(townhalls.rsvp)
def somebody_comes_online(town: Town) -> Act:
    needs = [NeedWish("captions")]
    return lambda: townhalls.rsvp(town.member, town.meeting.id, "going", "online", 2, needs)


@does(townhalls.rsvp)
def somebody_waits(town: Town) -> Act:
    return lambda: townhalls.rsvp(town.member, town.meeting.id, "going", "in_person")


@does(townhalls.rsvp)
def somebody_with_seats_may_come(town: Town) -> Act:
    return lambda: townhalls.rsvp(town.ana, town.meeting.id, "maybe", "in_person")


@does(townhalls.cancel_rsvp)
def somebody_gives_seats_back(town: Town) -> Act:
    return lambda: townhalls.cancel_rsvp(town.ana, town.meeting.id)


@does(townhalls.ask_by_mail)
def a_guest_asks_for_a_seat(town: Town) -> Act:
    wish = Wish("going", "in_person")
    return lambda: townhalls.ask_by_mail(GUEST, town.meeting.id, "Gus Guest", "gus@example.org", wish, "en")


@does(townhalls.answer_by_mail)
def a_guest_confirms(town: Town) -> Act:
    guest = Guest("", town.guest_answer.guest_email)
    return lambda: townhalls.answer_by_mail(guest, town.guest_answer.id, Wish("going", "online"))


@does(townhalls.cancel_by_mail)
def a_guest_cancels(town: Town) -> Act:
    act = a_guest_confirms(town)
    act()
    guest = Guest("", town.guest_answer.guest_email)
    return lambda: townhalls.cancel_by_mail(guest, town.guest_answer.id)


@does(townhalls.check_in)
def somebody_is_let_in(town: Town) -> Act:
    return lambda: townhalls.check_in(town.organizer, town.running.id, town.arriving.code, "nonce")


@does(townhalls.check_in_person)
def somebody_is_found_in_the_list(town: Town) -> Act:
    return lambda: townhalls.check_in_person(town.organizer, town.running.id, town.arriving.id, "nonce")


@does(townhalls.walk_in)
def somebody_walks_in(town: Town) -> Act:
    return lambda: townhalls.walk_in(town.organizer, town.running.id, "Wim")


@does(townhalls.undo_check_in)
def a_check_in_is_undone(town: Town) -> Act:
    there = townhalls.walk_in(town.organizer, town.running.id, "Wim")
    return lambda: townhalls.undo_check_in(town.organizer, town.running.id, there.id)


@does(townhalls.settle_need)
def a_need_is_answered(town: Town) -> Act:
    return lambda: townhalls.settle_need(town.organizer, town.meeting.id, town.need.id, "confirmed")


@does(townhalls.purge_needs)
def needs_are_forgotten(town: Town) -> Act:
    return lambda: townhalls.purge_needs(SYSTEM, town.past.id)


@does(townhalls.publish_summary)
def a_summary_is_published(town: Town) -> Act:
    decided = [townhalls.Decided("A lamp", "Harbour Trust")]
    return lambda: townhalls.publish_summary(town.organizer, town.past.id, "We met.", decided)


@does(townhalls.tell_summary)
def a_summary_is_mailed(town: Town) -> Act:
    return lambda: townhalls.tell_summary(SYSTEM, town.past.id)


@does(townhalls.remind)
def people_are_reminded(town: Town) -> Act:
    soon = now() + timedelta(hours=40)
    facts = {"starts_at": soon, "ends_at": soon + timedelta(hours=1)}
    townhalls.edit_town_hall(town.organizer, town.meeting.id, facts)
    return lambda: townhalls.remind(SYSTEM, town.meeting.id, "two_days")


@does(townhalls.tell_all)
def all_are_mailed(town: Town) -> Act:
    return lambda: townhalls.tell_all(SYSTEM, town.meeting.id, "moved", 1)


@does(townhalls.import_events)
def a_calendar_is_brought_in(town: Town) -> Act:
    starts_at = now() + timedelta(days=9)

    def event(uid: str, is_cancelled: bool) -> ImportedEvent:
        return ImportedEvent(
            uid=uid,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=1),
            timezone="UTC",
            title="Imported",
            summary="",
            location="Hall",
            cancelled=is_cancelled,
        )

    events = [event(town.meeting.uid, True), event("new@example.org", False)]
    return lambda: townhalls.import_events(town.organizer, town.project.id, events)


@does(townhalls.renew_calendar)
def a_calendar_address_is_renewed(town: Town) -> Act:
    return lambda: townhalls.renew_calendar(town.ana)
