"""Reading what was found at links. Who may read the words that hold them, the caller has asked."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from civicforum.db import db
from civicforum.links.models import LinkPreview, LinkUse
from civicforum.web.site import get_site


def links_of(kind: str, object_ids: Iterable[int]) -> dict[int, list[LinkPreview]]:
    """What is known of the links of each object, in their order and in one query; nothing while it is off."""
    found: dict[int, list[LinkPreview]] = defaultdict(list)
    if not are_links_shown():
        return found
    rows = db.session.execute(
        select(LinkUse.object_id, LinkPreview)
        .join(LinkPreview, LinkPreview.id == LinkUse.preview_id)
        .where(
            LinkUse.object_kind == kind,
            LinkUse.object_id.in_(list(object_ids)),
            LinkPreview.state == "told",
        )
        .order_by(LinkUse.place)
    )
    for object_id, preview in rows:
        found[object_id].append(preview)
    return found


def are_links_shown() -> bool:
    """Whether the administrators turned it on."""
    return get_site().shows_links


def uses_of(kind: str, object_id: int) -> Sequence[LinkUse]:
    return db.session.scalars(
        select(LinkUse)
        .where(LinkUse.object_kind == kind, LinkUse.object_id == object_id)
        .order_by(LinkUse.place)
    ).all()


def find_previews(hashes: Iterable[str]) -> dict[str, LinkPreview]:
    """What is known of these addresses, by their hash."""
    rows = db.session.scalars(select(LinkPreview).where(LinkPreview.url_hash.in_(list(hashes))))
    return {row.url_hash: row for row in rows}
