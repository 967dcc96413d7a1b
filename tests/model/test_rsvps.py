"""Random answers to a meeting, by people and by guests, against a hall in plain Python."""

from typing import Any

from factories import make_town_hall
from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from model.seats_model import Hall, Refused
from model.town import Town
from sqlalchemy import delete, select

from civicforum.accounts.models import Guest
from civicforum.db import db, transaction
from civicforum.errors import Conflict, Invalid, NotFound
from civicforum.jobs import Job
from civicforum.notifications.models import Notification
from civicforum.townhalls import actions, queries
from civicforum.townhalls.models import Rsvp, TownHall
from civicforum.townhalls.wishes import Wish

PEOPLE = ("ana", "ben", "member", "newcomer", "partner_person")
GUESTS = ("gus@example.org", "gil@example.org")
REFUSALS = (Conflict, Invalid, NotFound)
WAYS = {("in_person", "online"): "hybrid", ("in_person",): "in_person", ("online",): "online"}

people, guests = st.sampled_from(PEOPLE), st.sampled_from(GUESTS)
# Most go to the hall in small parties, so that it is full and people wait; now and then a wish is nonsense.
modes = st.sampled_from(("in_person",) * 4 + ("online",))
sizes = st.sampled_from((1, 1, 1, 2, 2, 2, 3, 3, 5, 0, 21))
seats = st.sampled_from((0, 1, 2, 3, 3, 4, 5, 6, None))


