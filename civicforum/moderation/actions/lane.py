"""The fast lane of a live thread: hide by one key, show what waits, and take one's own slip back.

What is done is what the slow forms do: the same measure, reason, log and notice. Only the way is shorter.
"""

from dataclasses import replace
from datetime import timedelta

from flask_babel import gettext as _

from civicforum.accounts.models import Actor
from civicforum.db import db, lock, now, transactional
from civicforum.discussions.actions import check_revision
from civicforum.discussions.models import Post
from civicforum.errors import Conflict, NotFound
from civicforum.moderation import policies, queries
from civicforum.moderation.actions.cases import lock_place, moderate
from civicforum.moderation.actions.deeds import Deed
from civicforum.moderation.actions.holds import decide_hold
from civicforum.moderation.actions.ties import check_ties_to
from civicforum.moderation.actions.undoing import TAKES_DOWN
from civicforum.moderation.models import Measure

# What is found out later has a reason of its own.
SLIP = timedelta(minutes=10)


@transactional
def hide_now(actor: Actor, post_id: int, deed: Deed, revision: int | None = None) -> Measure:
    """Hide a comment, or decline it where it still waits; whichever it is by the time this is done.

    Locks the thread, the post, then as ``moderate`` or ``decide_hold``. NotFound for who does not moderate
    there, NotAllowed for who has a part in it. Conflict, with the name, where another was quicker, and where
    the words are not those of ``revision`` any more. One's own second press changes nothing.
    """
    post = _lock_to_judge(actor, post_id)
    measure = _find_takedown(post)
    if measure is None:
        check_revision(post, revision)
        _take_down(actor, post, deed)
        measure = queries.latest_measure_about(post.id)
        assert measure is not None
    elif measure.actor_id != actor.id:
        raise Conflict(_already(measure))
    return measure


def _find_takedown(post: Post) -> Measure | None:
    """What took it down, where that was the last thing done about it."""
    if post.state in ("visible", "pending"):
        return None
    latest = queries.latest_measure_about(post.id)
    return latest if latest is not None and latest.action in TAKES_DOWN else None


def _take_down(actor: Actor, post: Post, deed: Deed) -> None:
    hold = queries.waiting_hold(post) if post.state == "pending" else None
    if hold is not None:
        decide_hold(actor, hold.id, replace(deed, action="decline"))
    else:
        moderate(actor, "post", post.id, replace(deed, action="hide"))


def _lock_to_judge(actor: Actor, post_id: int) -> Post:
    post = lock_place(actor, "post", post_id)
    if not policies.can_work_in(actor, post.thread.project):
        raise NotFound
    post = lock(Post, post.id)
    check_ties_to(actor, post.id)
    return post


def _already(measure: Measure) -> str:
    if measure.actor is None:
        return _("It is hidden already.")
    return _("%(name)s hid it already.", name=measure.actor.name)


@transactional
def show_now(actor: Actor, post_id: int) -> Post:
    """Show a comment that waits its seconds before they are over. Locks as ``hide_now``, raises as that.

    What is shown already stays so: nothing is left to do.
    """
    post = _lock_to_judge(actor, post_id)
    if post.is_visible:
        return post
    hold = queries.waiting_hold(post) if post.state == "pending" else None
    if hold is None:
        measure = queries.latest_measure_about(post.id)
        raise Conflict(_already(measure) if measure else _("It does not wait any more."))
    return decide_hold(actor, hold.id, Deed("approve", None, ""))


@transactional
def undo_hide(actor: Actor, measure_id: int) -> Post:
    """Show again what one has just hidden, as a measure of its own that stands in the log like any other.

    Locks and raises as ``moderate``. NotFound for a measure of somebody else; Conflict where anything was
    done about the comment since, and where that is no slip any more.
    """
    measure = db.session.get(Measure, measure_id)
    if measure is None or measure.actor_id != actor.id or not _hides_words(measure):
        raise NotFound
    if measure.created_at < now() - SLIP:
        raise Conflict(_("That is too long ago for a slip. Show it again on its own page, and say why."))
    post = _lock_to_judge(actor, measure.case.target_id)
    if queries.latest_measure_about(post.id) is not measure:
        raise Conflict(_("Something was done about it since. Look at it again."))
    moderate(
        actor, "post", post.id, Deed("restore", None, _("It was hidden by a slip, and taken back at once."))
    )
    return post


def _hides_words(measure: Measure) -> bool:
    return measure.action in ("hide", "decline") and measure.case.target_type == "post"
