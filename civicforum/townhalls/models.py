"""Town halls: when and where, the agenda, who comes, who was there, and what came of it."""

from datetime import date, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicforum.accounts.models import User
from civicforum.db import SHOWN, SHOWN_DRAWN, HasCreatedAt, HasId, Model, now
from civicforum.discussions.models import Thread
from civicforum.partnerships.models import Project
from civicforum.townhalls.agenda import item_states

MODES = ("in_person", "online", "hybrid")
ANSWERS = ("going", "maybe", "not_going")
NEEDS = (
    "childcare",
    "interpretation",
    "sign_language",
    "captions",
    "step_free",
    "transport",
    "quiet_space",
    "food",
    "other",
    "call_me",
)
NEED_STATES = ("requested", "confirmed", "provided", "cannot_provide")
MAXIMUM_PARTY = 20
DOOR_OPENS_BEFORE = timedelta(hours=2)
DOOR_CLOSES_AFTER = timedelta(hours=12)
LINK_OPENS_BEFORE = timedelta(minutes=10)


class TownHall(Model, HasId, HasCreatedAt):
    """A gathering. ``capacity`` counts people in the hall, ``online_capacity`` those online; None: no limit.

    ``last_place`` numbers the answers in the order they came, under this row's lock. ``sequence`` is the
    calendar's: raised by every change of time, place or status. ``uid`` is stable for good. ``needs_asked``
    and ``needs_met`` are what is left of the access needs once they were purged.
    """

    __tablename__ = "town_hall"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity_not_negative"),
        UniqueConstraint("project_id", "uid"),
        Index("ix_town_hall_starts_at", "starts_at", "id"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("thread.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(200), info=SHOWN)
    summary: Mapped[str] = mapped_column(Text, default="", info=SHOWN)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    timezone: Mapped[str] = mapped_column(String(64))
    mode: Mapped[str] = mapped_column(String(10))
    location: Mapped[str] = mapped_column(String(300), default="", info=SHOWN)
    online_url: Mapped[str] = mapped_column(String(500), default="")
    phone: Mapped[str] = mapped_column(String(80), default="")
    capacity: Mapped[int | None]
    online_capacity: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(20), default="draft")  # draft, published, cancelled
    cancel_reason: Mapped[str] = mapped_column(Text, default="", info=SHOWN)
    access_statement: Mapped[str] = mapped_column(Text, default="", info=SHOWN)
    needs_until: Mapped[datetime | None]
    uid: Mapped[str] = mapped_column(String(255))
    sequence: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    last_place: Mapped[int] = mapped_column(default=0)
    updated_at: Mapped[datetime] = mapped_column(default=now)
    needs_asked: Mapped[int | None]
    needs_met: Mapped[int | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    project: Mapped[Project] = relationship(lazy="joined")
    thread: Mapped[Thread | None] = relationship()
    agenda: Mapped[list["AgendaItem"]] = relationship(
        back_populates="town_hall", cascade="all, delete-orphan", order_by="AgendaItem.position"
    )

    @property
    def channel(self) -> str:
        return f"townhall:{self.id}"

    @property
    def is_published(self) -> bool:
        return self.status != "draft"

    @property
    def is_cancelled(self) -> bool:
        return self.status == "cancelled"

    def has_begun(self, at: datetime | None = None) -> bool:
        return self.starts_at <= (at or now())

    def is_over(self, at: datetime | None = None) -> bool:
        return self.ends_at <= (at or now())

    def capacity_for(self, mode: str) -> int | None:
        return self.online_capacity if mode == "online" else self.capacity

    @property
    def modes(self) -> tuple[str, ...]:
        """The ways in which one can come."""
        return ("in_person", "online") if self.mode == "hybrid" else (self.mode,)

    @property
    def door_opens_at(self) -> datetime:
        return self.starts_at - DOOR_OPENS_BEFORE

    @property
    def link_opens_at(self) -> datetime:
        return self.starts_at - LINK_OPENS_BEFORE

    def agenda_states(self, at: datetime | None = None) -> list[str]:
        """For each agenda item whether it is done, now or next, by the plan."""
        return item_states(self.agenda, self.starts_at, self.ends_at, at or now())

    def is_running(self, at: datetime | None = None) -> bool:
        return self.status == "published" and self.has_begun(at) and not self.is_over(at)

    def is_link_open(self, at: datetime | None = None) -> bool:
        """Whether the way in online is shown: from a few minutes before until the end."""
        at = at or now()
        return self.status == "published" and self.link_opens_at <= at < self.ends_at


class AgendaItem(Model, HasId):
    __tablename__ = "agenda_item"

    town_hall_id: Mapped[int] = mapped_column(ForeignKey("town_hall.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(200), info=SHOWN)
    minutes: Mapped[int | None]
    presenter: Mapped[str] = mapped_column(String(120), default="", info=SHOWN)
    town_hall: Mapped[TownHall] = relationship(back_populates="agenda")


class Rsvp(Model, HasId, HasCreatedAt):
    """One answer: of a person with an account, or of a guest by address.

    ``state`` is unconfirmed (a guest who has not yet pressed the link), going, maybe, not_going, waitlisted
    or cancelled. ``place`` is the number in the order of arrival; a later, larger wish takes a new one.
    ``code`` is what the door scans. ``revision`` goes up with every change of the answer.
    """

    __tablename__ = "rsvp"
    __table_args__ = (
        UniqueConstraint("town_hall_id", "user_id"),
        UniqueConstraint("town_hall_id", "guest_email"),
        CheckConstraint("party_size >= 1", name="party_has_somebody"),
        Index("ix_rsvp_queue", "town_hall_id", "state", "mode", "place"),
    )

    town_hall_id: Mapped[int] = mapped_column(ForeignKey("town_hall.id", ondelete="CASCADE"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    guest_name: Mapped[str] = mapped_column(String(60), default="")
    guest_email: Mapped[str | None] = mapped_column(String(254))
    locale: Mapped[str | None] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str] = mapped_column(String(10), default="in_person")
    party_size: Mapped[int] = mapped_column(default=1)
    place: Mapped[int]
    code: Mapped[str] = mapped_column(String(16), unique=True)
    revision: Mapped[int] = mapped_column(default=1)
    answered_at: Mapped[datetime] = mapped_column(default=now)
    town_hall: Mapped[TownHall] = relationship(lazy="joined")
    user: Mapped[User | None] = relationship(lazy="joined")
    needs: Mapped[list["Need"]] = relationship(
        back_populates="rsvp", cascade="all, delete-orphan", order_by="Need.id", lazy="selectin"
    )

    check_ins: Mapped[list["CheckIn"]] = relationship(back_populates="rsvp", viewonly=True)

    @property
    def name(self) -> str:
        return self.user.name if self.user else self.guest_name

    @property
    def address(self) -> str | None:
        """Where mail for this answer goes; None once its person is gone."""
        if self.user is None:
            return self.guest_email
        return None if self.user.erased_at else self.user.email

    @property
    def takes_seats(self) -> bool:
        return self.state == "going"


class Need(Model, HasId, HasCreatedAt):
    """An access need: a commitment to one person, seen only by them and whoever runs the meeting."""

    __tablename__ = "need"
    __table_args__ = (UniqueConstraint("rsvp_id", "kind"),)

    rsvp_id: Mapped[int] = mapped_column(ForeignKey("rsvp.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(300), default="")
    state: Mapped[str] = mapped_column(String(20), default="requested")
    reply: Mapped[str] = mapped_column(String(500), default="")
    replied_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    rsvp: Mapped[Rsvp] = relationship(back_populates="needs")


class CheckIn(Model, HasId):
    """Somebody was there. ``nonce`` is the door's own name for the deed, so that a retry is the same one."""

    __tablename__ = "check_in"
    __table_args__ = (UniqueConstraint("town_hall_id", "nonce"),)

    town_hall_id: Mapped[int] = mapped_column(ForeignKey("town_hall.id", ondelete="CASCADE"))
    rsvp_id: Mapped[int | None] = mapped_column(ForeignKey("rsvp.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(60), default="")  # of a walk-in
    party_size: Mapped[int] = mapped_column(default=1)
    nonce: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=now)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    undone_at: Mapped[datetime | None]
    rsvp: Mapped[Rsvp | None] = relationship(back_populates="check_ins")


class Reminder(Model, HasId):
    """That somebody was reminded, and of which moment: ``kind`` is two_days or two_hours."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("rsvp_id", "kind"),)

    rsvp_id: Mapped[int] = mapped_column(ForeignKey("rsvp.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(20))
    starts_at: Mapped[datetime]


class CalendarKey(Model):
    """Which of a person's calendar addresses is the present one: renewing it raises ``version``."""

    __tablename__ = "calendar_key"

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)


class Summary(Model, HasId):
    """What was said and decided, published after the meeting; each change is a new version."""

    __tablename__ = "summary"
    __table_args__ = (UniqueConstraint("town_hall_id", "version"),)

    town_hall_id: Mapped[int] = mapped_column(ForeignKey("town_hall.id", ondelete="CASCADE"))
    version: Mapped[int]
    body: Mapped[str] = mapped_column(Text, info=SHOWN_DRAWN)
    html: Mapped[str] = mapped_column(Text)
    attendance: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(default=now)
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    decisions: Mapped[list["Decision"]] = relationship(
        back_populates="summary", cascade="all, delete-orphan", order_by="Decision.position", lazy="selectin"
    )


class Decision(Model, HasId):
    """What was decided, who does it and by when; never without an owner."""

    __tablename__ = "decision"

    summary_id: Mapped[int] = mapped_column(ForeignKey("summary.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text, info=SHOWN)
    owner: Mapped[str] = mapped_column(String(120), info=SHOWN)
    due_on: Mapped[date | None]
    summary: Mapped[Summary] = relationship(back_populates="decisions")
