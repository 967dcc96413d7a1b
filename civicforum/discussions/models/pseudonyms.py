"""Under which name somebody speaks in one project, where it lets people choose."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import HasCreatedAt, HasId, Model


class Pseudonym(Model, HasId, HasCreatedAt):
    """A person's other name in one project. It is told as a person is: nobody's page, and no hats.

    Whatever is said under it points to this row, so that it keeps its name wherever it is read. Once it has
    ``ended_at``, its person speaks by name: they had a role, and said that they know.
    """

    __tablename__ = "pseudonym"
    __table_args__ = (UniqueConstraint("project_id", "user_id"), UniqueConstraint("project_id", "name"))

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    ended_at: Mapped[datetime | None]

    handle = None
    erased_at = None
    hats: tuple[str, ...] = ()
    neighbourhood = ""


def pseudonym_key() -> Mapped[int | None]:
    """The column of whatever can be said or done under a pseudonym; None: by the person's own name."""
    return mapped_column(ForeignKey("pseudonym.id", ondelete="SET NULL"), index=True)
