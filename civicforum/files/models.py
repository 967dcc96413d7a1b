"""Pictures and papers that people send along with their words."""

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from civicforum.db import HasCreatedAt, HasId, Model

MOST_PICTURES, MOST_PAPERS = 4, 2
MAX_ALT_CHARACTERS = 500
# What was uploaded and is in nothing that was said goes after so many hours.
UNSAID_HOURS = 24
PARTS = {"picture": ("full", "small"), "pdf": ("file",)}
TYPES = {"picture": "image/webp", "pdf": "application/pdf"}


class Attachment(Model, HasId, HasCreatedAt):
    """One file, kept in the store in parts named by its ``key``, which is random and stands in its address.

    ``object_kind`` and ``object_id`` say what it belongs to; until then only its owner knows of it. This room
    does not know what that is: see ``registry``.
    """

    __tablename__ = "attachment"
    __table_args__ = (
        Index("ix_attachment_object_kind_object_id", "object_kind", "object_id"),
        Index("ix_attachment_owner_id_created_at", "owner_id", "created_at"),
    )

    key: Mapped[str] = mapped_column(String(32), unique=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(10))  # picture, pdf
    name: Mapped[str] = mapped_column(String(120))
    alt_text: Mapped[str] = mapped_column(String(MAX_ALT_CHARACTERS), default="")
    width: Mapped[int | None]
    height: Mapped[int | None]
    bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    object_kind: Mapped[str | None] = mapped_column(String(20))
    object_id: Mapped[int | None]
    place: Mapped[int] = mapped_column(default=0)

    @property
    def is_picture(self) -> bool:
        return self.kind == "picture"

    @property
    def is_said(self) -> bool:
        return self.object_kind is not None

    @property
    def parts(self) -> list[str]:
        """The names under which the store keeps it."""
        return part_names(self.key, self.kind)


def part_names(key: str, kind: str) -> list[str]:
    return [f"{key}.{part}" for part in PARTS[kind]]
