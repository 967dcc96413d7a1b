"""Noting what somebody's words link to."""

from collections.abc import Sequence
from hashlib import sha256

from civicforum.db import db, in_action
from civicforum.links import queries
from civicforum.links.models import LinkPreview, LinkUse


def use_links(kind: str, object_id: int, addresses: Sequence[str]) -> list[LinkPreview]:
    """These addresses are what the object links to now, in this order; those of them to be asked.

    Plain, not an action: call it in the action that publishes or changes the words.
    """
    if not in_action():
        raise RuntimeError("Links are noted in the transaction in which something is said.")
    previews = _previews(addresses)
    uses = queries.uses_of(kind, object_id)
    wanted = [preview.id for preview in previews]
    if [use.preview_id for use in uses] != wanted:
        for use in uses:
            db.session.delete(use)
        for place, preview_id in enumerate(wanted):
            db.session.add(LinkUse(object_kind=kind, object_id=object_id, place=place, preview_id=preview_id))
        db.session.flush()
    return [preview for preview in previews if not preview.is_fresh]


def _previews(addresses: Sequence[str]) -> list[LinkPreview]:
    if not addresses:
        return []
    hashes = {sha256(address.encode()).hexdigest(): address for address in addresses}
    known = queries.find_previews(hashes)
    # Two who link to the same new page at once: the later of them begins again, and finds it known.
    new = {key: LinkPreview(url_hash=key, url=hashes[key], title="") for key in hashes.keys() - known.keys()}
    db.session.add_all(new.values())
    db.session.flush()
    return [{**known, **new}[key] for key in hashes]