class Seats(RuleBasedStateMachine):
    """The meeting and the model are asked the same; then they are compared."""

    def __init__(self, app: Flask, town: Town) -> None:
        super().__init__()
        self.town = town
        facts = {"mode": "hybrid", "capacity": 3, "online_capacity": 2}
        self.meeting_id = make_town_hall(town.project, **facts).id
        self.hall = Hall({"in_person": 3, "online": 2})
        for who, size in (("ana", 2), ("ben", 2), ("member", 1)):
            self.answer(who, "going", "in_person", size)

    # --- answers ---

    @rule(
        who=people,
        answer=st.sampled_from(("going", "going", "going", "maybe", "not_going")),
        mode=modes,
        size=sizes,
    )
    def answer(self, who: str, answer: str, mode: str, size: int) -> None:
        self._both(
            lambda: self.hall.answer(who, answer, mode, size),
            lambda: actions.rsvp(getattr(self.town, who), self.meeting_id, answer, mode, size),
        )

    @rule(who=people)
    def cancel(self, who: str) -> None:
        self._both(
            lambda: self.hall.cancel(who),
            lambda: actions.cancel_rsvp(getattr(self.town, who), self.meeting_id),
        )

    @rule(who=guests, mode=modes, size=sizes)
    def ask_by_mail(self, who: str, mode: str, size: int) -> None:
        wish = Wish("going", mode, size)
        self._both(
            lambda: self.hall.ask_by_mail(who, mode, size),
            lambda: actions.ask_by_mail(Guest(), self.meeting_id, "Gus Guest", who, wish, "en"),
        )

    @rule(who=people, mode=modes, size=sizes)
    def ask_by_mail_with_an_account(self, who: str, mode: str, size: int) -> None:
        wish, email = Wish("going", mode, size), getattr(self.town, who).email
        self._both(
            lambda: self.hall.ask_by_mail(who, mode, size),
            lambda: actions.ask_by_mail(Guest(), self.meeting_id, "Somebody", email, wish, "en"),
        )

    @precondition(lambda self: self.hall.parties)
    @rule(data=st.data())
    def press_the_button_in_the_mail(self, data: Any) -> None:
        who = data.draw(st.sampled_from(sorted(self.hall.parties)))
        row = self._row(who)
        guest = Guest("", row.address or "")
        self._both(lambda: self.hall.confirm(who), lambda: actions.answer_by_mail(guest, row.id))

    @precondition(lambda self: self.hall.parties)
    @rule(data=st.data(), answer=st.sampled_from(("going", "maybe", "not_going")), mode=modes, size=sizes)
    def change_by_mail(self, data: Any, answer: str, mode: str, size: int) -> None:
        who = data.draw(st.sampled_from(sorted(self.hall.parties)))
        row, wish = self._row(who), Wish(answer, mode, size)
        guest = Guest("", row.address or "")
        self._both(
            lambda: self.hall.answer(who, answer, mode, size),
            lambda: actions.answer_by_mail(guest, row.id, wish),
        )

    @precondition(lambda self: self.hall.parties)
    @rule(data=st.data())
    def cancel_by_mail(self, data: Any) -> None:
        who = data.draw(st.sampled_from(sorted(self.hall.parties)))
        row = self._row(who)
        guest = Guest("", row.address or "")
        self._both(lambda: self.hall.cancel_by_mail(who), lambda: actions.cancel_by_mail(guest, row.id))

    # --- organizers ---

    @rule(mode=modes, number=seats)
    def set_capacity(self, mode: str, number: int | None) -> None:
        name = {"in_person": "capacity", "online": "online_capacity"}[mode]
        self._both(lambda: self.hall.set_capacity(mode, number), lambda: self._edit(**{name: number}))

    @rule(ways=st.sampled_from(sorted(WAYS)))
    def set_modes(self, ways: tuple[str, ...]) -> None:
        self._both(lambda: self.hall.set_modes(ways), lambda: self._edit(mode=WAYS[ways]))

    @rule(is_meant=st.sampled_from((False,) * 9 + (True,)))
    def call_off(self, is_meant: bool) -> None:
        if is_meant:
            self._both(
                self.hall.call_off,
                lambda: actions.cancel_town_hall(self.town.organizer, self.meeting_id, "The river came."),
            )

    def _edit(self, **facts: Any) -> None:
        actions.edit_town_hall(self.town.organizer, self.meeting_id, facts)

    # --- the comparison ---

    def _both(self, in_the_model: Any, in_the_house: Any) -> None:
        """Do it in both; both refuse it or neither does, and the same people are told that they moved up."""
        before = repr(self.hall.parties)
        self._empty_the_boxes()
        model_refused = house_refused = False
        try:
            in_the_model()
        except Refused:
            model_refused = True
            assert repr(self.hall.parties) == before
        try:
            in_the_house()
        except REFUSALS:
            house_refused = True
        assert house_refused == model_refused
        moved_up = [] if model_refused else self.hall.seated
        assert self._mailed() == sorted(moved_up)
        assert self._noticed() == sorted(who for who in moved_up if who in PEOPLE)

    def _empty_the_boxes(self) -> None:
        """So that whatever is there after the next deed is that deed's."""
        with transaction():
            db.session.execute(delete(Job))
            db.session.execute(delete(Notification))

    def _mailed(self) -> list[str]:
        """Who is mailed that they have a seat, each as often as it is said."""
        jobs = db.session.scalars(select(Job).where(Job.task == "townhalls.mail_answer"))
        ids = [job.arguments["rsvp_id"] for job in jobs if job.arguments["what"] == "promoted"]
        return sorted(self._name(db.session.get_one(Rsvp, rsvp_id)) for rsvp_id in ids)

    def _noticed(self) -> list[str]:
        rows = db.session.scalars(select(Notification.user_id).where(Notification.reason == "promoted"))
        names = {getattr(self.town, who).id: who for who in PEOPLE}
        return sorted(names[user_id] for user_id in rows)

    def _name(self, row: Rsvp) -> str:
        names = {getattr(self.town, who).id: who for who in PEOPLE}
        return row.guest_email or names[row.user_id]

    def _row(self, who: str) -> Rsvp:
        rows = db.session.scalars(select(Rsvp).where(Rsvp.town_hall_id == self.meeting_id))
        return next(row for row in rows if self._name(row) == who)

    @invariant()
    def each_answer_is_what_it_should_be(self) -> None:
        db.session.rollback()
        rows = db.session.scalars(select(Rsvp).where(Rsvp.town_hall_id == self.meeting_id)).all()
        found = {self._name(r): (r.state, r.mode, r.party_size, queries.count_ahead(r)) for r in rows}
        wanted = {
            who: (party.state, party.mode, party.size, self.hall.place(who))
            for who, party in self.hall.parties.items()
        }
        assert found == wanted

    @invariant()
    def the_page_counts_the_same_seats(self) -> None:
        meeting = db.session.get_one(TownHall, self.meeting_id)
        counted = queries.seats_by_mode([meeting])[meeting.id]
        found = {mode: (count.taken, count.free) for mode, count in counted.items()}
        assert found == {mode: (self.hall.taken(mode), self.hall.free(mode)) for mode in self.hall.modes}


def test_seats_are_as_in_a_hall_of_paper(app, town, run_machine):
    run_machine(lambda: Seats(app, town))
