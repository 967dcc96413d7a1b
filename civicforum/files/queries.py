"""Finding files: the viewer first, or (for what a page gathers) what belongs to objects they may read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta

from sqlalchemy import func, select

from civicforum.accounts.models import Actor
from civicforum.db import db, now
from civicforum.errors import NotFound
from civicforum.files import policies, registry
from civicforum.files.models import Attachment


def get_attachment(viewer: Actor, key: str) -> Attachment:
    """The file of this key; NotFound for who may not read the words that it came with."""
    found = db.session.scalar(select(Attachment).where(Attachment.key == key))
    if found is None or not _can_see(viewer, found):
        raise NotFound
    return found


def _can_see(viewer: Actor, attachment: Attachment) -> bool:
    if attachment.object_kind is None or attachment.object_id is None:
        return policies.can_see_unsaid(viewer, attachment)
    return registry.can_read(viewer, attachment.object_kind, attachment.object_id)


def attachments_of(kind: str, object_ids: Iterable[int]) -> dict[int, list[Attachment]]:
    """The files of each object, in their order and in one query; the caller has asked who may read it."""
    found: dict[int, list[Attachment]] = defaultdict(list)
    rows = db.session.scalars(
        select(Attachment)
        .where(Attachment.object_kind == kind, Attachment.object_id.in_(list(object_ids)))
        .order_by(Attachment.place, Attachment.id)
    )
    for row in rows:
        assert row.object_id is not None
        found[row.object_id].append(row)
    return found


def list_own_unsaid(viewer: Actor, keys: Sequence[str]) -> list[Attachment]:
    """Those of these files that are the viewer's and in nothing yet, in the order of the keys."""
    rows = db.session.scalars(
        select(Attachment).where(
            Attachment.key.in_(list(keys)),
            Attachment.object_kind.is_(None),
            Attachment.owner_id == viewer.id,
        )
    )
    by_key = {row.key: row for row in rows}
    return [by_key[key] for key in dict.fromkeys(keys) if key in by_key]


def bytes_of_a_day(viewer: Actor) -> int:
    """How much this person has sent within a day."""
    since = now() - timedelta(days=1)
    return (
        db.session.scalar(
            select(func.sum(Attachment.bytes)).where(
                Attachment.owner_id == viewer.id, Attachment.created_at > since
            )
        )
        or 0
    )


def known_parts() -> set[str]:
    """The names of all that the store should hold."""
    return {part for row in db.session.scalars(select(Attachment)) for part in row.parts}
