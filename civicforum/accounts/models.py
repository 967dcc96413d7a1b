"""People, what they may be, and the three kinds of actor."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask_login import UserMixin
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civicforum.accounts.hats import hats_of
from civicforum.db import SHOWN, HasCreatedAt, HasId, Model, now

SITE_ROLES = ("organizer", "partner", "moderator", "mediator", "steward", "administrator")


class User(Model, HasId, HasCreatedAt, UserMixin):
    """A person with an account. ``session_version`` goes up when every session of theirs must end."""

    __tablename__ = "person"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    email_confirmed_at: Mapped[datetime | None]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(60))
    name_skeleton: Mapped[str] = mapped_column(String(120), index=True)
    handle: Mapped[str] = mapped_column(String(30), unique=True)
    about: Mapped[str] = mapped_column(Text, default="", info=SHOWN)
    neighbourhood: Mapped[str] = mapped_column(String(80), default="", info=SHOWN)
    locale: Mapped[str | None] = mapped_column(String(8))
    timezone: Mapped[str | None] = mapped_column(String(64))
    # Whether a single key does something: who speaks to a computer, or hits keys by accident, turns it off.
    has_shortcuts: Mapped[bool] = mapped_column(default=True)
    session_version: Mapped[int] = mapped_column(default=1)
    # Raised when a mailed link is asked for or used: every link mailed before is dead then.
    link_version: Mapped[int] = mapped_column(default=1)
    pending_email: Mapped[str | None] = mapped_column(String(254))
    # When the address was changed last: for a week whoever reads the old one may take the account back.
    address_changed_at: Mapped[datetime | None]
    suspended_until: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]

    grants: Mapped[list["RoleGrant"]] = relationship(
        back_populates="user", lazy="selectin", cascade="all, delete-orphan"
    )

    if TYPE_CHECKING:  # the rooms above hang what belongs to a person here, by backref
        memberships: Any
        seats_at: Any
        standing: Any

    def get_id(self) -> str:
        """What the session cookie keeps: a session of an earlier version is nobody's."""
        return f"{self.id}:{self.session_version}"

    @property
    def is_confirmed(self) -> bool:
        return self.email_confirmed_at is not None

    def is_suspended(self, at: datetime | None = None) -> bool:
        return self.suspended_until is not None and self.suspended_until > (at or now())

    def has_role(self, role: str) -> bool:
        """Whether the role was given for the whole site."""
        return any(grant.role == role for grant in self.grants)

    @property
    def is_administrator(self) -> bool:
        return self.has_role("administrator")

    @property
    def initials(self) -> str:
        words = [word for word in self.name.split() if word[0].isalnum()]
        return "".join(word[0] for word in words[:2]).upper() or "?"

    @property
    def hats(self) -> list[str]:
        """Whom this person speaks for: what a room attached, or else organizations and offices."""
        attached: list[str] | None = self.__dict__.get("_hats")
        return hats_of(self) if attached is None else attached

    @hats.setter
    def hats(self, hats: list[str]) -> None:
        self.__dict__["_hats"] = list(hats)


class RoleGrant(Model, HasId, HasCreatedAt):
    """A role held in the whole site. Roles in one project or organization live with partnerships."""

    __tablename__ = "role_grant"
    __table_args__ = (UniqueConstraint("user_id", "role"),)

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(String(20))
    user: Mapped[User] = relationship(back_populates="grants")


class EndedSession(Model):
    """A session that was signed out: its cookie, wherever a copy of it lies, is nobody's any more."""

    __tablename__ = "ended_session"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(default=now, index=True)


class ApiToken(Model, HasId, HasCreatedAt):
    """A key to the API: only its hash is kept. ``scopes`` are never more than its person's roles."""

    __tablename__ = "api_token"

    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[str] = mapped_column(String(80))
    last_used_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="joined")


@dataclass(frozen=True)
class Guest:
    """Somebody who is not signed in. ``name`` and ``email`` are known only where they gave them."""

    name: str = ""
    email: str = ""

    is_authenticated = False
    is_active = False
    is_anonymous = True
    is_confirmed = False
    is_administrator = False
    id = None
    handle = None
    initials = ""
    locale = None
    timezone = None
    memberships: tuple[Any, ...] = ()
    seats_at: tuple[Any, ...] = ()

    def get_id(self) -> None:
        return None

    def has_role(self, role: str) -> bool:
        return False

    def is_suspended(self, at: datetime | None = None) -> bool:
        return False


@dataclass(frozen=True)
class System:
    """The house itself: jobs, imports, the clock. Every policy allows it."""

    is_authenticated = False
    is_administrator = True
    id = None
    name = "CivicForum"
    handle = None
    memberships: tuple[Any, ...] = ()
    seats_at: tuple[Any, ...] = ()

    is_confirmed = True

    def has_role(self, role: str) -> bool:
        return True

    def is_suspended(self, at: datetime | None = None) -> bool:
        return False


SYSTEM = System()
Actor = User | Guest | System
