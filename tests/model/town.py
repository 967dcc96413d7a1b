"""A small town: each kind of person, an open and a closed project, talk in every state, meetings."""

from datetime import timedelta
from typing import Any

from factories import (
    join,
    make_agreement,
    make_organization,
    make_post,
    make_project,
    make_rsvp,
    make_thread,
    make_token,
    make_town_hall,
    make_user,
    save,
)
from sqlalchemy import select

from civicforum.accounts.models import SYSTEM
from civicforum.agreement.actions import list_word
from civicforum.agreement.models import Hold, Rule
from civicforum.db import db, now
from civicforum.discussions import actions as discussions
from civicforum.discussions.asking import prepare_poll
from civicforum.discussions.queries import find_poll
from civicforum.partnerships.models import Invitation, Membership, Partner, Seat, Update
from civicforum.townhalls.models import Need, Rsvp

# Words that nobody may be told: they stand in everything hidden, held, private or taken back.
CANARY = "canarybird"
HELD_WORD = "holdme"


class Town:
    """Everything in it by a name that says what it is; committed.

    Only ids are kept of the rows: each is read when it is asked for, so that one town built once serves
    every copy of its database.
    """

    def __init__(self) -> None:
        make_agreement()
        list_word(SYSTEM, HELD_WORD, "hold")
        self._settle_people()
        self._found_projects()
        self._begin_talks()
        self._call_meetings()
        self._rows = {name: (type(row), row.id) for name, row in vars(self).items()}
        for name in self._rows:
            delattr(self, name)
        # How everything was before anything happened, once somebody has looked (``checking.before``).
        self.first_day: Any = None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._rows:
            raise AttributeError(name)
        return db.session.get_one(*self._rows[name])

    # --- who lives here ---

    def _settle_people(self) -> None:
        self.admin = make_user("administrator", name="Ada Admin")
        self.site_organizer = make_user("organizer", name="Otto Organizer")
        self.site_moderator = make_user("moderator", name="Mona Moderator")
        self.second_moderator = make_user("moderator", name="Max Moderator")
        self.site_steward = make_user("steward", name="Stella Steward")
        self.organizer = make_user(name="Olga Organizer")
        self.moderator = make_user(name="Milo Moderator")
        self.member = make_user(name="Mia Member")
        self.partner_person = make_user(name="Pia Partner")
        self.ana = make_user(name="Ana Resident", neighbourhood="Riverside")
        self.ben = make_user(name="Ben Resident")
        self.newcomer = make_user(name="Nora Newcomer", newcomer=True)
        self.suspended = make_user(name="Saul Suspended", suspended_until=now() + timedelta(days=3))
        self.unconfirmed = make_user(name="Uma Unconfirmed", email_confirmed_at=None)
        self.organization = make_organization(self.partner_person, name="Harbour Trust")
        self.other_organization = make_organization(self.ben, name="River Mission")
        for person in (self.ana, self.site_organizer):
            make_token(person)

    def _found_projects(self) -> None:
        self.project = make_project(
            self.organizer, self.organization, title="The river bank", allows_pseudonyms=True
        )
        self.closed_project = make_project(
            self.organizer, self.organization, title="The night shelter", visibility="members"
        )
        for project in (self.project, self.closed_project):
            join(project, self.moderator, "moderator")
            join(project, self.member)
        self.news = save(
            Update(project_id=self.project.id, title="News", body="x", html="x", published_at=now())
        )

    # --- what was said ---

    def _begin_talks(self) -> None:
        self.thread = make_thread(self.project, self.ana)
        self.first = make_post(self.thread, self.ana, "The lamp is out.")
        self.answer = discussions.post_reply(self.ben, self.thread.id, "Since May.", self.first.id)
        self.by_partner = make_post(self.thread, self.partner_person, "We come on Monday.")
        self.by_moderator = make_post(self.thread, self.moderator, "Thank you.", reply_to_id=self.answer.id)
        self.by_site_moderator = make_post(self.thread, self.site_moderator, "Let us stay calm.")
        self.hidden = make_post(self.thread, self.ben, f"Rude. {CANARY}")
        self.to_hidden = make_post(self.thread, self.ana, "Please.", reply_to_id=self.hidden.id)
        discussions.hide_post(self.site_moderator, self.hidden.id, self.rule)
        self.held = discussions.post_reply(self.ben, self.thread.id, f"A {HELD_WORD} {CANARY}")
        self.held_edit = make_post(self.thread, self.ana, "At first.")
        self.to_held_edit = make_post(self.thread, self.ben, "Well.", reply_to_id=self.held_edit.id)
        discussions.edit_post(self.ana, self.held_edit.id, f"Then {HELD_WORD} {CANARY}", 1)
        discussions.react(self.ben, self.first.id, "support")
        self.pending_thread = discussions.start_thread(
            self.ana, self.project.id, f"About {HELD_WORD} {CANARY}", "See there."
        )
        asked = prepare_poll("single", "What first?", ("Lamp", "Bench"), now() + timedelta(days=7))
        self.poll = find_poll(discussions.set_poll(self.ana, self.to_hidden.id, asked).post_id)
        discussions.cast_vote(self.ben, self.poll.id, {self.poll.options[0].id: 1})
        self.closed_thread = make_thread(self.closed_project, self.member)
        self.private = make_post(self.closed_thread, self.member, f"Between us. {CANARY}")

    @property
    def rule(self) -> Rule:
        return db.session.scalars(select(Rule).where(Rule.number == 2)).one()

    def hold_of(self, post: Any) -> Hold:
        return db.session.scalars(select(Hold).where(Hold.object_id == post.id)).one()

    # --- meetings ---

    def _call_meetings(self) -> None:
        facts = {
            "mode": "hybrid",
            "capacity": 2,
            "online_capacity": 3,
            "online_url": "https://meet.example.org/x",
        }
        self.meeting = make_town_hall(self.project, **facts)
        self.going = make_rsvp(self.meeting, self.ana, party_size=2)
        self.waiting = make_rsvp(self.meeting, self.ben, "waitlisted")
        self.guest_answer = make_rsvp(self.meeting, None, "unconfirmed", guest_email="g@example.org")
        self.need = save(Need(rsvp_id=self.going.id, kind="captions", state="requested"))
        self.draft = make_town_hall(self.project, status="draft", title=f"Draft {CANARY}")
        self.closed_meeting = make_town_hall(self.closed_project)
        self.past = make_town_hall(self.project, starts_at=now() - timedelta(days=2))
        self.past_answer = make_rsvp(self.past, self.ana)
        self.running = make_town_hall(self.project, starts_at=now() - timedelta(minutes=20))
        self.arriving = make_rsvp(self.running, self.newcomer)

    # --- rows by what they are about ---

    def membership(self, project: Any, person: Any) -> Membership:
        return db.session.scalars(
            select(Membership).where(Membership.project_id == project.id, Membership.user_id == person.id)
        ).one()

    def partner(self, project: Any) -> Partner:
        return db.session.scalars(select(Partner).where(Partner.project_id == project.id)).one()

    def seat(self, person: Any) -> Seat:
        return db.session.scalars(select(Seat).where(Seat.user_id == person.id)).one()

    def invitation(self, **facts: Any) -> Invitation:
        return save(
            Invitation(
                **{
                    "project_id": self.closed_project.id,
                    "email": self.ana.email,
                    "role": "member",
                    "token_hash": "x",
                    "invited_by_id": self.organizer.id,
                    "expires_at": now() + timedelta(days=3),
                    **facts,
                }
            )
        )

    def answer_of(self, meeting: Any, person: Any) -> Rsvp:
        return db.session.scalars(
            select(Rsvp).where(Rsvp.town_hall_id == meeting.id, Rsvp.user_id == person.id)
        ).one()
