"""What comments link to: noted when they are published, asked later, shown to whoever watches."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select, update

from civicforum import jobs
from civicforum.accounts.models import SYSTEM, Actor
from civicforum.agreement.queries import find_listed
from civicforum.db import db, find_locked, now, transactional
from civicforum.discussions import queries
from civicforum.discussions.models import Post
from civicforum.errors import require
from civicforum.links.actions import use_links
from civicforum.links.addresses import links_in
from civicforum.links.models import LinkPreview
from civicforum.links.queries import are_links_shown
from civicforum.links.reading import Said
from civicforum.live.changes import touch

LATER_SECONDS = 60
FORGOTTEN_AT_ONCE = 50


def note_links(post: Post) -> None:
    """Inside an action that shows these words: note what they link to, and have new pages asked.

    An address in a closed project may be a secret of its own: no page is asked because of one.
    """
    addresses = links_in(post.html)
    if not addresses and post.revision == 1:
        return
    is_wanted = post.thread.project.is_public and are_links_shown()
    for preview in use_links("post", post.id, addresses if is_wanted else []):
        _ask(preview.id, 0)


def _ask(preview_id: int, seconds: int) -> None:
    jobs.enqueue(
        "discussions.ask_page",
        unique_key=f"link:{preview_id}",
        run_at=now() + timedelta(seconds=seconds),
        preview_id=preview_id,
    )


@transactional
def ask_later(actor: Actor, preview_id: int) -> None:
    """Have a page asked in a minute, because many were asked just now; done by the house."""
    require(actor is SYSTEM)
    _ask(preview_id, LATER_SECONDS)


@transactional
def keep_answer(actor: Actor, preview_id: int, said: Said | None) -> None:
    """Keep for a week what a page said, or that it said nothing; done by the house. Locks the preview.

    Words on the community's list are not shown: they did not go by a moderator.
    """
    require(actor is SYSTEM)
    preview = find_locked(LinkPreview, preview_id)
    if preview is None:
        return
    before = _shown(preview)
    is_fit = said is not None and not _is_listed(said)
    preview.state = "told" if is_fit else "silent"
    preview.title = said.title if said and is_fit else ""
    preview.description = said.description if said and is_fit else ""
    preview.site_name = said.site_name if said and is_fit else ""
    preview.fetched_at = now()
    db.session.flush()
    if _shown(preview) != before:
        _tell_places([preview_id])


def _tell_places(preview_ids: Sequence[int]) -> None:
    for preview_id in preview_ids:
        for channel, kind, post_id in queries.places_linking(preview_id):
            touch(channel, kind, post_id)


@transactional
def forget_previews(actor: Actor) -> int:
    """Forget what pages said that nothing links to any more, or that is old; some at once, and how many. Done
    by the house. Locks them.
    """
    require(actor is SYSTEM)
    _mark_unused()
    wanted = select(LinkPreview).where(queries.is_to_be_forgotten()).order_by(LinkPreview.id)
    rows = db.session.scalars(wanted.limit(FORGOTTEN_AT_ONCE).with_for_update()).all()
    _tell_places([row.id for row in rows if row.state == "told"])
    # Somebody may have linked to one before it was locked: asked again, it stays.
    ids = [row.id for row in rows]
    gone = delete(LinkPreview).where(LinkPreview.id.in_(ids), queries.is_to_be_forgotten())
    db.session.execute(gone, execution_options={"synchronize_session": False})
    return len(ids)


def _mark_unused() -> None:
    is_marked, is_used = LinkPreview.unused_since.is_not(None), queries.is_linked_to()
    for clauses, since in ((~is_marked, ~is_used), now()), ((is_marked, is_used), None):
        marking = update(LinkPreview).where(*clauses).values(unused_since=since)
        db.session.execute(marking, execution_options={"synchronize_session": False})


def _is_listed(said: Said) -> bool:
    words = f"{said.title}\n{said.description}\n{said.site_name}"
    return any(find_listed(words, kind) for kind in ("hold", "mask", "flag"))


def _shown(preview: LinkPreview) -> tuple[str, ...]:
    return preview.state, preview.title, preview.description, preview.site_name
