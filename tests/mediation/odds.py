"""Two people at odds, a mediator who stands with neither, and every other role that must find nothing."""

from dataclasses import dataclass
from datetime import timedelta

from factories import (
    make_organization,
    make_post,
    make_project,
    make_thread,
    make_user,
)
from sqlalchemy import select

from civicforum.accounts.models import SYSTEM, User
from civicforum.agreement.models import Rule
from civicforum.db import db, now, transaction
from civicforum.discussions.models import Post, Thread
from civicforum.mediation import actions, queries
from civicforum.mediation.models import Mediation
from civicforum.notifications.models import Notification
from civicforum.partnerships.models import Project

# Stands in every word that is said in the room.
SECRET = "zqbetweenus"
KEEP_DAYS = 30


@dataclass
class Odds:
    """Ana and Ben, who quarrel in a thread, and Mo, who mediates."""

    project: Project
    thread: Thread
    ana: User
    ben: User
    mo: User
    moderator: User
    post: Post  # Ben's

    def pass_days(self, days: float) -> None:
        """So many days later the clock has done what came due."""
        age(days)
        tend()

    def offer(self) -> int:
        """Ana asks Ben; the id of the offer."""
        return actions.ask_for_mediation(self.ana, self.post.id).id

    def begin(self) -> int:
        """All three said yes; the id of the room."""
        id_ = self.offer()
        actions.accept_offer(self.ben, id_)
        actions.accept_offer(self.mo, id_)
        return id_

    def agree(self, keep: bool = False, lifts: bool = False) -> int:
        """The two agreed on words; the id of the room."""
        id_ = self.begin()
        actions.say(self.ana, id_, f"I was hurt. {SECRET}")
        draft = actions.Draft(f"We speak on Fridays. {SECRET}", 30, lifts)
        actions.write_agreement(self.mo, id_, draft)
        for side in (self.ana, self.ben):
            actions.agree(side, id_, 1)
        if keep:
            for person in (self.ana, self.ben, self.mo):
                actions.keep_agreement(person, id_, True)
        return id_


def state(id_: int) -> str | None:
    db.session.rollback()
    found = db.session.get(Mediation, id_)
    return found and found.state


def age(days: float) -> None:
    """Every offer and room is so many days older."""
    with transaction():
        for row in db.session.scalars(select(Mediation)):
            for name in ("created_at", "due_at", "ended_at", "purged_at"):
                if getattr(row, name) is not None:
                    setattr(row, name, getattr(row, name) - timedelta(days=days))


def tend() -> None:
    for mediation_id in queries.list_due(now(), KEEP_DAYS):
        actions.tend_mediation(SYSTEM, mediation_id, KEEP_DAYS)


def make_odds() -> Odds:
    project = make_project(make_user(name="Olga Organizer"), title="Lantern Street", allows_pseudonyms=True)
    thread = make_thread(project, title="The playground")
    ana, ben = make_user(name="Ana Adler"), make_user(name="Ben Baker", email="ben@example.org")
    mo = make_user("mediator", name="Mo Mediator")
    make_organization(mo, name="The Mission")
    moderator = make_user("moderator", name="Ruth Amadi")
    make_post(thread, ana, "It is too loud at night.")
    return Odds(project, thread, ana, ben, mo, moderator, make_post(thread, ben, "You always complain."))


def row(id_: int) -> Mediation:
    db.session.rollback()
    return db.session.get_one(Mediation, id_)


def told(user) -> list[str]:
    """Why something waits in this person's inbox, in order."""
    wanted = select(Notification.reason).where(Notification.user_id == user.id).order_by(Notification.id)
    return list(db.session.scalars(wanted))


def bar(number: int = 2) -> None:
    """The rule of this number is about hate."""
    with transaction():
        db.session.scalars(select(Rule).where(Rule.number == number)).one().no_mediation = True


def offers() -> list[Mediation]:
    return list(db.session.scalars(select(Mediation)))
