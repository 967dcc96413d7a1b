"""Organizations, the projects they run together, and who holds which role there."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, Text, UniqueConstraint, and_
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, backref, mapped_column, relationship

from civicforum.accounts.models import User
from civicforum.db import SHOWN, SHOWN_DRAWN, HasCreatedAt, HasId, Model

LEVELS = ("information", "consultation", "cooperation", "decision")
STATUSES = ("draft", "active", "completed", "archived")
VISIBILITIES = ("public", "members")
PROJECT_ROLES = ("organizer", "steward", "moderator", "member")
PARTNER_ROLES = ("lead", "funder", "host", "expert", "member")


class Organization(Model, HasId, HasCreatedAt):
    """A public, private or nonprofit body. On a project it is a partner."""

    __tablename__ = "organization"

    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120), info=SHOWN)
    kind: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(Text, default="", info=SHOWN)
    url: Mapped[str] = mapped_column(String(300), default="")
    revision: Mapped[int] = mapped_column(default=1)
    seats: Mapped[list["Seat"]] = relationship(back_populates="organization", cascade="all, delete-orphan")

    @property
    def initials(self) -> str:
        return (
            "".join(word[0] for word in self.name.split() if word[0].isupper())[:2] or self.name[:1].upper()
        )


class Seat(Model, HasId, HasCreatedAt):
    """A person who speaks for an organization."""

    __tablename__ = "seat"
    __table_args__ = (UniqueConstraint("organization_id", "user_id"),)

    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    organization: Mapped[Organization] = relationship(back_populates="seats", lazy="joined")
    user: Mapped[User] = relationship(backref=backref("seats_at", lazy="selectin", passive_deletes=True))


class Project(Model, HasId, HasCreatedAt):
    """A partnership project. ``level`` says how much residents can move; ``decides`` who decides, by when."""

    __tablename__ = "project"

    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(120), info=SHOWN)
    summary: Mapped[str] = mapped_column(String(300), default="", info=SHOWN)
    vision: Mapped[str] = mapped_column(Text, default="", info=SHOWN)
    status: Mapped[str] = mapped_column(String(20), default="active")
    level: Mapped[str] = mapped_column(String(20), default="consultation")
    decides: Mapped[str] = mapped_column(String(300), default="", info=SHOWN)
    visibility: Mapped[str] = mapped_column(String(10), default="public")
    # Whether who has no role here may speak under a name that holds in this project alone.
    allows_pseudonyms: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)
    partners: Mapped[list["Partner"]] = relationship(
        back_populates="project", cascade="all, delete-orphan", order_by="Partner.position, Partner.id"
    )
    phases: Mapped[list["Phase"]] = relationship(
        back_populates="project", cascade="all, delete-orphan", order_by="Phase.starts_on, Phase.id"
    )
    memberships: Mapped[list["Membership"]] = relationship(
        back_populates="project", cascade="all, delete-orphan"
    )

    @hybrid_property
    def is_public(self) -> bool:
        """Whether everybody may see it; of the class, the same as a WHERE clause."""
        return self.visibility == "public" and self.status != "draft"

    @is_public.inplace.expression
    @classmethod
    def _is_public_clause(cls) -> ColumnElement[bool]:
        return and_(cls.visibility == "public", cls.status != "draft")

    @property
    def is_open(self) -> bool:
        """Whether people may still speak and come."""
        return self.status in ("draft", "active")


class Phase(Model, HasId):
    """A stretch of the project's time, in days of the site's zone."""

    __tablename__ = "phase"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(String(120), info=SHOWN)
    text: Mapped[str] = mapped_column(Text, default="", info=SHOWN)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    project: Mapped[Project] = relationship(back_populates="phases")


class Partner(Model, HasId, HasCreatedAt):
    """An organization on a project, with its role and what it brings, in a sentence."""

    __tablename__ = "partner"
    __table_args__ = (UniqueConstraint("project_id", "organization_id"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    role: Mapped[str] = mapped_column(String(20), default="member")
    brings: Mapped[str] = mapped_column(String(300), default="", info=SHOWN)
    position: Mapped[int] = mapped_column(default=0)
    project: Mapped[Project] = relationship(back_populates="partners")
    organization: Mapped[Organization] = relationship(lazy="joined")


class Membership(Model, HasId, HasCreatedAt):
    """A person's role in a project; one row for each role."""

    __tablename__ = "membership"
    __table_args__ = (UniqueConstraint("project_id", "user_id", "role"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    project: Mapped[Project] = relationship(back_populates="memberships")
    user: Mapped[User] = relationship(backref=backref("memberships", lazy="selectin", passive_deletes=True))


class Invitation(Model, HasId, HasCreatedAt):
    """An invitation to a project, to one address and one role. Its token is kept as a hash."""

    __tablename__ = "invitation"

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(20), default="member")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    project: Mapped[Project] = relationship(lazy="joined")

    def is_waiting(self, at: datetime) -> bool:
        """Whether its link still leads somewhere: not used, not taken back, not run out."""
        return self.accepted_at is None and self.withdrawn_at is None and self.expires_at > at


class Update(Model, HasId, HasCreatedAt):
    """News of a project."""

    __tablename__ = "project_update"
    __table_args__ = (Index("ix_project_update_project_id_id", "project_id", "id"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    title: Mapped[str] = mapped_column(String(200), info=SHOWN)
    body: Mapped[str] = mapped_column(Text, info=SHOWN_DRAWN)
    html: Mapped[str] = mapped_column(Text)
    published_at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    project: Mapped[Project] = relationship()
    author: Mapped[User | None] = relationship()
